"""What every transport must keep, real or simulated: each suite runs these against its own transport."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from engine.channels.envelope import Envelope, Transport
from engine.core.outcome import Accepted

Promise = Callable[[Transport], None]


def envelope_of(
    touch_id: int = 1,
    attempt: int = 1,
    payload: bytes = b"Subject: Hello\r\n\r\nGood morning.\r\n",
    channel: Literal["email", "sms"] = "email",
) -> Envelope:
    return Envelope(
        touch_id=touch_id,
        attempt=attempt,
        channel=channel,
        recipient="ana@example.com",
        sender="rep@touchline.example",
        payload=payload,
        message_id=f"<{touch_id}.{attempt}@touchline.example>",
        at=datetime(2026, 3, 2, 14, tzinfo=UTC),
    )


def what_was_accepted_is_found(transport: Transport) -> None:
    assert isinstance(transport.send(envelope_of(7)), Accepted)
    assert transport.find(envelope_of(7)) is True


def what_was_not_sent_is_not_found(transport: Transport) -> None:
    assert transport.find(envelope_of(7)) is False


def another_attempt_is_another_message(transport: Transport) -> None:
    transport.send(envelope_of(7, attempt=1))
    assert transport.find(envelope_of(7, attempt=2)) is False
    transport.send(envelope_of(7, attempt=2))
    assert transport.find(envelope_of(7, attempt=2)) is True


def touches_are_told_apart_by_their_whole_number(transport: Transport) -> None:
    transport.send(envelope_of(11, attempt=1))
    assert transport.find(envelope_of(1)) is False
    assert transport.find(envelope_of(1, attempt=11)) is False
    assert transport.find(envelope_of(11, attempt=11)) is False


def a_repeat_is_answered_like_the_first_call(transport: Transport) -> None:
    assert transport.send(envelope_of(7)) == transport.send(envelope_of(7))


PROMISES: tuple[Promise, ...] = (
    what_was_accepted_is_found,
    what_was_not_sent_is_not_found,
    another_attempt_is_another_message,
    touches_are_told_apart_by_their_whole_number,
    a_repeat_is_answered_like_the_first_call,
)
