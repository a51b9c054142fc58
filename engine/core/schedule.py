"""When a step falls due. Pure: a sequence, what has happened so far, and `now` give the touches to insert next.

Rules 1-6 of the semantics: no catch-up (lateness shifts the tail of its lane, planned rolls do not), half-open
windows, a lane never twice on one open day unless written so, joins by `after:`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.core.calendar import Calendar
from engine.core.clock import (
    add_gap,
    day_start,
    local_date,
    open_instant,
)
from engine.core.sequence import Anchor, Gap, Late, Sequence, Step, Unit, Verb
from engine.core.slots import Setting, Slot, first_slot, open_hours, promised_slot
from engine.core.touch import Reason

_A_YEAR = 366


@dataclass(frozen=True, slots=True)
class PastTouch:
    """A touch of the plan as far as scheduling cares. `wait` is the least time its outcome asks for; nobody worked it
    when `is_given_up`: its `if_late` ended it.
    """

    step: str
    repeat: int
    lane: str
    is_terminal: bool
    nominal_date: date
    due_date: date
    ended_at: datetime | None = None
    wait: Gap | None = None
    is_given_up: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    day_one: date
    enrolled_at: datetime
    setting: Setting
    touches: tuple[PastTouch, ...] = ()

    def of(self, step: str, repeat: int) -> PastTouch:
        return next(one for one in self.touches if (one.step, one.repeat) == (step, repeat))


@dataclass(frozen=True, slots=True)
class PlannedTouch:
    """A row to insert. Instants are UTC; dates are the prospect's local ones.

    `due_at` is when it is sent or enters the queue; a human touch is callable in [callable_from, callable_until).
    `late_at` is when `if_late` acts, `respond_by` the inbound clock, `hold` why it cannot be planned firmly.
    """

    step: str
    repeat: int
    lane: str
    verb: Verb
    nominal_date: date
    due_date: date
    due_at: datetime
    callable_from: datetime | None = None
    callable_until: datetime | None = None
    late_at: datetime | None = None
    respond_by: datetime | None = None
    hold: Reason | None = None


def first_open_day(sequence: Sequence, setting: Setting, now: datetime) -> date:
    """Day 1: the local date of the first window in which one of the earliest steps could happen."""
    first = min(step.day for step in sequence.steps)
    hours = [open_hours(sequence, s.do, setting)[0] for s in sequence.steps if s.day == first]
    return min(local_date(open_instant(h, setting.calendar, setting.zone, now), setting.zone) for h in hours)


def next_touches(sequence: Sequence, progress: Progress, now: datetime) -> tuple[PlannedTouch, ...]:
    """The touches to insert now: for each lane without an open touch its next step, unless a join still waits."""
    busy = {touch.lane for touch in progress.touches if not touch.is_terminal}
    planned = (_next_of_lane(sequence, lane, progress, now) for lane in sequence.lanes if lane not in busy)
    return tuple(touch for touch in planned if touch is not None)


def is_exhausted(sequence: Sequence, progress: Progress) -> bool:
    """Every step of the plan has ended."""
    ended = {touch.step for touch in progress.touches}
    return all(t.is_terminal for t in progress.touches) and all(step.key in ended for step in sequence.steps)


def plan_repeat(
    sequence: Sequence, touch: PastTouch, at: datetime | Gap, *, progress: Progress, now: datetime
) -> PlannedTouch:
    """The same step once more: at a promised instant, or in the first window after a gap.

    Its nominal date carries the days between, so the rest of the lane keeps its distance to what really happened.
    """
    step, setting, ended = sequence.step(touch.step), progress.setting, touch.ended_at or now
    repeat = 1 + max(t.repeat for t in progress.touches if t.step == touch.step)
    if isinstance(at, Gap):
        earliest = max(now, add_gap(ended, at, setting.calendar, setting.zone))
        slot = first_slot(sequence, step, setting, earliest=earliest, ready=earliest)
    else:
        slot = promised_slot(max(at, now), setting, setting.law.get(step.do.family))
    kind = sequence.schedule.days
    passed = setting.calendar.days_between(local_date(ended, setting.zone), slot.due_date, kind)
    nominal = setting.calendar.add_days(_effective(sequence, touch, setting), passed, kind)
    return _planned(sequence, step, progress, repeat=repeat, nominal=nominal, slot=slot)


def plan_later(sequence: Sequence, touch: PastTouch, earliest: datetime, progress: Progress) -> PlannedTouch:
    """An open touch that was held up, in the first window from `earliest` on, with deadlines to match."""
    step = sequence.step(touch.step)
    slot = first_slot(sequence, step, progress.setting, earliest=earliest, ready=earliest)
    return _planned(sequence, step, progress, repeat=touch.repeat, nominal=touch.nominal_date, slot=slot)


def plan_anew(sequence: Sequence, touch: PastTouch, progress: Progress, now: datetime) -> PlannedTouch:
    """An open touch that nothing has been done for, as if it were planned now; a repeat not before its day."""
    mine = touch.step, touch.repeat
    others = tuple(one for one in progress.touches if (one.step, one.repeat) != mine)
    planned = next_touches(sequence, replace(progress, touches=others), now)
    fresh = next((one for one in planned if (one.step, one.repeat) == mine), None)
    earliest = max(now, day_start(touch.due_date, progress.setting.zone))
    return fresh or plan_later(sequence, touch, earliest, progress)


def plan_for_another(sequence: Sequence, touch: PastTouch, progress: Progress, now: datetime) -> PlannedTouch:
    """An open touch that has come to somebody else: planned anew by their working time, not before the day it is for.

    `progress` has the setting of whoever has it now. A roll over days off of whoever had it before is undone.
    """
    planned = plan_anew(sequence, touch, progress, now)
    if planned.nominal_date >= touch.nominal_date:
        return planned
    earliest = max(now, day_start(touch.nominal_date, progress.setting.zone))
    return plan_later(sequence, touch, earliest, progress)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How the day of a lane's next step is found: by its `day:` it is `nominal`, and not before `day`, as no lane is
    worked twice a day. `ready` is the moment before which `after:` and the last outcome forbid it; None while a join
    waits. `last` is the lane's touch before it.
    """

    step: Step
    last: PastTouch | None
    nominal: date
    day: date
    ready: datetime | None


