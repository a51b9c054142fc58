"""Where messages go, in words for people: `serve` says it at start, `doctor` in full."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.core.providers import (
    Channels,
    ImapServer,
    Login,
    MailWay,
    SendGridAccount,
    Server,
    SmtpServer,
    TwilioAccount,
)

Row = tuple[str, str, str]  # what, how it stands, what to do


def in_short(channels: Channels, mailboxes: Sequence[str], outbox: Path) -> Iterator[str]:
    """A line for each way, with the mailboxes that take it."""
    if not channels.is_live:
        yield f"Nothing leaves this machine: mails and SMS go to {outbox} (no channels, or `deliver: outbox`)"
        return
    by_way: dict[str, list[str]] = {}
    for address in mailboxes:
        by_way.setdefault(_place(channels.way_of(address), outbox), []).append(address)
    for place, addresses in by_way.items():
        yield f"LIVE: mails of {_some(addresses)} go to {place}"
    yield f"LIVE: SMS go to {_sms(channels.twilio) or outbox / 'sms'}"


def in_full(channels: Channels, mailboxes: Sequence[str], outbox: Path) -> Iterator[Row]:
    yield "deliver", "live" if channels.is_live else f"outbox: everything goes to {outbox}", ""
    named = dict.fromkeys([*channels.mail, *(address.casefold() for address in mailboxes)])
    for address in named:
        way = channels.mail.get(address) or channels.mail.get("*") or MailWay()
        yield f"mailbox {address}", "; ".join(_parts(way, outbox)), ""
    if channels.twilio is not None:
        yield "twilio", _twilio(channels.twilio), ""
    keys = channels.webhooks
    for name, count in (
        ("sendgrid events", len(keys.sendgrid_events)),
        ("sendgrid parse", len(keys.sendgrid_parse)),
        ("twilio", len(keys.twilio)),
    ):
        yield f"webhooks of {name}", f"{count} keys" if count else "closed: no key", ""


def _parts(way: MailWay, outbox: Path) -> Iterator[str]:
    yield f"sends by {_out(way, outbox)}"
    if way.inbox is not None:
        yield f"reads {_read(way.inbox)}"
    yield f"replies by {way.replies.value}"
    if way.files_sent:
        yield "files what it sends"


def _out(way: MailWay, outbox: Path) -> str:
    match way.out:
        case SmtpServer(server, dkim):
            return _server(server) + (f", signed for {dkim.domain}" if dkim else "")
        case SendGridAccount(key):
            return f"SendGrid with key {key}"
        case None:
            return f"nothing but {outbox / 'mail'}"


def _place(way: MailWay, outbox: Path) -> str:
    match way.out:
        case SmtpServer(server):
            return f"{server.host}:{server.port}"
        case SendGridAccount():
            return "SendGrid"
        case None:
            return str(outbox / "mail")


def _read(imap: ImapServer) -> str:
    return f"{_server(imap.server)}, {', '.join(imap.folders)}"


def _server(server: Server) -> str:
    return f"{server.host}:{server.port} {server.security.value}, {_login(server.login)}"


def _login(login: Login | None) -> str:
    if login is None:
        return "without login"
    if login.oauth is not None:
        return f"as {login.user} by OAuth with {login.oauth.refresh_token}"
    return f"as {login.user} with {login.password}"


def _twilio(account: TwilioAccount) -> str:
    sms, voice = _sms(account) or "no SMS", account.voice_from or "no calls"
    recording = ", calls are recorded" if account.is_recording else ""
    return f"account {account.sid} with {account.token}; SMS: {sms}; calls: {voice}{recording}"


def _sms(account: TwilioAccount | None) -> str | None:
    sender = (account.sms_from or account.messaging_service) if account else None
    return f"Twilio from {sender}" if sender else None


def _some(addresses: Sequence[str]) -> str:
    more = len(addresses) - 3
    return ", ".join(addresses[:3]) + (f" and {more} more" if more > 0 else "")
