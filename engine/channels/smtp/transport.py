"""Mail by SMTP. The conversation is driven command by command: what a failure means depends on where it happened.

Before the server asks for the mail's first byte nothing was handed over; from then on only its final reply tells.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from email_validator import EmailNotValidError, validate_email

from engine.channels.deadline import Deadline
from engine.channels.envelope import Envelope, Refusal, Silence
from engine.channels.smtp.dkim_signing import Signer
from engine.channels.smtp.line import Line
from engine.channels.smtp.login import ready_line
from engine.channels.smtp.pool import OpenLines
from engine.channels.smtp.replies import DONE, GO_ON, Stage, refusal
from engine.channels.tls import tls_context
from engine.channels.xoauth2 import AccessTokens, access_tokens
from engine.core.outcome import Accepted, Deferred, Rejected, SendOutcome, Unknown
from engine.core.providers import SmtpServer

SentFolder = Callable[[Envelope], bool | None]

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_DOT = re.compile(rb"^\.", re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>\x00-\x1f]+@[^\s<>\x00-\x1f@]+")
_FILED = Silence(after=timedelta(minutes=10), apart=timedelta(minutes=10))


class SmtpMail:
    """`sent_folder` looks for a mail among those that the mailbox has sent, where it keeps them all."""

    def __init__(
        self,
        smtp: SmtpServer,
        *,
        tokens: AccessTokens | None = None,
        sent_folder: SentFolder | None = None,
        lines: OpenLines | None = None,
    ) -> None:
        """Raises BadInput for a certificate or key that cannot be used."""
        oauth = smtp.server.login.oauth if smtp.server.login else None
        self._smtp, self._sent_folder = smtp, sent_folder
        self._tokens = tokens or (access_tokens(oauth) if oauth else None)
        self._context = tls_context(smtp.server)
        self._signer = Signer(smtp.dkim) if smtp.dkim else None
        self._lines = lines or OpenLines()

    @property
    def silence(self) -> Silence | None:
        return _FILED if self._sent_folder is not None else None

    def find(self, envelope: Envelope) -> bool | None:
        return self._sent_folder(envelope) if self._sent_folder is not None else None

    def send(self, envelope: Envelope) -> SendOutcome:
        parties = _parties(envelope)
        if isinstance(parties, Rejected):
            return parties
        mail, deadline = self._as_sent(envelope), Deadline.after(self._smtp.server.total_seconds)
        line = self._lines.take(deadline)
        if line is not None:
            outcome = self._delivered(line, parties, mail, envelope)
            if line.has_begun or not line.is_lost:
                return outcome
        fresh = ready_line(self._smtp.server, self._context, self._tokens, deadline)
        return self._delivered(fresh, parties, mail, envelope) if isinstance(fresh, Line) else fresh

    def trouble(self) -> str | None:
        """Logs in and leaves; says what keeps us out."""
        deadline = Deadline.after(self._smtp.server.total_seconds)
        line = ready_line(self._smtp.server, self._context, self._tokens, deadline)
        if not isinstance(line, Line):
            return line.detail
        line.leave()
        return None

    def close(self) -> None:
        self._lines.close()

    def _as_sent(self, envelope: Envelope) -> bytes:
        mail = _LINE_ENDS.sub(b"\r\n", envelope.payload)
        mail = mail if mail.endswith(b"\r\n") else mail + b"\r\n"
        return self._signer.signed(mail, envelope.at) if self._signer else mail

    def _delivered(self, line: Line, parties: tuple[str, str], mail: bytes, envelope: Envelope) -> SendOutcome:
        outcome = _announced(line, parties, mail) or self._handed_over(line, mail, envelope)
        self._lines.put(line)
        return outcome

    def _handed_over(self, line: Line, mail: bytes, envelope: Envelope) -> SendOutcome:
        line.has_begun = True
        try:
            line.send(_DOT.sub(b"..", mail) + b".\r\n")
            line.deadline = Deadline.after(self._smtp.final_reply_seconds)
            reply = line.reply()
        except OSError as problem:
            line.close()
            return Unknown(f"the connection broke after the mail had begun: {problem}")
        return Accepted(envelope.message_id) if reply.kind == DONE else refusal(Stage.BODY, reply)


def _announced(line: Line, parties: tuple[str, str], mail: bytes) -> Refusal | None:
    """None once the server waits for the mail."""
    sender, recipient = parties
    options = _options(line, parties, mail)
    if isinstance(options, Rejected):
        return options
    commands = (
        (Stage.MAIL, f"MAIL FROM:<{sender}>{options}", DONE),
        (Stage.RCPT, f"RCPT TO:<{recipient}>", DONE),
        (Stage.DATA, "DATA", GO_ON),
    )
    try:
        for stage, command, wanted in commands:
            reply = line.ask(command)
            if reply.kind != wanted:
                return refusal(stage, reply)
    except OSError as problem:
        line.close()
        return Deferred(f"the connection broke before the mail had begun: {problem}")
    return None


def _options(line: Line, parties: tuple[str, str], mail: bytes) -> str | Rejected:
    """What the mail needs of the server beyond RFC 821."""
    options = ""
    if line.has_extn("size"):
        limit = line.esmtp_features["size"]
        if limit.isdigit() and 0 < int(limit) < len(mail):
            return Rejected(f"the mail has {len(mail)} bytes, and the server takes no more than {limit}")
        options += f" SIZE={len(mail)}"
    for is_needed, extension, option in (
        (not mail.isascii(), "8bitmime", " BODY=8BITMIME"),
        (not "".join(parties).isascii(), "smtputf8", " SMTPUTF8"),
    ):
        if is_needed and not line.has_extn(extension):
            return Rejected(f"the mail has letters outside ASCII, and the server does not offer {extension.upper()}")
        options += option if is_needed else ""
    line.command_encoding = "ascii" if "".join(parties).isascii() else "utf-8"
    return options


def _parties(envelope: Envelope) -> tuple[str, str] | Rejected:
    """Sender and recipient as commands name them, their domains in punycode."""
    for address in (envelope.sender, envelope.recipient):
        if not _ADDRESS.fullmatch(address):
            return Rejected(f"{address!r} is no mail address")
    return _with_plain_domain(envelope.sender), _with_plain_domain(envelope.recipient)


def _with_plain_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{validate_email(f'name@{domain}', check_deliverability=False).ascii_domain}"
    except EmailNotValidError:
        return address
