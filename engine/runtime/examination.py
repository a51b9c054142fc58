"""What `doctor` finds out about the channels: how they are set up, and with --connect whether each lets us in."""

from collections.abc import Iterator

from engine.channels.smtp import SmtpMail
from engine.core.errors import BadInput
from engine.core.providers import Channels, SmtpServer
from engine.runtime.channels_file import load_channels
from engine.runtime.settings import Settings
from engine.runtime.ways_told import Row, in_full
from engine.runtime.wiring import mailbox_addresses
from engine.store import migrations
from engine.store.database import Database


def examined(settings: Settings, *, connect: bool) -> Iterator[Row]:
    mailboxes = _mailboxes(settings)
    try:
        loaded = load_channels(settings, mailboxes)
    except BadInput as problem:
        yield "channels", "cannot be used", str(problem)
        return
    yield "channels", str(loaded.path), ""
    for warning in loaded.warnings:
        yield "channels", warning.message, f"{warning.file}:{warning.line}: {warning.advice}"
    yield from in_full(loaded.channels, mailboxes or (), settings.outbox)
    yield from _public_address(loaded.channels, settings)
    if connect:
        yield from _tried(loaded.channels)


def _mailboxes(settings: Settings) -> list[str] | None:
    """None where there is no database yet that would know them."""
    database = Database(settings.url)
    if (database.path is not None and not database.path.exists()) or not migrations.is_at_head(database):
        return None
    return mailbox_addresses(database)


def _public_address(channels: Channels, settings: Settings) -> Iterator[Row]:
    if channels.is_live and not settings.public_url.startswith("https://"):
        advice = "set TOUCHLINE_PUBLIC_URL to an https address: mail programs unsubscribe by no other (RFC 8058)"
        yield "public address", settings.public_url, advice


def _tried(channels: Channels) -> Iterator[Row]:
    for address, way in channels.mail.items():
        if isinstance(way.out, SmtpServer):
            yield _tried_smtp(address, way.out)


def _tried_smtp(address: str, smtp: SmtpServer) -> Row:
    what = f"{address} by SMTP"
    try:
        trouble = SmtpMail(smtp).trouble()
    except BadInput as problem:
        return what, "not tried", str(problem)
    return (what, "does not let us in", trouble) if trouble else (what, "lets us in", "")