def reckon(sequence: Sequence, lane: str, progress: Progress, now: datetime) -> Reckoning | None:
    """None where a touch of the lane is open, and after its last step."""
    past = [touch for touch in progress.touches if touch.lane == lane]
    if any(not touch.is_terminal for touch in past):
        return None
    done = {touch.step for touch in past}
    step = next((s for s in sequence.lane_steps(lane) if s.key not in done), None)
    if step is None:
        return None
    last = max(past, key=lambda t: (t.ended_at or progress.enrolled_at, t.repeat), default=None)
    nominal = _nominal(sequence, step, last, progress)
    day = nominal if last is None else _not_twice_a_day(sequence, step, last, nominal, zone=progress.setting.zone)
    return Reckoning(step, last, nominal, day, _ready_at(step, last, progress, now))


def plan_reckoned(sequence: Sequence, found: Reckoning, progress: Progress) -> PlannedTouch | None:
    """In the first window of its day or a later one; None while a join waits."""
    if found.ready is None:
        return None
    earliest = max(found.ready, day_start(found.day, progress.setting.zone))
    slot = first_slot(sequence, found.step, progress.setting, earliest=earliest, ready=found.ready)
    return _planned(sequence, found.step, progress, repeat=0, nominal=found.nominal, slot=slot)


def _next_of_lane(sequence: Sequence, lane: str, progress: Progress, now: datetime) -> PlannedTouch | None:
    found = reckon(sequence, lane, progress, now)
    return plan_reckoned(sequence, found, progress) if found is not None else None


@dataclass(frozen=True, slots=True)
class Barrier:
    """A step waits until `gap` has passed since `step` ended (None: since the enrollment began): by its `after:`, or as
    the outcome of the step before asks. `until` is None while that step is not over.
    """

    step: str | None
    gap: Gap
    until: datetime | None
    is_outcome: bool = False


def barriers(step: Step, last: PastTouch | None, progress: Progress) -> Iterator[Barrier]:
    setting = progress.setting
    if last and last.ended_at and last.wait:
        until = add_gap(last.ended_at, last.wait, setting.calendar, setting.zone)
        yield Barrier(last.step, last.wait, until, is_outcome=True)
    if step.after is None:
        return
    named = step.after.step
    if named is None:
        named, base = (last.step, last.ended_at) if last else (None, progress.enrolled_at)
    else:
        base = _ended_at(named, progress.touches)
    over = add_gap(base, step.after.gap, setting.calendar, setting.zone) if base is not None else None
    yield Barrier(named, step.after.gap, over)


def _ready_at(step: Step, last: PastTouch | None, progress: Progress, now: datetime) -> datetime | None:
    """The moment before which a barrier stands; None while one has no end."""
    ready = now
    for barrier in barriers(step, last, progress):
        if barrier.until is None:
            return None
        ready = max(ready, barrier.until)
    return ready


def _ended_at(step: str, touches: Iterable[PastTouch]) -> datetime | None:
    """When a step ended for good: its last repeat, and None while one is open."""
    of_step = [touch for touch in touches if touch.step == step]
    if not of_step or any(not touch.is_terminal for touch in of_step):
        return None
    return max(touch.ended_at for touch in of_step if touch.ended_at)


def days_late(sequence: Sequence, touch: PastTouch, setting: Setting) -> int:
    """A closed day that was rolled over is no lateness, nor is any of what may `proceed`."""
    if touch.ended_at is None or sequence.step(touch.step).if_late.policy is Late.PROCEED:
        return 0
    ended = local_date(touch.ended_at, setting.zone)
    return setting.calendar.days_between(touch.due_date, ended, sequence.schedule.days)


