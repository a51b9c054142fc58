"""What makes no sense in a `channels.yaml`, though each value for itself does."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from engine.compiler.channels_shape import ChannelsShape, MailboxShape, OAuthShape, ServerShape, TwilioShape
from engine.compiler.channels_words import is_loopback
from engine.compiler.document import Path
from engine.compiler.draft import Draft
from engine.compiler.problems import Complaint, Problem, did_you_mean
from engine.compiler.words import shown
from engine.core.providers import EVERY_MAILBOX

_Found = Iterator[tuple[Path, Complaint]]


@dataclass(frozen=True, slots=True)
class Judge:
    """`known` are the workspace's mailboxes, or None where nobody knows them."""

    drafted: Draft[ChannelsShape]
    known: Collection[str] | None

    def problems(self) -> Iterator[Problem]:
        shape, document = self.drafted.shape, self.drafted.document
        for path, complaint in self._errors(shape):
            if self.drafted.is_intact(*_scope(path)):
                yield document.problem(path, complaint, at_key=True)
        for path, complaint in self._warnings(shape):
            yield document.problem(path, complaint, at_key=True, severity="warning")

    def _errors(self, shape: ChannelsShape) -> _Found:
        yield from _whole(shape)
        seen: set[str] = set()
        has_parse = bool(shape.webhooks and shape.webhooks.sendgrid_parse)
        for address, mailbox in shape.mailboxes.items():
            path: Path = ("mailboxes", address)
            if address.casefold() in seen:
                yield path, _TWICE
            seen.add(address.casefold())
            yield from _mailbox(path, mailbox, has_parse=has_parse)
        if shape.twilio is not None:
            yield from _twilio(shape.twilio)

    def _warnings(self, shape: ChannelsShape) -> _Found:
        if self.known is None:
            return
        known = {address.casefold() for address in self.known}
        for address in shape.mailboxes:
            if address != EVERY_MAILBOX and address.casefold() not in known:
                yield ("mailboxes", address), _stranger(address, known)
        left = known - {address.casefold() for address in shape.mailboxes}
        if shape.deliver == "live" and left and EVERY_MAILBOX not in shape.mailboxes:
            yield ("mailboxes",), _left_out(sorted(left))


def _scope(path: Path) -> Path:
    """What must be whole, or the complaint may be a mere consequence of another."""
    is_key = path == ("deliver",) or len(path) > len(("mailboxes", "address"))
    return path[:-1] if is_key else path


def _whole(shape: ChannelsShape) -> _Found:
    has_way = any(mailbox.smtp or mailbox.sendgrid for mailbox in shape.mailboxes.values()) or shape.twilio
    if shape.deliver == "live" and not has_way:
        yield ("deliver",), _NO_WAY


def _mailbox(path: Path, shape: MailboxShape, *, has_parse: bool) -> _Found:
    if shape.smtp is not None and shape.sendgrid is not None:
        yield (*path, "sendgrid"), _TWO_WAYS
    for name, server in (("smtp", shape.smtp), ("imap", shape.imap)):
        if server is not None:
            yield from _server((*path, name), server)
    yield from _replies(path, shape, has_parse=has_parse)
    if shape.files_sent and shape.imap is None:
        yield (*path, "files_sent"), _NO_SENT_FOLDER
    if shape.dkim is not None and shape.smtp is None:
        yield (*path, "dkim"), _SIGNS_ITSELF


def _replies(path: Path, shape: MailboxShape, *, has_parse: bool) -> _Found:
    if shape.replies == "imap" and shape.imap is None:
        yield (*path, "replies"), _NO_IMAP
    if shape.replies == "parse" and not has_parse:
        yield (*path, "replies"), _NO_PARSE_KEY
    if shape.replies is None and shape.imap is None and (shape.smtp or shape.sendgrid):
        yield path, _DEAF


