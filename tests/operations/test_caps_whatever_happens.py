"""I9: whatever happens, no rolling window ever holds more than it may: refusals, doubts, restarts, clocks set back."""

import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from engine.channels.envelope import Envelope
from engine.channels.simulated import RecordingTransport, Reply
from engine.core.capacity import Flood
from engine.core.caps import DAY, HOUR, Counter, Usage
from engine.core.outcome import Accepted, SendOutcome, Unknown
from engine.core.workspace import ProviderCaps
from engine.operations.act import Act
from engine.operations.delivery import recovery
from engine.operations.lifecycle import settling
from engine.operations.plans import PlanShelf
from engine.operations.safeguards import capping
from engine.store import agenda, hand_offs
from engine.store.connection import Connection, Record
from engine.store.database import Database
from tests.operations.capped import NOON, fill, person, set_caps
from tests.support.databases import Databases, Shelf
from tests.support.deep import IS_DEEP
from tests.support.world import open_world

_GAP, _SPREAD = 600, 0.4
_ANSWERS = st.lists(
    st.sampled_from((Reply.ACCEPT, Reply.DEFER, Reply.REJECT, Reply.UNKNOWN, Reply.ACCEPT_THEN_UNKNOWN, Reply.CRASH)),
    min_size=1,
    max_size=6,
)


@dataclass(frozen=True)
class _Sent:
    """A message that was taken, or may have been."""

    touch: int
    at: datetime
    mailbox: int
    account: int
    person: int


