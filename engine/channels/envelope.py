"""What a transport is handed, and what every transport promises."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol, runtime_checkable

from engine.core.outcome import Deferred, Rejected, SenderBroken, SendOutcome, Unknown

Refusal = Deferred | Rejected | SenderBroken | Unknown  # every outcome but the wanted one; each says why


@dataclass(frozen=True, slots=True)
class Envelope:
    """One attempt at one touch. `payload` is a whole RFC 5322 mail, or the text of an SMS in UTF-8.

    `at` is the instant stored with the intent: a retry carries the same one. After `expires_at` the provider shall
    give up (an SMS must not arrive outside the recipient's window).
    """

    touch_id: int
    attempt: int
    channel: Literal["email", "sms"]
    recipient: str
    sender: str
    payload: bytes
    message_id: str
    at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """When not finding a message proves that it was never taken: `after` the intent, and once more, so long `apart`."""

    after: timedelta
    apart: timedelta


class Transport(Protocol):
    """Sending the same touch and attempt twice leaves one message; `find` is the evidence for a doubt.

    Without `silence` silence proves nothing, and the doubt is a person's to settle.
    """

    @property
    def silence(self) -> Silence | None: ...

    def send(self, envelope: Envelope) -> SendOutcome: ...

    def find(self, envelope: Envelope) -> bool | None:
        """Whether that attempt was accepted; None when this transport cannot know, or cannot look just now."""


@runtime_checkable
class KeepsLines(Protocol):
    """What a transport has besides that keeps connections open between two messages."""

    def close(self) -> None:
        """Says goodbye on those that no message uses. A later message opens another."""


def close(transport: Transport) -> None:
    if isinstance(transport, KeepsLines):
        transport.close()