def _effective(sequence: Sequence, touch: PastTouch, setting: Setting) -> date:
    """The nominal date plus the lateness."""
    late = days_late(sequence, touch, setting)
    return setting.calendar.add_days(touch.nominal_date, late, sequence.schedule.days)


def _nominal(sequence: Sequence, step: Step, last: PastTouch | None, progress: Progress) -> date:
    kind, calendar = sequence.schedule.days, progress.setting.calendar
    if last is None or sequence.schedule.anchor is Anchor.ENROLLED:
        return calendar.add_days(progress.day_one, step.day - 1, kind)
    gap = step.day - sequence.step(last.step).day
    return calendar.add_days(_effective(sequence, last, progress.setting), gap, kind)


def _not_twice_a_day(sequence: Sequence, step: Step, last: PastTouch, nominal: date, *, zone: ZoneInfo) -> date:
    """A lane is not worked twice on one open day, unless both steps name it. What was given up was not worked."""
    if last.ended_at is None or last.is_given_up or step.day == sequence.step(last.step).day:
        return nominal
    return max(nominal, local_date(last.ended_at, zone) + timedelta(days=1))


def _planned(
    sequence: Sequence, step: Step, progress: Progress, *, repeat: int, nominal: date, slot: Slot
) -> PlannedTouch:
    is_human = not step.do.is_automatic
    is_unknown = slot.due_date > progress.setting.calendar.known_until
    return PlannedTouch(
        step=step.key,
        repeat=repeat,
        lane=step.lane,
        verb=step.do,
        nominal_date=nominal,
        due_date=slot.due_date,
        due_at=slot.due_at,
        callable_from=slot.callable_from if is_human else None,
        callable_until=slot.callable_until if is_human else None,
        late_at=_late_at(sequence, step, progress, nominal=nominal, due=slot.due_date) if is_human else None,
        respond_by=_respond_by(sequence, step, repeat, progress) if is_human else None,
        hold=Reason.CALENDAR_UNKNOWN if is_unknown else None if slot.is_legal else Reason.QUIET_HOURS,
    )


def _late_at(sequence: Sequence, step: Step, progress: Progress, *, nominal: date, due: date) -> datetime | None:
    """`3bd` leaves three whole business days after the due day; when they are over, `if_late` acts."""
    setting, gap = progress.setting, step.if_late.after
    if step.if_late.policy is Late.PROCEED:
        return _next_is_due(sequence, step, progress, nominal=nominal, due=due)
    if gap is None:
        return None
    if gap.is_wall_time:
        return day_start(due + timedelta(days=1), setting.zone) + gap.as_timedelta()
    if gap.unit is Unit.BUSINESS_DAY:
        return day_start(_days_of_both(due, gap.amount, setting) + timedelta(days=1), setting.zone)
    return _after_whole_days(due, gap, setting.calendar, setting.zone)


def _days_of_both(day: date, count: int, setting: Setting) -> date:
    """`count` days later on which both they and the rep work: a day off makes nobody late."""
    last, left = day, count
    for number in range(1, _A_YEAR):
        if left == 0:
            break
        one = day + timedelta(days=number)
        if setting.calendar.is_workday(one) and setting.rep.is_workday(one):
            last, left = one, left - 1
    return last


def _next_is_due(sequence: Sequence, step: Step, progress: Progress, *, nominal: date, due: date) -> datetime | None:
    """When the lane's next step comes by its `day:`, after this one's due day; None for the last of its lane."""
    later = [s for s in _lane_after(sequence, step) if all(t.step != s.key for t in progress.touches)]
    if not later:
        return None
    on_time = PastTouch(step.key, 0, step.lane, is_terminal=True, nominal_date=nominal, due_date=due)
    day = max(_nominal(sequence, later[0], on_time, progress), due + timedelta(days=1))
    earliest = day_start(day, progress.setting.zone)
    return first_slot(sequence, later[0], progress.setting, earliest=earliest, ready=earliest).due_at


def _lane_after(sequence: Sequence, step: Step) -> tuple[Step, ...]:
    lane = sequence.lane_steps(step.lane)
    return lane[lane.index(step) + 1 :]


def _after_whole_days(day: date, gap: Gap, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """The end of the last of `gap`'s days, none of which is `day` itself: how a deadline in days is read."""
    last = local_date(add_gap(day_start(day, zone), gap, calendar, zone), zone)
    return day_start(last + timedelta(days=1), zone)


def _respond_by(sequence: Sequence, step: Step, repeat: int, progress: Progress) -> datetime | None:
    """The inbound clock of the first human step, in business minutes of the rep who must act."""
    if sequence.respond_within is None or repeat > 0:
        return None
    first = next((s for s in sorted(sequence.steps, key=lambda s: s.day) if not s.do.is_automatic), None)
    if first is None or first.key != step.key:
        return None
    rep, length, start = progress.setting.rep, sequence.respond_within, progress.enrolled_at
    if not length.is_wall_time:
        return _after_whole_days(local_date(start, rep.zone), length, rep.calendar, rep.zone)
    return rep.after(start, length.as_timedelta())
