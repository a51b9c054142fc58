from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from engine.channels.envelope import Envelope, Silence, Transport
from engine.channels.mailboxes import Mailboxes
from engine.channels.outbox import MailOutbox
from engine.channels.simulated import RecordingTransport
from engine.core.outcome import Accepted
from tests.support.transport_contract import PROMISES, Promise, envelope_of

AT_ONCE = Silence(timedelta(0), timedelta(0))
LATER = Silence(timedelta(minutes=10), timedelta(minutes=10))


def recording(*, keeps_evidence: bool = True) -> RecordingTransport:
    return RecordingTransport(lambda: datetime(2026, 3, 2, tzinfo=UTC), keeps_evidence=keeps_evidence)


def mailboxes(outbox: Transport, ways: Mapping[str, Transport]) -> Mailboxes:
    return Mailboxes(ways, outbox)


def from_(sender: str) -> Envelope:
    return replace(envelope_of(), sender=sender)


@pytest.mark.parametrize("promise", PROMISES)
def test_the_ways_together_keep_the_contract(promise: Promise, tmp_path: Path) -> None:
    promise(mailboxes(MailOutbox(tmp_path), {"other@acme.com": recording()}))


def test_a_mail_takes_the_way_of_its_mailbox() -> None:
    ana, everybody, outbox = recording(), recording(), recording()
    ways = mailboxes(outbox, {"ana@acme.com": ana, "*": everybody})
    for sender in ("Ana@ACME.com", "bo@acme.com"):
        assert isinstance(ways.send(from_(sender)), Accepted)
    assert [call.envelope.sender for call in ana.accepted] == ["Ana@ACME.com"]
    assert [call.envelope.sender for call in everybody.accepted] == ["bo@acme.com"]
    assert not outbox.accepted


def test_a_mailbox_without_a_way_goes_to_the_outbox() -> None:
    outbox = recording()
    mailboxes(outbox, {"ana@acme.com": recording()}).send(from_("bo@acme.com"))
    assert len(outbox.accepted) == 1


def test_each_way_gives_its_own_evidence() -> None:
    ways = mailboxes(recording(), {"ana@acme.com": recording(), "*": recording(keeps_evidence=False)})
    ways.send(from_("ana@acme.com"))
    assert ways.find(from_("ana@acme.com")) is True
    assert ways.find(replace(from_("ana@acme.com"), attempt=2)) is False
    assert ways.find(from_("bo@acme.com")) is None


class Forgetful(RecordingTransport):
    """Finds nothing, and its silence proves nothing."""

    silence = None

    def find(self, envelope: Envelope) -> bool | None:
        return super().find(envelope)


def test_finding_nothing_is_no_answer_where_silence_proves_nothing() -> None:
    way = Forgetful(lambda: datetime(2026, 3, 2, tzinfo=UTC))
    assert way.find(envelope_of()) is False
    assert mailboxes(recording(), {"*": way}).find(envelope_of()) is None


class Slow(RecordingTransport):
    silence = LATER


def test_silence_is_the_longest_that_any_way_needs() -> None:
    slow = Slow(lambda: datetime(2026, 3, 2, tzinfo=UTC))
    mute = recording(keeps_evidence=False)
    assert mailboxes(recording(), {}).silence == AT_ONCE
    assert mailboxes(recording(), {"*": slow}).silence == LATER
    assert mailboxes(mute, {"*": mute}).silence is None


class Open(RecordingTransport):
    """Keeps a line open, and leaves it no sooner than all others leave theirs."""

    def __init__(self, all_leave: Barrier) -> None:
        super().__init__(lambda: datetime(2026, 3, 2, tzinfo=UTC))
        self._all_leave, self.is_closed = all_leave, False

    def close(self) -> None:
        self._all_leave.wait(5)
        self.is_closed = True


def test_all_lines_that_are_kept_open_are_closed_at_once() -> None:
    all_leave = Barrier(3)
    ways = [Open(all_leave) for _ in range(3)]
    mailboxes(recording(), {"nothing@acme.com": recording()} | {str(one): way for one, way in enumerate(ways)}).close()
    assert all(way.is_closed for way in ways)
