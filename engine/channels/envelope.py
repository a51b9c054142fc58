"""What a transport is handed, and what every transport promises."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from engine.core.outcome import SendOutcome


@dataclass(frozen=True, slots=True)
class Envelope:
    """One attempt at one touch. `payload` is a whole RFC 5322 mail, or the text of an SMS in UTF-8.

    `at` is the instant stored with the intent: a retry carries the same one.
    """

    touch_id: int
    attempt: int
    channel: Literal["email", "sms"]
    recipient: str
    sender: str
    payload: bytes
    message_id: str
    at: datetime


class Transport(Protocol):
    """Sending the same touch and attempt twice leaves one message; `find` is the evidence for a doubt."""

    def send(self, envelope: Envelope) -> SendOutcome: ...

    def find(self, touch_id: int, attempt: int) -> bool | None:
        """Whether that attempt was accepted; None when this transport cannot know."""
