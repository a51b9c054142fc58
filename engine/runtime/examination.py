"""What `doctor` finds out about the channels: how they are set up, and with --connect whether each lets us in."""

from collections.abc import Iterator

from engine.channels.imap import client as imap
from engine.channels.sendgrid.transport import SendGridMail
from engine.channels.smtp.transport import SmtpMail
from engine.channels.twilio import account as twilio_account
from engine.core.errors import BadInput
from engine.core.providers import Channels, ImapServer, SendGridAccount, SmtpServer, TwilioAccount
from engine.runtime.channels_file import load_channels
from engine.runtime.console import counted
from engine.runtime.mending import with_advice
from engine.runtime.settings import Settings
from engine.runtime.ways_told import Row, in_full
from engine.runtime.wiring import mailbox_addresses
from engine.store import mail_sync, migrations
from engine.store.database import Database


def examined(settings: Settings, *, connect: bool) -> Iterator[Row]:
    database = _database(settings)
    mailboxes = mailbox_addresses(database) if database is not None else None
    try:
        loaded = load_channels(settings, mailboxes)
    except BadInput as problem:
        yield "channels", *_told(problem, settings)
        return
    yield "channels", str(loaded.path), ""
    for warning in loaded.warnings:
        yield "channels", warning.message, f"{warning.file}:{warning.line}: {warning.advice}"
    yield from in_full(loaded.channels, mailboxes or (), settings.outbox)
    yield from _public_address(loaded.channels, settings)
    if database is not None:
        yield from _heard(database)
    if connect:
        yield from _tried(loaded.channels)


def _told(problem: BadInput, settings: Settings) -> tuple[str, str]:
    """A list of problems would not fit into the column."""
    count = problem.data.get("problems")
    if not isinstance(count, int):
        return "cannot be used", str(problem)
    return f"cannot be used: {counted(count, 'problem')}", f"see `touchline validate {settings.channels_path}`"


def _database(settings: Settings) -> Database | None:
    """None where there is none yet that would know mailboxes."""
    database = Database(settings.url)
    is_there = database.path is None or database.path.exists()
    return database if is_there and migrations.is_at_head(database) else None


def _heard(database: Database) -> Iterator[Row]:
    """How far what comes back has been read; what keeps us from it is to be mended."""
    with database.read() as connection:
        rows = mail_sync.everywhere(connection)
    for row in rows:
        last = f"last read {row.synced_at:%Y-%m-%d %H:%M} UTC" if row.synced_at is not None else "never read"
        yield f"{row.folder} of {row.address}", last, row.error


def _public_address(channels: Channels, settings: Settings) -> Iterator[Row]:
    if channels.is_live and not settings.public_url.startswith("https://"):
        advice = "set TOUCHLINE_PUBLIC_URL to an https address: mail programs unsubscribe by no other (RFC 8058)"
        yield "public address", settings.public_url, advice


def _tried(channels: Channels) -> Iterator[Row]:
    for address, way in channels.mail.items():
        if isinstance(way.out, SmtpServer):
            yield _tried_smtp(address, way.out)
        if way.inbox is not None:
            yield _tried_imap(address, way.inbox)
    keys = (way.out for way in channels.mail.values() if isinstance(way.out, SendGridAccount))
    for account in dict.fromkeys(keys):  # one key may serve many mailboxes
        yield _tried_sendgrid(account)
    if channels.twilio is not None:
        yield _tried_twilio(channels.twilio)


def _tried_imap(address: str, inbox: ImapServer) -> Row:
    what = f"{address} by IMAP"
    try:
        told = imap.trouble(inbox)
    except BadInput as problem:
        return what, "not tried", str(problem)
    if told:
        return what, "cannot be read", with_advice(told)
    return what, f"lets us read {', '.join(inbox.folders)}", ""


def _tried_smtp(address: str, smtp: SmtpServer) -> Row:
    what = f"{address} by SMTP"
    try:
        trouble = SmtpMail(smtp).trouble()
    except BadInput as problem:
        return what, "not tried", str(problem)
    return (what, "does not let us in", with_advice(trouble)) if trouble else (what, "lets us in", "")


def _tried_sendgrid(account: SendGridAccount) -> Row:
    what, trouble = f"SendGrid with the key of {account.api_key}", SendGridMail(account).trouble()
    return (what, "does not let us send", trouble) if trouble else (what, "lets us send mail", "")


def _tried_twilio(account: TwilioAccount) -> Row:
    what, trouble = f"Twilio account {account.sid}", twilio_account.trouble(account)
    return (what, "cannot be used", trouble) if trouble else (what, "lets us in and is active", "")
