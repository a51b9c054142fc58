"""One enrollment, moved by whatever people and clocks do, beside a plain account of when each step may come."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.core.clock import add_gap, local_date
from engine.core.schedule import PastTouch, PlannedTouch, is_exhausted, next_touches, plan_repeat
from engine.core.sequence import Anchor, DayKind, Gap, Late, Sequence, Step
from engine.core.slots import Setting
from tests.core.test_schedule_simulation import has_passed, settings_near
from tests.support.factories import ended, enrolled, having, waiting
from tests.support.strategies import GAPS, any_sequences

A_DAY = timedelta(days=1)


class Enrollment(RuleBasedStateMachine):
    plan: Sequence
    where: Setting

    @initialize(plan=any_sequences(), near=settings_near())
    def enroll(self, plan: Sequence, near: tuple[Setting, datetime]) -> None:
        self.plan, (self.where, self.now) = plan, near
        self.progress = enrolled(plan, self.where, self.now)
        self.open: dict[str, PlannedTouch] = {}
        self.first: set[str] = set()
        self.plan_next()

    @rule(hours=st.integers(0, 150))
    def time_passes(self, hours: int) -> None:
        """What becomes too late meanwhile is given up at its moment, by whoever looks."""
        until = self.now + timedelta(hours=hours)
        while late := self.first_given_up(until):
            self.now = max(self.now, late.late_at or self.now)
            self.end(late, is_given_up=True)
        self.now = until

    @rule(data=st.data(), wait=st.none() | GAPS)
    @precondition(lambda self: self.open)
    def one_is_over(self, data: st.DataObject, wait: Gap | None) -> None:
        """Done or skipped, also before it is due."""
        self.end(self.choose(data), wait=wait)

    @rule(data=st.data(), at=GAPS | st.integers(1, 200))
    @precondition(lambda self: self.open)
    def one_is_repeated(self, data: st.DataObject, at: Gap | int) -> None:
        touch = self.choose(data)
        if touch.verb.is_automatic or touch.repeat > 1:
            return
        over = self.over(touch)
        self.progress = having(self.progress, over)
        moment = at if isinstance(at, Gap) else self.now + timedelta(hours=at)
        again = plan_repeat(self.plan, over, moment, progress=self.progress, now=self.now)
        assert again.due_at >= self.now
        assert again.nominal_date >= touch.nominal_date
        self.open[touch.lane] = again
        self.progress = having(self.progress, waiting(again))
        self.plan_next()

    @invariant()
    def nothing_is_lost(self) -> None:
        """While something is left, something is open: a step that joins waits for one that is."""
        assert bool(self.open) is not is_exhausted(self.plan, self.progress)
        assert next_touches(self.plan, self.progress, self.now) == ()

    def teardown(self) -> None:
        """Everything that is left ends on time, and every step was planned once."""
        if not hasattr(self, "progress"):
            return
        while self.open:
            touch = min(self.open.values(), key=lambda one: one.due_at)
            self.now = max(self.now, touch.callable_from or touch.due_at)
            self.end(touch)
        assert self.first == {step.key for step in self.plan.steps}

    def first_given_up(self, until: datetime) -> PlannedTouch | None:
        gives_up = (Late.SKIP_AFTER, Late.PROCEED)
        late = [
            touch
            for touch in self.open.values()
            if touch.late_at is not None
            and touch.late_at <= until
            and self.plan.step(touch.step).if_late.policy in gives_up
        ]
        return min(late, key=lambda touch: touch.late_at or until, default=None)

    def choose(self, data: st.DataObject) -> PlannedTouch:
        lane = data.draw(st.sampled_from(sorted(self.open)))
        return self.open[lane]

    def over(self, touch: PlannedTouch, **how: Any) -> PastTouch:
        return replace(ended(touch, self.now), **how)

    def end(self, touch: PlannedTouch, **how: Any) -> None:
        del self.open[touch.lane]
        self.progress = having(self.progress, self.over(touch, **how))
        self.plan_next()

    def plan_next(self) -> None:
        for touch in next_touches(self.plan, self.progress, self.now):
            assert touch.lane not in self.open
            assert touch.step not in self.first
            self.check(touch)
            self.first.add(touch.step)
            self.open[touch.lane] = touch
            self.progress = having(self.progress, waiting(touch))

    def check(self, touch: PlannedTouch) -> None:
        step, last = self.plan.step(touch.step), self.last_of(touch.lane)
        assert touch.nominal_date == self.nominal(step, last)
        assert touch.due_at >= self.now
        assert touch.due_date >= touch.nominal_date
        self.check_gaps(step, last, touch)
        self.check_days(step, last, touch)
        if touch.late_at is not None:
            assert local_date(touch.late_at, self.where.zone) > touch.due_date or touch.late_at > touch.due_at + A_DAY

    def check_gaps(self, step: Step, last: PastTouch | None, touch: PlannedTouch) -> None:
        if last is not None and last.wait is not None and last.ended_at is not None:
            assert touch.due_at >= add_gap(last.ended_at, last.wait, self.where.calendar, self.where.zone)
        if step.after is None:
            return
        if step.after.step is None:
            since = last.ended_at if last else self.progress.enrolled_at
        else:
            joined = [one for one in self.progress.touches if one.step == step.after.step]
            assert joined
            assert all(one.is_terminal for one in joined)
            since = max(one.ended_at for one in joined if one.ended_at)
        assert since is not None
        assert has_passed(step.after.gap, since, touch.due_at, self.where)

    def check_days(self, step: Step, last: PastTouch | None, touch: PlannedTouch) -> None:
        if last is None or last.ended_at is None or last.is_given_up or self.plan.step(last.step).day == step.day:
            return
        assert touch.due_date > local_date(last.ended_at, self.where.zone)

    def last_of(self, lane: str) -> PastTouch | None:
        past = [one for one in self.progress.touches if one.lane == lane]
        assert all(one.is_terminal for one in past)
        return max(past, key=lambda one: (one.ended_at or self.now, one.repeat), default=None)

    def nominal(self, step: Step, last: PastTouch | None) -> date:
        """Rules 1 and 6, said again: from day 1, or from the step before and as much later as that was late."""
        if last is None or self.plan.schedule.anchor is Anchor.ENROLLED:
            return self.later(self.progress.day_one, step.day - 1)
        before = self.plan.step(last.step)
        day = last.nominal_date
        if before.if_late.policy is not Late.PROCEED and last.ended_at is not None:
            day = self.later(day, self.days(last.due_date, local_date(last.ended_at, self.where.zone)))
        return self.later(day, step.day - before.day)

    def later(self, day: date, count: int) -> date:
        while count:
            day += A_DAY
            count -= self.counts(day)
        return day

    def days(self, first: date, last: date) -> int:
        return sum(self.counts(first + A_DAY * n) for n in range(1, (last - first).days + 1))

    def counts(self, day: date) -> bool:
        return self.plan.schedule.days is DayKind.CALENDAR or self.where.calendar.is_workday(day)


TestEnrollment = Enrollment.TestCase
TestEnrollment.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
