"""The control of rule 30: a plan by fixed dates, which takes no notice of what was done, or of weekends."""

from datetime import date, datetime, timedelta

from engine.core.clock import day_start, open_instant
from engine.core.schedule import PlannedTouch, Progress
from engine.core.sequence import Sequence, Step
from engine.core.slots import Setting


def all_by_the_calendar(sequence: Sequence, progress: Progress, _now: datetime) -> tuple[PlannedTouch, ...]:
    """Every step at once, each on its day counted from day 1. Asked as `next_touches` is; answers the first time."""
    known = {touch.step for touch in progress.touches}
    fresh = (step for step in sequence.steps if step.key not in known)
    return tuple(_on_its_day(sequence, step, progress) for step in fresh)


def _on_its_day(sequence: Sequence, step: Step, progress: Progress) -> PlannedTouch:
    """Work for people lies in the queue from the rep's morning and is late when that day is over, weekend or not."""
    setting, day = progress.setting, progress.day_one + timedelta(days=step.day - 1)
    is_human = not step.do.is_automatic
    return PlannedTouch(
        step=step.key,
        repeat=0,
        lane=step.lane,
        verb=step.do,
        nominal_date=day,
        due_date=day,
        due_at=setting.rep.begins(day) if is_human else _sent_at(sequence, step, setting, day),
        callable_until=day_start(day + timedelta(days=1), setting.zone) if is_human else None,
    )


def _sent_at(sequence: Sequence, step: Step, setting: Setting, day: date) -> datetime:
    """A mail keeps to its hours all the same."""
    hours = sequence.schedule.hours_for(step.do)
    return open_instant(hours, setting.calendar, setting.zone, day_start(day, setting.zone))
