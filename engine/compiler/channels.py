"""`channels.yaml`: YAML text and the secrets it names to `engine.core.providers.Channels`."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from engine.compiler.channels_rules import Judge
from engine.compiler.channels_shape import (
    ChannelsShape,
    ImapShape,
    MailboxShape,
    OAuthShape,
    SendGridShape,
    ServerShape,
    SmtpShape,
    TwilioShape,
)
from engine.compiler.channels_words import Kept
from engine.compiler.document import Document, Path, read_yaml
from engine.compiler.draft import Draft, draft
from engine.compiler.problems import Complaint, Problem, reported
from engine.core.providers import (
    Channels,
    Dkim,
    ImapServer,
    Login,
    MailWay,
    OAuth,
    Replies,
    Secret,
    Security,
    SendGridAccount,
    Server,
    SmtpServer,
    TwilioAccount,
    WebhookKeys,
)

_TOKEN_URLS = {
    "google": "https://oauth2.googleapis.com/token",
    "microsoft": "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
}
_SCOPES = {
    "microsoft": "https://outlook.office.com/SMTP.Send https://outlook.office.com/IMAP.AccessAsUser.All offline_access"
}
_SMTP_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
_IMAP_PORTS = {Security.STARTTLS: 143, Security.TLS: 993, Security.NONE: 143}
_TLS_PORTS = frozenset({465, 993})


@dataclass(frozen=True, slots=True)
class Sources:
    """Where secrets are kept. `read` gives the text of a file, or raises OSError or UnicodeDecodeError; `authority` the
    path of a file of certificates, or raises OSError.
    """

    environment: Mapping[str, str]
    read: Callable[[str], str]
    authority: Callable[[str], str]


def compile_channels(
    text: str, file: str, sources: Sources, mailboxes: Collection[str] | None = None
) -> tuple[Channels | None, tuple[Problem, ...]]:
    """`mailboxes` are the addresses that the workspace has, where that is known."""
    document, unread = read_yaml(text, file)
    if document is None:
        return None, unread
    drafted = draft(ChannelsShape, document, {})
    reader = _Reader(drafted, sources)
    channels = reader.channels()
    judged = Judge(drafted, mailboxes).problems()
    problems = reported((*unread, *drafted.problems, *judged, *reader.problems))
    return None if any(problem.is_error for problem in problems) else channels, problems


@dataclass(slots=True)
class _Reader:
    """Descends with the path of each value, so that a secret that is not there is told at its place."""

    drafted: Draft[ChannelsShape]
    sources: Sources
    problems: list[Problem] = field(default_factory=list)

    @property
    def document(self) -> Document:
        return self.drafted.document

    def channels(self) -> Channels:
        shape = self.drafted.shape
        twilio = self._twilio(shape.twilio) if shape.twilio else None
        ways = {address: self._way(("mailboxes", address), one) for address, one in shape.mailboxes.items()}
        return Channels(
            is_live=shape.deliver == "live",
            mail={address.casefold(): way for address, way in ways.items()},
            twilio=twilio,
            webhooks=self._webhooks(twilio),
        )

    def _way(self, path: Path, shape: MailboxShape) -> MailWay:
        out: SmtpServer | SendGridAccount | None = None
        if shape.smtp is not None:
            out = self._smtp((*path, "smtp"), shape.smtp, self._dkim((*path, "dkim"), shape))
        elif shape.sendgrid is not None:
            out = self._sendgrid((*path, "sendgrid"), shape.sendgrid)
        inbox = self._imap((*path, "imap"), shape.imap) if shape.imap else None
        replies = shape.replies or ("imap" if shape.imap else "outbox")
        return MailWay(
            out=out,
            inbox=inbox,
            replies=Replies(replies),
            files_sent=shape.files_sent,
            reply_to=shape.reply_to,
            tags_replies=shape.tag_replies,
        )

    def _smtp(self, path: Path, shape: SmtpShape, dkim: Dkim | None) -> SmtpServer:
        return SmtpServer(self._server(path, shape, _SMTP_PORTS), dkim, shape.final_reply_seconds)

    def _imap(self, path: Path, shape: ImapShape) -> ImapServer:
        return ImapServer(
            server=self._server(path, shape, _IMAP_PORTS),
            folders=tuple(shape.folders),
            sent=shape.sent,
            may_idle=shape.idle,
            poll_seconds=shape.poll_seconds,
        )

    def _server(self, path: Path, shape: ServerShape, ports: Mapping[Security, int]) -> Server:
        security = _security(shape, ports)
        return Server(
            host=shape.host,
            port=shape.port or ports[security],
            security=security,
            login=self._login(path, shape),
            ca_file=self._authority((*path, "ca_file"), shape.ca_file) if shape.ca_file else None,
            connect_seconds=shape.connect_seconds,
            total_seconds=shape.total_seconds,
        )

    def _authority(self, path: Path, name: str) -> str:
        try:
            return self.sources.authority(name)
        except OSError as problem:
            self._complain(path, _untrusted(name, problem.strerror or type(problem).__name__))
            return name

    def _login(self, path: Path, shape: ServerShape) -> Login | None:
        if shape.user is None:
            return None
        user = self._value((*path, "user"), shape.user)
        if shape.oauth is not None:
            return Login(user, oauth=self._oauth((*path, "oauth"), shape.oauth))
        return Login(user, password=self._secret((*path, "password"), shape.password))

    def _oauth(self, path: Path, shape: OAuthShape) -> OAuth:
        url = shape.token_url or _TOKEN_URLS.get(shape.provider, "")
        return OAuth(
            token_url=url.replace("{tenant}", shape.tenant or "common"),
            client_id=self._value((*path, "client_id"), shape.client_id),
            client_secret=self._secret((*path, "client_secret"), shape.client_secret),
            refresh_token=self._secret((*path, "refresh_token"), shape.refresh_token),
            scope=shape.scope or _SCOPES.get(shape.provider, ""),
        )

    def _dkim(self, path: Path, shape: MailboxShape) -> Dkim | None:
        if shape.dkim is None:
            return None
        key = self._secret((*path, "key"), shape.dkim.key)
        if key.value and "PRIVATE KEY-----" not in key.value:
            self._complain((*path, "key"), _NO_KEY)
        return Dkim(shape.dkim.domain, shape.dkim.selector, key)

    def _sendgrid(self, path: Path, shape: SendGridShape) -> SendGridAccount:
        return SendGridAccount(self._secret((*path, "api_key"), shape.api_key), shape.base_url, shape.timeout_seconds)

    def _twilio(self, shape: TwilioShape) -> TwilioAccount:
        return TwilioAccount(
            sid=self._value(("twilio", "sid"), shape.sid),
            token=self._secret(("twilio", "token"), shape.token),
            sms_from=shape.sms_from,
            messaging_service=shape.messaging_service,
            voice_from=shape.voice_from,
            base_url=shape.base_url,
            timeout_seconds=shape.timeout_seconds,
            is_recording=shape.record_calls,
            answers_stop=shape.answers_stop,
        )

    def _webhooks(self, twilio: TwilioAccount | None) -> WebhookKeys:
        shape = self.drafted.shape.webhooks
        accounts = (twilio.token,) if twilio is not None else ()
        if shape is None:
            return WebhookKeys(twilio=accounts)
        path: Path = ("webhooks", "twilio")
        own = [self._secret((*path, index), kept) for index, kept in self.drafted.numbered(path, shape.twilio or ())]
        return WebhookKeys(tuple(shape.sendgrid_events), tuple(shape.sendgrid_parse), tuple(own) or accounts)

    def _secret(self, path: Path, kept: Kept | None) -> Secret:
        return Secret(self._value(path, kept), f"{kept.place} {kept.name}") if kept is not None else Secret("")

    def _value(self, path: Path, kept: Kept) -> str:
        if kept.place == "here":
            return kept.name
        found = self._from_environment(path, kept.name) if kept.place == "env" else self._from_file(path, kept.name)
        return found.strip()

    def _from_environment(self, path: Path, name: str) -> str:
        value = self.sources.environment.get(name, "")
        if not value.strip():
            self._complain(path, _unset(name))
        return value

    def _from_file(self, path: Path, name: str) -> str:
        try:
            value = self.sources.read(name)
        except (OSError, UnicodeDecodeError) as problem:
            reason = problem.strerror if isinstance(problem, OSError) else "it is no text in UTF-8"
            self._complain(path, _unreadable(name, reason or type(problem).__name__))
            return ""
        if not value.strip():
            self._complain(path, _unreadable(name, "it is empty"))
        return value

    def _complain(self, path: Path, complaint: Complaint) -> None:
        self.problems.append(self.document.problem(path, complaint))


def _security(shape: ServerShape, ports: Mapping[Security, int]) -> Security:
    if shape.security is not None:
        return Security(shape.security)
    is_imap = ports is _IMAP_PORTS
    return Security.TLS if shape.port in _TLS_PORTS or (is_imap and shape.port is None) else Security.STARTTLS


_NO_KEY = Complaint("no-key", "this is no private key", "an RSA private key in PEM", "see docs/channels.md")


def _unset(name: str) -> Complaint:
    return Complaint(
        "no-secret", f"the environment has no {name}", "a value there or in .env", f"set {name}, or name another place"
    )


def _unreadable(name: str, reason: str) -> Complaint:
    return Complaint(
        "no-secret", f"{name} cannot be read: {reason}", "a file with the secret alone", "write it, or name another"
    )


def _untrusted(name: str, reason: str) -> Complaint:
    expected = "a file with certificates in PEM, named from the folder of this file"
    return Complaint("no-authority", f"{name} cannot be used: {reason}", expected, "put it there, or name another")
