"""Whole sequences lived through to their end, by people who are early, on time or late, in every zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.clock import local_date
from engine.core.schedule import PlannedTouch, Progress, is_exhausted, next_touches
from engine.core.sequence import DayKind, Gap, Sequence, Step, Unit
from engine.core.slots import Setting
from tests.support.factories import ended, enrolled, having, setting, waiting
from tests.support.strategies import calendars, sequences, zoned_instants, zones

Delay = Callable[[PlannedTouch], timedelta]
A_DAY = timedelta(days=1)
ON_TIME = timedelta()


@dataclass(frozen=True)
class Lived:
    """A touch with the moments at which it was inserted and came to an end."""

    planned: PlannedTouch
    inserted_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class Life:
    """An enrollment from its first touch to the last, in the order in which the touches ended."""

    plan: Sequence
    progress: Progress
    touches: tuple[Lived, ...]

    @property
    def setting(self) -> Setting:
        return self.progress.setting

    def lane(self, lane: str) -> tuple[Lived, ...]:
        return tuple(touch for touch in self.touches if touch.planned.lane == lane)

    def step(self, touch: Lived) -> Step:
        return self.plan.step(touch.planned.step)

    def neighbours(self) -> list[tuple[Lived, Lived]]:
        """Each touch with the one before it in its lane."""
        return [pair for lane in self.plan.lanes for pair in pairwise(self.lane(lane))]


def live(plan: Sequence, where: Setting, start: datetime, delay: Delay) -> Life:
    """Inserts what is next, lets the earliest open touch end, and so on until nothing is open."""
    progress, now = enrolled(plan, where, start), start
    lived: list[Lived] = []
    still_open: list[Lived] = []
    while True:
        new = next_touches(plan, progress, now)
        progress = having(progress, *map(waiting, new))
        still_open += [Lived(t, now, max(now, (t.callable_from or t.due_at) + delay(t))) for t in new]
        if not still_open:
            return Life(plan, progress, tuple(lived))
        over = min(still_open, key=lambda touch: touch.ended_at)
        still_open.remove(over)
        now = over.ended_at
        progress = having(progress, ended(over.planned, now))
        lived.append(over)


@st.composite
def settings_near(draw: st.DrawFn) -> tuple[Setting, datetime]:
    zone, start = draw(zoned_instants(within=15 * A_DAY))
    theirs, reps = draw(calendars(start.date())), draw(calendars(start.date()))
    return setting(zone, theirs, draw(zones()), rep_days=reps), start


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Automatic touches leave on time or later; people may also finish, or skip, before a touch is due."""
    plan = draw(sequences())
    where, start = draw(settings_near())
    hours = {s.key: draw(st.just(0) | st.integers(0 if s.do.is_automatic else -120, 200)) for s in plan.steps}
    return live(plan, where, start, lambda touch: timedelta(hours=hours[touch.step]))


slowly = settings(max_examples=50)


@slowly
@given(lives())
def test_every_step_is_lived_exactly_once_and_then_it_is_over(life: Life) -> None:
    assert sorted(touch.planned.step for touch in life.touches) == sorted(step.key for step in life.plan.steps)
    assert is_exhausted(life.plan, life.progress)
    assert next_touches(life.plan, life.progress, life.touches[-1].ended_at + 90 * A_DAY) == ()


@slowly
@given(lives())
def test_a_step_is_never_inserted_before_its_predecessor_has_ended_nor_due_in_the_past(life: Life) -> None:
    assert all(before.ended_at <= after.inserted_at for before, after in life.neighbours())
    assert all(touch.inserted_at <= touch.planned.due_at for touch in life.touches)


@slowly
@given(lives())
def test_a_lane_is_never_worked_twice_on_one_day_unless_written_so(life: Life) -> None:
    for before, after in life.neighbours():
        if life.step(before).day != life.step(after).day:
            assert local_date(before.ended_at, life.setting.zone) < after.planned.due_date


