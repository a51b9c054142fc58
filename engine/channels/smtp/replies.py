"""What a reply of an SMTP server means for a send (semantics, section 1). Pure: replies in, outcomes out."""

import re
from dataclasses import dataclass
from enum import StrEnum

from engine.channels.envelope import Refusal
from engine.core.outcome import Deferred, Rejected, SenderBroken, Unknown

DONE, GO_ON = 2, 3  # the first digit of a reply (RFC 5321, 4.2.1)

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})\b")
_HINT = re.compile(
    r"\b(?:again|retry|wait|gr[ae]y ?list\w*)\b\D{0,40}?"
    r"(\d{1,6})\s*([smh])(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?)?\b",
    re.IGNORECASE,
)
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_LONGEST_WAIT = 24 * 3600
_LONGEST_DETAIL = 500

# RFC 3463: the mailbox, its host or its syntax is bad, it has moved, or its domain takes no mail; it is disabled.
_DEAD_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_BAD_SENDER = frozenset({"5.1.7", "5.1.8"})
_LOGIN_WANTED = frozenset({530, 534, 535, 538})


class Stage(StrEnum):
    """Where in the conversation a reply came. From BODY on the mail has been handed over."""

    GREETING = "the greeting"
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL FROM"
    RCPT = "RCPT TO"
    DATA = "DATA"
    BODY = "the end of the mail"

    @property
    def is_about_us(self) -> bool:
        """The recipient has not been named yet."""
        return self not in (Stage.RCPT, Stage.DATA, Stage.BODY)


@dataclass(frozen=True, slots=True)
class Reply:
    """`code` is 0 for a line that is no reply at all."""

    code: int
    text: str

    @property
    def kind(self) -> int:
        """DONE, GO_ON, 4 for not now, 5 for no."""
        return self.code // 100

    @property
    def enhanced(self) -> str:
        """The code of RFC 3463, such as 5.1.1; empty where the server gives none."""
        found = _ENHANCED.match(self.text)
        return found[0] if found and int(found[1]) == self.kind else ""

    def __str__(self) -> str:
        return f"{self.code} {self.text}"[:_LONGEST_DETAIL]


def refusal(stage: Stage, reply: Reply) -> Refusal:
    """What any reply but the wanted one comes to."""
    detail = f"the server answered {stage} with: {reply}"
    match reply.kind:
        case 4:
            return Deferred(detail, retry_after(reply.text))
        case 5:
            return _permanent(stage, reply, detail)
    if stage is Stage.BODY:
        return Unknown(f"the server took the mail and said something that is no answer: {reply}")
    return Deferred(detail)


def retry_after(text: str) -> int | None:
    """Seconds, where the server says when to come back."""
    found = _HINT.search(text)
    return min(int(found[1]) * _SECONDS[found[2].lower()], _LONGEST_WAIT) if found else None


def _permanent(stage: Stage, reply: Reply, detail: str) -> Refusal:
    is_policy = reply.enhanced.startswith("5.7.") or reply.enhanced in _BAD_SENDER
    if stage.is_about_us or is_policy or reply.code in _LOGIN_WANTED:
        return SenderBroken(detail)
    return Rejected(detail, suppress=reply.enhanced in _DEAD_ADDRESS)
