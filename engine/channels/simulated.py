"""A transport in memory: it answers what it was told to and keeps a log of what it accepted, and when."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from engine.channels.envelope import Envelope, Silence
from engine.core.outcome import Accepted, Deferred, Rejected, SenderBroken, SendOutcome, Unknown


class Reply(StrEnum):
    """`ACCEPT_THEN_UNKNOWN` takes the message and loses the answer; `CRASH` raises before taking it."""

    ACCEPT = "accept"
    DEFER = "defer"
    REJECT = "reject"
    SENDER_BROKEN = "sender_broken"
    UNKNOWN = "unknown"
    ACCEPT_THEN_UNKNOWN = "accept_then_unknown"
    CRASH = "raise"


class SimulatedCrash(Exception):
    """The transport broke in a way nobody foresaw."""


@dataclass(frozen=True, slots=True)
class AcceptedCall:
    envelope: Envelope
    at: datetime


class RecordingTransport:
    """`now` gives the instants of the log. Without `keeps_evidence`, `find` answers like plain SMTP: nobody knows."""

    def __init__(self, now: Callable[[], datetime], *, keeps_evidence: bool = True) -> None:
        self._now = now
        self._keeps_evidence = keeps_evidence
        self._replies: deque[Reply] = deque()
        self._taken: set[tuple[int, int]] = set()
        self.accepted: list[AcceptedCall] = []
        self.repeated: list[AcceptedCall] = []

    def answer_next(self, *replies: Reply) -> None:
        """Answers for the next calls, in order; after them everything is accepted."""
        self._replies.extend(replies)

    def send(self, envelope: Envelope) -> SendOutcome:
        reply = self._replies.popleft() if self._replies else Reply.ACCEPT
        match reply:
            case Reply.ACCEPT:
                return self._accept(envelope)
            case Reply.DEFER:
                return Deferred("told to defer")
            case Reply.REJECT:
                return Rejected("told to reject")
            case Reply.SENDER_BROKEN:
                return SenderBroken("told that the login is wrong")
            case Reply.UNKNOWN:
                return Unknown("told to say nothing")
            case Reply.ACCEPT_THEN_UNKNOWN:
                self._accept(envelope)
                return Unknown("accepted, then the line went dead")
            case Reply.CRASH:
                raise SimulatedCrash
            case _:
                assert_never(reply)

    @property
    def silence(self) -> Silence | None:
        return Silence(timedelta(0), timedelta(0)) if self._keeps_evidence else None

    def find(self, envelope: Envelope) -> bool | None:
        return (envelope.touch_id, envelope.attempt) in self._taken if self._keeps_evidence else None

    def _accept(self, envelope: Envelope) -> Accepted:
        """A repeat leaves one message, as in the outbox, but is remembered: a test must be able to see it."""
        key = (envelope.touch_id, envelope.attempt)
        (self.repeated if key in self._taken else self.accepted).append(AcceptedCall(envelope, self._now()))
        self._taken.add(key)
        return Accepted(f"touch-{envelope.touch_id}-{envelope.attempt}")
