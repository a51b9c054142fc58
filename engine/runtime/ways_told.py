"""Where messages go, in words for people: `serve` says it at start, `doctor` in full."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.core.providers import (
    EVERY_MAILBOX,
    Channels,
    ImapServer,
    Login,
    MailWay,
    SendGridAccount,
    Server,
    SmtpServer,
    TwilioAccount,
)
from engine.runtime.console import counted

Row = tuple[str, str, str]  # what, how it stands, what to do
LIVE = "LIVE"
_HERE = "Stays on this machine"
_NO_WAY = "neither smtp nor sendgrid"


def in_short(channels: Channels, mailboxes: Sequence[str] | None, outbox: Path) -> Iterator[str]:
    """A line for each way, with the mailboxes that take it: those of the file while nobody knows the workspace's."""
    if not channels.is_live:
        yield f"Nothing leaves this machine: mails and SMS go to {outbox} (no channels, or `deliver: outbox`)"
        return
    by_way: dict[str | None, list[str]] = {}
    for address in channels.mail if mailboxes is None else mailboxes:
        by_way.setdefault(_place(channels.way_of(address)), []).append(address)
    for place, addresses in by_way.items():
        mails = f"mails of {_some(addresses)}"
        yield f"{LIVE}: {mails} go to {place}" if place else f"{_HERE}: {mails} go to {outbox / 'mail'} ({_NO_WAY})"
    sms = _sms(channels.twilio)
    yield f"{LIVE}: SMS go to {sms}" if sms else f"{_HERE}: SMS go to {outbox / 'sms'} (no number to send from)"


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
        yield f"webhooks of {name}", counted(count, "key") if count else "closed: no key", ""


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
            return f"SendGrid with the key of {key}"
        case None:
            return f"nothing but {outbox / 'mail'}"


def _place(way: MailWay) -> str | None:
    """None where its mails stay on this machine."""
    match way.out:
        case SmtpServer(server):
            return f"{server.host}:{server.port}"
        case SendGridAccount():
            return "SendGrid"
        case None:
            return None


def _read(imap: ImapServer) -> str:
    return f"{_server(imap.server)}, {', '.join(imap.folders)}"


def _server(server: Server) -> str:
    return f"{server.host}:{server.port} {server.security.value}, {_login(server.login)}"


def _login(login: Login | None) -> str:
    if login is None:
        return "without login"
    if login.oauth is not None:
        return f"as {login.user} by OAuth with the token of {login.oauth.refresh_token}"
    return f"as {login.user} with the password of {login.password}"


def _twilio(account: TwilioAccount) -> str:
    sms, voice = _sms(account) or "no SMS", account.voice_from or "no calls"
    recording = ", calls are recorded" if account.is_recording else ""
    return f"account {account.sid} with the token of {account.token}; SMS: {sms}; calls: {voice}{recording}"


def _sms(account: TwilioAccount | None) -> str | None:
    sender = (account.sms_from or account.messaging_service) if account else None
    return f"Twilio from {sender}" if sender else None


def _some(addresses: Sequence[str]) -> str:
    names = ["all other mailboxes" if address == EVERY_MAILBOX else address for address in addresses]
    more = len(names) - 3
    return ", ".join(names[:3]) + (f" and {more} more" if more > 0 else "")
