"""What reps, leads and administrators do to the engine."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    consumes,
    multiple,
    precondition,
    rule,
)

from engine.core.errors import EngineError
from engine.core.outcome import OUTCOMES, Answer
from engine.core.task import TaskKind
from engine.core.touch import TouchStatus
from engine.operations import authoring, steering
from engine.operations.act import act as begin
from engine.operations.act import act_on
from engine.operations.delivery import recovery
from engine.operations.lifecycle import pausing
from engine.operations.steering import Ban
from engine.operations.tasks import outcomes, work_task
from engine.operations.tasks.work_task import By
from engine.store import plans
from tests.operations.machine_setting import SEQUENCES, Setting, pick, project, refusals

_USUAL = {"call": "no_answer", "personal_email": "sent", "linkedin": "requested", "triage": "later"}


class People(Setting):
    """Rules that people play."""

    done: Bundle[int] = Bundle("done")

    # What sequences and people are told

    @rule(which=st.integers(0, 2), sequence=st.sampled_from(SEQUENCES))
    def enroll(self, which: int, sequence: str) -> None:
        with refusals():
            self.world.enroll(sequence, self.person(which))

    @precondition(lambda self: self.live())
    @rule(which=st.integers(0, 2), days=st.none() | st.sampled_from((0.1, 1, 4)))
    def pause(self, which: int, days: float | None) -> None:
        until = self.now + timedelta(days=days) if days else None
        with refusals():
            steering.pause(self.world.ctx, pick(self.live(), which).id, actor="test", resume_at=until)

    @precondition(lambda self: self.live())
    @rule(which=st.integers(0, 2))
    def resume(self, which: int) -> None:
        with refusals():
            steering.resume(self.world.ctx, pick(self.live(), which).id, actor="test")

    @precondition(lambda self: len(self.live()) > 1)  # or there is soon nobody left to hold promises to
    @rule(which=st.integers(0, 2))
    def stop(self, which: int) -> None:
        steering.stop(self.world.ctx, pick(self.live(), which).id, actor="test")

    @rule(is_on=st.sampled_from((False, True, True)))
    def switch_sending(self, *, is_on: bool) -> None:
        steering.switch_sending(self.world.ctx, is_on=is_on, actor="test")

    @rule(key=st.sampled_from(SEQUENCES), is_paused=st.sampled_from((False, False, True)))
    def pause_sequence(self, key: str, *, is_paused: bool) -> None:
        with begin(self.world.ctx, "test") as act:
            plans.set_sequence_paused(act.connection, key, is_paused=is_paused)

    @precondition(lambda self: self.version < 2)
    @rule()
    def apply_version(self) -> None:
        self.version += 1
        authoring.apply(self.world.ctx, project(self.version), actor="test")

    @precondition(lambda self: len(self.live()) > 1)
    @rule(
        which=st.integers(0, 2),
        scope=st.sampled_from(("person", "address", "domain", "account")),
        channel=st.sampled_from(("all", "email", "phone")),
    )
    def suppress(self, which: int, scope: str, channel: str) -> None:
        """As an import does it: whoever is being worked is left to the guard."""
        person = self.person(which)
        row = next(row for row in self.world.rows("prospect") if row.id == person)
        address = next(row for row in self.world.rows("address") if row.prospect_id == person and row.kind == "email")
        value = {
            "person": str(person),
            "address": address.value,
            "domain": address.domain,
            "account": str(row.account_id),
        }
        steering.suppress(self.world.ctx, Ban(scope, value[scope], "do_not_contact", channel=channel), actor="import")

    # What reps do

    @precondition(lambda self: self.queue())
    @rule(
        target=done,
        which=st.integers(0, 9),
        word=st.integers(0, 40),
        hours=st.sampled_from((1, 20, 100)),
        voicemail=st.booleans(),
    )
    def complete(self, which: int, word: int, hours: int, *, voicemail: bool) -> Any:
        task = pick(self.queue(), which)
        with act_on(self.world.ctx, task.prospect_id) as act:
            enrollment = next(iter(self.world.rows("enrollment", id=task.enrollment_id)), None)
            words = sorted(outcomes.table_for(act, enrollment, TaskKind(task.kind)))
        answer = _answer(words[word % len(words)], self.now + timedelta(hours=hours))
        answer = replace(answer, voicemail_left=voicemail and task.kind == "call")
        try:
            work_task.complete(self.world.ctx, By(task.id, "tom"), answer)
        except EngineError:
            return multiple()
        return task.id

    @rule(times=st.integers(1, 3))
    def work_on(self, times: int) -> None:
        """A good day: whatever is in the queue is done, and leads no further than the plan."""
        for _ in range(times):
            for task in self.queue():
                word = _USUAL.get(task.kind, "done" if task.kind not in OUTCOMES else OUTCOMES[task.kind][0])
                with refusals():
                    work_task.complete(self.world.ctx, By(task.id, "ana"), _answer(word, self.now + timedelta(days=2)))
            self.world.clock.set(self.now + timedelta(hours=20))
            self.world.tick()

    @rule(task=consumes(done), minutes=st.sampled_from((0, 1, 6)))
    def undo(self, task: int, minutes: int) -> None:
        self.world.clock.set(self.now + timedelta(minutes=minutes))
        self.is_undo = True
        with refusals():
            work_task.undo(self.world.ctx, By(task, "tom"))

    @precondition(lambda self: self.queue())
    @rule(which=st.integers(0, 9), hours=st.sampled_from((0.1, 10, 80)))
    def snooze(self, which: int, hours: float) -> None:
        task = pick(self.queue(), which)
        work_task.snooze(self.world.ctx, By(task.id, "tom"), self.now + timedelta(hours=hours))

    @precondition(lambda self: self.queue())
    @rule(which=st.integers(0, 9))
    def skip(self, which: int) -> None:
        work_task.skip(self.world.ctx, By(pick(self.queue(), which).id, "tom"), "no time")

    @precondition(lambda self: self.queue())
    @rule(which=st.integers(0, 9), rep=st.sampled_from(("tom-lee", "ana-diaz")))
    def claim_and_reassign(self, which: int, rep: str) -> None:
        task = pick(self.queue(), which)
        with refusals():
            work_task.claim(self.world.ctx, By(task.id, "tom"))
            work_task.reassign(self.world.ctx, By(task.id, "tom"), rep)

    @precondition(lambda self: self.touches(TouchStatus.IN_DOUBT, TouchStatus.QUARANTINED))
    @rule(which=st.integers(0, 2))
    def settle(self, which: int) -> None:
        """By hand, and truly."""
        row = pick(self.touches(TouchStatus.IN_DOUBT, TouchStatus.QUARANTINED), which)
        was_sent = any(one.touch_id == row.id for one in self.sink.accepted())
        recovery.settle_by_hand(self.world.ctx, row.id, was_sent=was_sent, actor="test")

    @rule()
    def mend(self) -> None:
        """The login works again; what was held for it is let go."""
        for mailbox in self.world.rows("mailbox"):
            if mailbox.held_reason:
                with begin(self.world.ctx, "test") as act:
                    plans.hold_mailbox(act.connection, mailbox.id, None)
        held = self.touches(TouchStatus.HELD)
        for person in {row.prospect_id for row in held}:
            with act_on(self.world.ctx, person, actor="test") as act:
                pausing.release_held(act, self.world.rows("touch", prospect_id=person, status="held"))


def _answer(word: str, later: datetime) -> Answer:
    """With everything that any table may ask for."""
    return Answer(word, at=later, date=later.date().isoformat(), reason="why", name="Bo", note="said so")