@slowly
@given(lives())
def test_every_touch_happens_inside_its_window_on_its_day(life: Life) -> None:
    for planned in (touch.planned for touch in life.touches):
        opens = planned.callable_from or planned.due_at
        local = opens.astimezone(life.setting.zone)
        windows = life.setting.calendar.windows(life.plan.schedule.hours, local.date())
        assert local.date() == planned.due_date
        assert any(w.start <= local.time() < w.end for w in windows) or local.fold == 1
        assert max(planned.due_at, opens) < (planned.callable_until or opens + A_DAY)


@slowly
@given(lives())
def test_the_least_gap_is_kept_in_the_lane_and_at_a_join(life: Life) -> None:
    over = {touch.planned.step: touch for touch in life.touches}
    before = {after.planned.step: earlier for earlier, after in life.neighbours()}
    for touch in life.touches:
        after = life.step(touch).after
        if after is None:
            continue
        base = over[after.step] if after.step else before.get(touch.planned.step)
        since = base.ended_at if base else life.progress.enrolled_at
        assert touch.inserted_at >= since
        assert has_passed(after.gap, since, touch.planned.due_at, life.setting)


def has_passed(gap: Gap, since: datetime, until: datetime, where: Setting) -> bool:
    if gap.is_wall_time:
        return until - since >= gap.as_timedelta()
    first, last = local_date(since, where.zone), local_date(until, where.zone)
    days = [first + A_DAY * n for n in range(1, (last - first).days + 1)]
    return gap.amount <= (sum(map(where.calendar.is_workday, days)) if gap.unit is Unit.BUSINESS_DAY else len(days))


@slowly
@given(lives())
def test_the_next_nominal_day_is_this_one_and_the_gap_and_the_lateness(life: Life) -> None:
    if life.plan.schedule.days is DayKind.BUSINESS:
        return
    for before, after in life.neighbours():
        late = max(ON_TIME, local_date(before.ended_at, life.setting.zone) - before.planned.due_date)
        gap = life.step(after).day - life.step(before).day
        assert after.planned.nominal_date == before.planned.nominal_date + gap * A_DAY + late


@slowly
@given(sequences(), settings_near())
def test_done_on_time_the_plan_keeps_its_days_however_often_it_rolls(
    plan: Sequence, where: tuple[Setting, datetime]
) -> None:
    setting, start = where
    life = live(plan, setting, start, lambda _: ON_TIME)
    for touch in life.touches:
        planned_day = setting.calendar.add_days(life.progress.day_one, life.step(touch).day - 1, plan.schedule.days)
        assert touch.planned.nominal_date == planned_day
        assert touch.planned.due_date >= planned_day


@slowly
@given(sequences(joins=False), settings_near(), st.data())
def test_being_late_in_one_lane_moves_no_other_lane(
    plan: Sequence, where: tuple[Setting, datetime], data: st.DataObject
) -> None:
    late_lane, late = data.draw(st.sampled_from(plan.lanes)), timedelta(hours=data.draw(st.integers(1, 400)))
    on_time = live(plan, *where, lambda _: ON_TIME)
    delayed = live(plan, *where, lambda touch: late if touch.lane == late_lane else ON_TIME)
    for lane in set(plan.lanes) - {late_lane}:
        assert _planned(delayed, lane) == _planned(on_time, lane)


def _planned(life: Life, lane: str) -> list[PlannedTouch]:
    return [touch.planned for touch in life.lane(lane)]


@slowly
@given(sequences(), settings_near())
def test_asking_again_at_the_same_moment_gives_the_same_answer_and_open_lanes_are_left_alone(
    plan: Sequence, where: tuple[Setting, datetime]
) -> None:
    setting, start = where
    progress = enrolled(plan, setting, start)
    first = next_touches(plan, progress, start)
    assert first == next_touches(plan, progress, start)
    assert len({touch.lane for touch in first}) == len(first)
    assert next_touches(plan, having(progress, *map(waiting, first)), start) == ()
