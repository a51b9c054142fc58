"""How a touch came to its day, told from what had happened when it was planned. Pure: the planner is asked again."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.core.clock import day_start
from engine.core.schedule import (
    Barrier,
    PastTouch,
    PlannedTouch,
    Progress,
    Reckoning,
    barriers,
    days_late,
    plan_reckoned,
    reckon,
)
from engine.core.sequence import Sequence, Step
from engine.core.slots import PassedDay, passed_over


@dataclass(frozen=True, slots=True)
class Retraced:
    """`reckoning` was made at `planned_at`, when all that the step waited for had ended; `late` are the days by which
    the step before it was. `planned` is what comes of it by the calendars as they are known today; `passed` are the
    days that were passed over on the way.
    """

    reckoning: Reckoning
    planned_at: datetime
    late: int
    barriers: tuple[Barrier, ...]
    passed: tuple[PassedDay, ...]
    planned: PlannedTouch


def retrace(sequence: Sequence, step: str, progress: Progress) -> Retraced | None:
    """Of a step's first touch; None where the plan cannot have led to it: it was put there by hand, or an older version
    of the sequence did.
    """
    known = tuple(touch for touch in progress.touches if _came_before(sequence, sequence.step(step), touch))
    at = max([progress.enrolled_at, *(touch.ended_at for touch in known if touch.ended_at is not None)])
    past = replace(progress, touches=known)
    found = reckon(sequence, sequence.step(step).lane, past, at)
    if found is None or found.step.key != step or found.ready is None:
        return None
    planned = plan_reckoned(sequence, found, past)
    if planned is None:
        return None
    earliest = max(found.ready, day_start(found.day, progress.setting.zone))
    return Retraced(
        reckoning=found,
        planned_at=at,
        late=days_late(sequence, found.last, progress.setting) if found.last is not None else 0,
        barriers=tuple(barriers(found.step, found.last, past)),
        passed=passed_over(sequence, found.step.do, progress.setting, earliest=earliest, until=planned.due_date),
        planned=planned,
    )


def _came_before(sequence: Sequence, step: Step, touch: PastTouch) -> bool:
    """In its lane, or joined by it."""
    if not touch.is_terminal:
        return False
    if step.after is not None and touch.step == step.after.step:
        return True
    lane = [one.key for one in sequence.lane_steps(step.lane)]
    return touch.lane == step.lane and touch.step in lane[: lane.index(step.key)]


def passed_before_day_one(sequence: Sequence, progress: Progress) -> tuple[PassedDay, ...]:
    """Between the enrollment and day 1; as the first of the earliest steps sees them."""
    first = min(sequence.steps, key=lambda one: one.day)
    return passed_over(sequence, first.do, progress.setting, earliest=progress.enrolled_at, until=progress.day_one)


@dataclass(frozen=True, slots=True)
class WaitingStep:
    """The next step of a lane, which is not planned before `barrier` has an end."""

    step: Step
    nominal: date
    barrier: Barrier


def waiting_steps(sequence: Sequence, progress: Progress, now: datetime) -> tuple[WaitingStep, ...]:
    found = (reckon(sequence, lane, progress, now) for lane in sequence.lanes)
    made = ((one, _open_barrier(one, progress)) for one in found if one is not None and one.ready is None)
    return tuple(WaitingStep(one.step, one.nominal, open_one) for one, open_one in made if open_one is not None)


def _open_barrier(found: Reckoning, progress: Progress) -> Barrier | None:
    return next((one for one in barriers(found.step, found.last, progress) if one.until is None), None)
