"""The ways out of this house and into it: the values of `channels.yaml`. What is missing here goes to the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

EVERY_MAILBOX = "*"
OUTBOX, SENDGRID, TWILIO = "outbox", "sendgrid", "twilio"


@dataclass(frozen=True, slots=True)
class Secret:
    """No character of it is ever shown: its text form is where it came from, `env NAME` or `file PATH`."""

    value: str = field(repr=False)
    source: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.source or "a secret"


class Security(StrEnum):
    """`NONE` is for servers on this machine alone."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Replies(StrEnum):
    """How we hear what comes back to a mailbox; `NONE` says expressly that we do not."""

    IMAP = "imap"
    PARSE = "parse"
    NONE = "none"
    OUTBOX = "outbox"


@dataclass(frozen=True, slots=True)
class OAuth:
    """A refresh token (RFC 6749, section 6) that buys access tokens for SASL XOAUTH2."""

    token_url: str
    client_id: str
    client_secret: Secret
    refresh_token: Secret
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """One of `password` and `oauth`."""

    user: str
    password: Secret | None = None
    oauth: OAuth | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """`ca_file` names a certificate authority of one's own; else those of the system are trusted. Times in seconds."""

    host: str
    port: int
    security: Security
    login: Login | None = None
    ca_file: str | None = None
    connect_seconds: float = 10
    total_seconds: float = 30


@dataclass(frozen=True, slots=True)
class Dkim:
    """`key` is an RSA private key in PEM; large receivers verify no other kind."""

    domain: str
    selector: str
    key: Secret


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """`final_reply_seconds` is how long the answer to the last byte may take (RFC 5321, 4.5.3.2)."""

    server: Server
    dkim: Dkim | None = None
    final_reply_seconds: float = 60


@dataclass(frozen=True, slots=True)
class ImapServer:
    """`sent` is the folder that holds what was sent, where the server or client files it there."""

    server: Server
    folders: tuple[str, ...] = ("INBOX",)
    sent: str | None = None
    may_idle: bool = True
    poll_seconds: float = 60


@dataclass(frozen=True, slots=True)
class SendGridAccount:
    api_key: Secret
    base_url: str = "https://api.sendgrid.com"
    timeout_seconds: float = 10


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Messages leave from `sms_from` or by `messaging_service`; calls from `voice_from`.

    `answers_stop`: Twilio's own handling confirms STOP, START and HELP, as it does for most numbers unless it is
    switched off; then we do not say it a second time.
    """

    sid: str
    token: Secret
    sms_from: str | None = None
    messaging_service: str | None = None
    voice_from: str | None = None
    base_url: str = "https://api.twilio.com"
    timeout_seconds: float = 10
    is_recording: bool = False
    answers_stop: bool = True


@dataclass(frozen=True, slots=True)
class MailWay:
    """How one mailbox sends and hears. Without `out` its mails go to the outbox.

    `files_sent`: whatever was sent is found in the Sent folder, so a mail that is not there was not sent.
    `reply_to` is where replies come to when not to the mailbox; `tags_replies` adds which mail is answered.
    """

    out: SmtpServer | SendGridAccount | None = None
    inbox: ImapServer | None = None
    replies: Replies = Replies.OUTBOX
    files_sent: bool = False
    reply_to: str | None = None
    tags_replies: bool = False


@dataclass(frozen=True, slots=True)
class WebhookKeys:
    """Two of each while keys are rotated; none closes that door. Twilio signs with the account's token."""

    sendgrid_events: tuple[str, ...] = ()
    sendgrid_parse: tuple[str, ...] = ()
    twilio: tuple[Secret, ...] = ()


@dataclass(frozen=True, slots=True)
class Channels:
    """`mail` by mailbox address, or EVERY_MAILBOX. While `is_live` is False everything goes to the outbox."""

    is_live: bool = False
    mail: Mapping[str, MailWay] = field(default_factory=dict)
    twilio: TwilioAccount | None = None
    webhooks: WebhookKeys = WebhookKeys()

    def way_of(self, mailbox: str) -> MailWay:
        if not self.is_live:
            return MailWay()
        return self.mail.get(mailbox.casefold()) or self.mail.get(EVERY_MAILBOX) or MailWay()

    def provider_of(self, mailbox: str | None) -> str:
        """By which way its mails leave, as caps name it; of texts, without a mailbox."""
        if mailbox is None:
            return TWILIO if self.is_live and self.twilio is not None else OUTBOX
        match self.way_of(mailbox).out:
            case SmtpServer(server=server):
                return server.host.casefold()
            case SendGridAccount():
                return SENDGRID
            case None:
                return OUTBOX