class _WildClock:
    """The one of a machine whose time is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class _Sink(RecordingTransport):
    """Sees each hand-off at the moment at which it is made."""

    def __init__(self, machine: "Capped") -> None:
        super().__init__(machine.clock, keeps_evidence=False)
        self._machine = machine

    def send(self, envelope: Envelope) -> SendOutcome:
        outcome: SendOutcome | None = None
        try:
            outcome = super().send(envelope)
        finally:
            if outcome is None or isinstance(outcome, Accepted | Unknown):
                self._machine.note(envelope)
        return outcome


class Capped(RuleBasedStateMachine):
    shelf: ClassVar[Shelf]

    def __init__(self) -> None:
        super().__init__()
        self._copy = self.shelf.copy()
        self._folder = tempfile.TemporaryDirectory()
        self.world = open_world(self._copy.__enter__(), Path(self._folder.name), NOON)
        set_caps(
            self.world, mailbox_per_day=4, mailbox_start=2, mailbox_step=1, mailbox_per_hour=2, mailbox_gap=_GAP,
            gap_spread=_SPREAD, account_people_per_day=2, person_per_day=1, workspace_per_day=6,
            providers={"outbox": ProviderCaps(per_hour=3)},
        )  # fmt: skip
        self.clock = _WildClock(NOON)
        self.sink = _Sink(self)
        self.world.ctx = replace(self.world.ctx, now=self.clock, transports={"email": self.sink, "sms": self.sink})
        self.sent: list[_Sent] = []
        self.wrong: list[str] = []
        self.colleague: int | None = None

    def teardown(self) -> None:
        self.world.ctx.database.close()
        self._copy.__exit__(None, None, None)
        self._folder.cleanup()

    @property
    def now(self) -> datetime:
        return self.clock()

    def note(self, envelope: Envelope) -> None:
        """What is sent now is held against everything that was sent within the time of each cap, or later than now."""
        (touch,) = self.world.rows("touch", id=envelope.touch_id)
        (enrollment,) = self.world.rows("enrollment", id=touch.enrollment_id)
        (who,) = self.world.rows("prospect", id=touch.prospect_id)
        new = _Sent(touch.id, self.now, enrollment.mailbox_id, who.account_id, who.id)
        self.wrong += [f"{new} passes {cap}" for cap in self._passed(new)]
        self.sent.append(new)

    def _passed(self, new: _Sent) -> list[str]:
        day = [one for one in self.sent if one.at > new.at - DAY]
        hour = [one for one in day if one.at > new.at - HOUR]
        box = [one for one in day if one.mailbox == new.mailbox]
        least = timedelta(seconds=_GAP * (1 - _SPREAD))
        rules = {
            "the mailbox's day": len(box) < 4,
            "the mailbox's hour": len([one for one in hour if one.mailbox == new.mailbox]) < 2,
            "the mailbox's gap": all(new.at - one.at >= least for one in box),
            "the company": len({one.person for one in day if one.account == new.account} - {new.person}) < 2,
            "the person": not [one for one in day if one.person == new.person],
            "the workspace": len(day) < 6,
            "the provider": len(hour) < 3,
        }
        return [name for name, holds in rules.items() if not holds]

    @rule(
        rep=st.sampled_from(("tom-lee", "ana-diaz")),
        are_colleagues=st.lists(st.booleans(), min_size=1, max_size=4),
    )
    def enroll(self, rep: str, are_colleagues: list[bool]) -> None:
        for is_colleague in are_colleagues:
            new = person(self.world, colleague_of=self.colleague if is_colleague else None)
            self.colleague = self.colleague or new
            self.world.enroll("wide", new, rep=rep, when_too_many=Flood.ENROLL_ALL)
        self.world.tick()

    @rule(times=st.integers(1, 20))
    def jump(self, times: int) -> None:
        for _ in range(times):
            with self.world.ctx.database.read() as connection:
                following = agenda.next_instant(connection, self.now)
            if following is not None:
                self.clock.now = following
            self.world.tick()

    @rule(hours=st.sampled_from((-50.0, -20.0, -1.0, -0.05, 0.05, 1.0, 7.0, 21.0, 30.0)))
    def set_clock(self, hours: float) -> None:
        """Forwards or back."""
        self.clock.now += hours * HOUR
        self.world.tick()

    @rule(replies=_ANSWERS)
    def tell_transport(self, replies: list[Reply]) -> None:
        self.sink.answer_next(*replies)

    @rule()
    def restart(self) -> None:
        ctx = self.world.ctx
        ctx.database.close()
        self.world.ctx = replace(ctx, database=Database(ctx.database.url, durable=False), shelf=PlanShelf())
        capping.forget_old(self.world.ctx)

    @rule()
    def say_that_a_doubt_was_not_sent(self) -> None:
        """Then it counts no more, whatever had happened."""
        for row in self.world.rows("touch", status="in_doubt"):
            recovery.settle_by_hand(self.world.ctx, row.id, was_sent=False, actor="test")
            self.sent = [one for one in self.sent if one.touch != row.id]

    @invariant()
    def no_window_holds_too_much(self) -> None:
        assert not self.wrong, "\n".join(self.wrong)

    @invariant()
    def whoever_waits_says_for_what(self) -> None:
        late = [row for row in self.world.rows("touch", status="scheduled", step="first") if row.due_at > self.now]
        assert all(row.reason is not None for row in late if row.attempt == 0 and row.due_at > NOON + DAY)


@pytest.fixture(scope="module")
def shelf(databases: Databases) -> Shelf:
    return Shelf(databases, fill)


def _on(shelf: Shelf) -> type[Capped]:
    return type("CappedHere", (Capped,), {"shelf": shelf})


def test_no_rolling_window_ever_holds_more_than_it_may(shelf: Shelf) -> None:
    few = settings(
        max_examples=200 if IS_DEEP else 4,
        stateful_step_count=40 if IS_DEEP else 20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(_on(shelf), settings=few)


Bug = Callable[[pytest.MonkeyPatch], None]


def _none(_patch: pytest.MonkeyPatch) -> None:
    """As it is."""


def _counted_in_memory(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hand_offs, "add", lambda *_args: None)


def _doubts_do_not_count(patch: pytest.MonkeyPatch) -> None:
    doubt = settling.doubt

    def and_give_back(act: Act, due: Record, *why: Any) -> bool:
        hand_offs.give_back(act.connection, due.id)
        return doubt(act, due, *why)

    patch.setattr(settling, "doubt", and_give_back)


def _what_lies_ahead_does_not_count(patch: pytest.MonkeyPatch) -> None:
    usage_of = hand_offs.usage_of

    def of_the_past(connection: Connection, counters: Collection[Counter], now: datetime) -> Usage:
        usage = usage_of(connection, counters, now)
        usage.units = {counter: [one for one in units if one.at <= now] for counter, units in usage.units.items()}
        return usage

    patch.setattr(hand_offs, "usage_of", of_the_past)


@pytest.mark.parametrize(
    ("bug", "is_noticed"),
    [
        (_none, False),
        (_counted_in_memory, True),
        (_doubts_do_not_count, True),
        (_what_lies_ahead_does_not_count, True),
    ],
)
def test_the_test_above_can_fail(shelf: Shelf, monkeypatch: pytest.MonkeyPatch, bug: Bug, *, is_noticed: bool) -> None:
    bug(monkeypatch)
    machine = _on(shelf)()
    try:
        machine.tell_transport([Reply.UNKNOWN])
        machine.enroll("tom-lee", [False])
        machine.restart()
        machine.set_clock(-1.0)
        machine.enroll("tom-lee", [False])
        assert bool(machine.wrong) is is_noticed
    finally:
        machine.teardown()