def _server(path: Path, shape: ServerShape) -> _Found:
    if shape.security == "none" and not is_loopback(shape.host):
        yield (*path, "security"), _IN_CLEAR
    if shape.password is not None and shape.oauth is not None:
        yield (*path, "oauth"), _TWO_LOGINS
    has_proof = shape.password is not None or shape.oauth is not None
    if has_proof and shape.user is None:
        yield (*path, "password" if shape.password else "oauth"), _NO_USER
    if shape.user is not None and not has_proof:
        yield (*path, "user"), _NO_PASSWORD
    if shape.oauth is not None:
        yield from _oauth((*path, "oauth"), shape.oauth)


def _oauth(path: Path, shape: OAuthShape) -> _Found:
    if shape.provider == "custom" and shape.token_url is None:
        yield (*path, "provider"), _NO_TOKEN_URL
    if shape.provider != "microsoft" and shape.tenant is not None:
        yield (*path, "tenant"), _NO_TENANT


def _twilio(shape: TwilioShape) -> _Found:
    if shape.sms_from is not None and shape.messaging_service is not None:
        yield ("twilio", "messaging_service"), _TWO_SENDERS
    if not (shape.sms_from or shape.messaging_service or shape.voice_from):
        yield ("twilio",), _NO_NUMBER


_NO_WAY = Complaint(
    "no-way-out", "nothing here leads out", "a mailbox with smtp or sendgrid, or twilio", "add one, or deliver: outbox"
)
_TWICE = Complaint("duplicate-name", "this mailbox stands here twice", "each address once", "delete one of the two")
_TWO_WAYS = Complaint("two-ways", "this mailbox sends by smtp and by sendgrid", "one of them", "delete one")
_IN_CLEAR = Complaint(
    "not-encrypted",
    "mail and password would cross the network in clear",
    "starttls or tls; none only for 127.0.0.1, ::1 and localhost",
    "write security: starttls with port 587, or tls with 465",
)
_TWO_LOGINS = Complaint("two-logins", "there are a password and oauth", "one of them", "delete one")
_NO_USER = Complaint("no-user", "nobody is named to log in", "user beside it", "add user: name@example.com")
_NO_PASSWORD = Complaint(
    "no-password", "the user has nothing to log in with", "password or oauth", "add password: {env: SMTP_PASSWORD}"
)
_NO_TOKEN_URL = Complaint("no-token-url", "a provider of one's own has an address", "token_url", "add token_url")
_NO_TENANT = Complaint("no-tenant", "only Microsoft has tenants", "no tenant here", "delete it")
_NO_IMAP = Complaint("no-imap", "there is no imap to read replies from", "imap beside it", "add imap: {host: ...}")
_NO_PARSE_KEY = Complaint(
    "no-parse-key",
    "replies by Inbound Parse need its public key, or anybody could send them",
    "webhooks: {sendgrid_parse: [...]}",
    "add the key from SendGrid's Inbound Parse settings",
)
_DEAF = Complaint(
    "no-replies",
    "nothing says how replies to this mailbox are heard, and a reply must stop everything else",
    "replies: imap, parse or none",
    "add imap, or write replies: none if reps enter replies by hand",
)
_NO_SENT_FOLDER = Complaint("no-imap", "there is no imap to look for sent mail in", "imap beside it", "add imap")
_SIGNS_ITSELF = Complaint("no-smtp", "only mail by smtp is signed here", "smtp beside it", "delete dkim")
_TWO_SENDERS = Complaint("two-senders", "SMS leave from a number and from a service", "one of them", "delete one")
_NO_NUMBER = Complaint(
    "no-number", "there is no number", "sms_from, messaging_service or voice_from", 'add sms_from: "+14155550100"'
)


def _stranger(address: str, known: Collection[str]) -> Complaint:
    advice = did_you_mean(address, known, "add it to a rep's mailboxes, or delete it here")
    return Complaint("unknown-mailbox", f"no rep has the mailbox {shown(address)}", "one of workspace.yaml", advice)


def _left_out(addresses: list[str]) -> Complaint:
    names = ", ".join(addresses[:5]) + (" ..." if addresses[5:] else "")
    told = f"mails of {names} stay in the outbox"
    return Complaint("no-way-out", told, "a way for each mailbox", 'add each, or "*" for all others')
