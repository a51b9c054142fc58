"""Whether a mail has been sent, by the folder in which the mailbox keeps what it sends."""

from datetime import timedelta
from email.parser import BytesHeaderParser

from engine.channels.envelope import Envelope
from engine.channels.imap.client import ImapLine
from engine.channels.imap.login import ImapTrouble
from engine.core.providers import ImapServer

_TOUCH = "X-Touchline-Touch"
_FIELDS = ("Message-ID", _TOUCH, "To")
_READ_AT_MOST = 2_000  # mails; in a folder that gets more in two days nothing can be said
_A_DAY = timedelta(days=1)


class SentFolder:
    """`find` opens a connection of its own: it is asked seldom."""

    def __init__(self, inbox: ImapServer) -> None:
        self._inbox = inbox

    def find(self, envelope: Envelope) -> bool | None:
        """None when nobody can look just now."""
        try:
            line = ImapLine(self._inbox)
        except ImapTrouble:
            return None
        try:
            return _find(line, self._inbox.sent, envelope)
        except ImapTrouble:
            return None
        finally:
            line.close()


def _find(line: ImapLine, named: str | None, envelope: Envelope) -> bool | None:
    """The server's search finds it quickly; that it finds nothing is not believed: some search no headers at all."""
    folder = line.sent_folder(named)
    if folder is None:
        return None
    line.open(folder)
    found = line.uids_with("Message-ID", envelope.message_id)
    if any(_is_it(told, envelope) for told in line.headers(found[-5:], *_FIELDS)):
        return True
    recent = line.uids_since((envelope.at - _A_DAY).date())
    if len(recent) > _READ_AT_MOST:
        return None
    return any(_is_it(told, envelope) for told in line.headers(reversed(recent), *_FIELDS))


def _is_it(told: bytes, envelope: Envelope) -> bool:
    """By our Message-ID, or by the touch where a provider has given it another one."""
    fields = BytesHeaderParser().parsebytes(told)
    if str(fields.get("Message-ID", "")).strip() == envelope.message_id:
        return True
    is_touch = str(fields.get(_TOUCH, "")).strip() == str(envelope.touch_id)
    return is_touch and envelope.recipient.casefold() in str(fields.get("To", "")).casefold()
