from datetime import UTC, datetime, timedelta

import pytest

from engine.channels.simulated import AcceptedCall, RecordingTransport, Reply, SimulatedCrash
from engine.core.outcome import Accepted, Deferred, Rejected, SenderBroken, Unknown
from tests.support.transport_contract import PROMISES, Promise, envelope_of

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at_nine() -> datetime:
    return NINE


@pytest.mark.parametrize("promise", PROMISES)
def test_the_recording_transport_keeps_the_contract(promise: Promise) -> None:
    promise(RecordingTransport(at_nine))


@pytest.mark.parametrize(
    ("reply", "kind", "taken"),
    [
        (Reply.ACCEPT, Accepted, True),
        (Reply.DEFER, Deferred, False),
        (Reply.REJECT, Rejected, False),
        (Reply.SENDER_BROKEN, SenderBroken, False),
        (Reply.UNKNOWN, Unknown, False),
        (Reply.ACCEPT_THEN_UNKNOWN, Unknown, True),
    ],
)
def test_it_answers_what_it_was_told_and_knows_what_it_took(reply: Reply, kind: type, *, taken: bool) -> None:
    transport = RecordingTransport(at_nine)
    transport.answer_next(reply)
    assert isinstance(transport.send(envelope_of(1)), kind)
    assert transport.find(envelope_of(1)) is taken
    assert len(transport.accepted) == taken


def test_a_crash_takes_nothing() -> None:
    transport = RecordingTransport(at_nine)
    transport.answer_next(Reply.CRASH)
    with pytest.raises(SimulatedCrash):
        transport.send(envelope_of(1))
    assert transport.find(envelope_of(1)) is False


def test_answers_are_given_in_order_and_then_everything_is_accepted() -> None:
    transport = RecordingTransport(at_nine)
    transport.answer_next(Reply.DEFER, Reply.REJECT)
    kinds = [type(transport.send(envelope_of(n))) for n in (1, 2, 3, 4)]
    assert kinds == [Deferred, Rejected, Accepted, Accepted]


def test_each_accepted_call_is_logged_with_its_instant() -> None:
    instants = iter([NINE, NINE + timedelta(minutes=4)])
    transport = RecordingTransport(lambda: next(instants))
    transport.send(envelope_of(1))
    transport.send(envelope_of(2))
    assert transport.accepted == [
        AcceptedCall(envelope_of(1), NINE),
        AcceptedCall(envelope_of(2), NINE + timedelta(minutes=4)),
    ]


def test_a_second_call_for_the_same_attempt_is_seen() -> None:
    transport = RecordingTransport(at_nine)
    transport.send(envelope_of(1))
    transport.send(envelope_of(1))
    assert len(transport.accepted) == 1
    assert len(transport.repeated) == 1


def test_without_evidence_nobody_knows() -> None:
    transport = RecordingTransport(at_nine, keeps_evidence=False)
    transport.send(envelope_of(1))
    assert transport.find(envelope_of(1)) is None
