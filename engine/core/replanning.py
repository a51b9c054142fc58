"""What was planned, looked at again by the calendars as they are known now: days may have been closed since, or a rep's
hours changed. Pure.
"""

from datetime import datetime

from engine.core.clock import day_start, local_date
from engine.core.schedule import PastTouch, PlannedTouch, Progress, plan_later
from engine.core.sequence import Sequence
from engine.core.slots import is_day_for


def moved_off(sequence: Sequence, touch: PastTouch, progress: Progress, now: datetime) -> PlannedTouch | None:
    """Where an open touch goes whose day is none any more: on it no window opens, or the rep does not work. None where
    it stays; what is behind its day has been held up, and is as late as it is.
    """
    setting, day = progress.setting, touch.due_date
    is_day = is_day_for(sequence, sequence.step(touch.step).do, setting, day)
    if is_day or day < local_date(now, setting.zone):
        return None
    planned = plan_later(sequence, touch, max(now, day_start(day, setting.zone)), progress)
    return planned if planned.due_date > day else None  # a rep who never works keeps it


def deadline(sequence: Sequence, touch: PastTouch, progress: Progress) -> datetime | None:
    """When its `if_late` acts, counted anew from its day."""
    return plan_later(sequence, touch, day_start(touch.due_date, progress.setting.zone), progress).late_at
