"""The order of the daily queue (rule 19). Only a base level is stored; what depends on the clock is computed here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from engine.core.calendar import Calendar
from engine.core.clock import is_open, open_instant
from engine.core.hours import Hours
from engine.core.task import TaskKind

CLICK_COUNTS_FOR = timedelta(hours=24)


class Level(IntEnum):
    INBOUND_CLOCK = 1
    TRIAGE = 2
    PROMISED_CALL = 3
    MEETING = 4
    CLICKED = 5
    DUE_CALL = 6
    DUE = 7
    OVERDUE = 8
    NEW_DAY_ONE = 9
    RESEARCH = 10


_OF_KIND = {
    TaskKind.TRIAGE: Level.TRIAGE,
    TaskKind.CONFIRM_MEETING: Level.MEETING,
    TaskKind.HAND_OVER: Level.MEETING,
    TaskKind.CALL: Level.DUE_CALL,
    TaskKind.RESEARCH_SUCCESSOR: Level.RESEARCH,
    TaskKind.CONTACT_REFERRAL: Level.RESEARCH,
    TaskKind.HAS_LEFT: Level.RESEARCH,
}


def base_level(kind: TaskKind, *, has_clock: bool, is_promised: bool, is_day_one: bool) -> Level:
    """The level a task is stored with."""
    if has_clock and kind is not TaskKind.TRIAGE:
        return Level.INBOUND_CLOCK
    if is_promised:
        return Level.PROMISED_CALL
    level = _OF_KIND.get(kind, Level.DUE)
    return Level.NEW_DAY_ONE if is_day_one and level in (Level.DUE, Level.DUE_CALL) else level


@dataclass(frozen=True, slots=True)
class Ranked:
    """What ranking reads of a task. `closes_at` is the end of its window or the time by which it must be done."""

    id: int
    level: Level
    due_at: datetime
    callable_from: datetime | None
    closes_at: datetime | None
    respond_by: datetime | None
    tier: int
    lead_at: datetime
    clicked_at: datetime | None = None


def is_callable(task: Ranked, now: datetime) -> bool:
    """Inside the recipient's window; a task without one can be done at any time."""
    started = task.callable_from is None or task.callable_from <= now
    return started and (task.closes_at is None or task.callable_from is None or now < task.closes_at)


@dataclass(frozen=True, slots=True)
class Reachable:
    """The hours in which the person of a task can be reached, by their own clock."""

    hours: Hours
    calendar: Calendar
    zone: ZoneInfo


def may_be_done(task: Ranked, reachable: Reachable | None, now: datetime) -> bool:
    """The window of a task runs from the opening to the last close of its day: breaks lie in it. What its window has
    passed may be done in any later hours; a promised hour leaves them. Without `reachable` the window alone counts.
    """
    is_in_time = is_callable(task, now)
    if reachable is None or task.callable_from is None or (is_in_time and task.level is Level.PROMISED_CALL):
        return is_in_time
    is_past = task.closes_at is not None and task.closes_at <= now
    return (is_in_time or is_past) and is_open(reachable.hours, reachable.calendar, reachable.zone, now)


def doable_from(task: Ranked, reachable: Reachable | None, now: datetime) -> datetime:
    """The first instant from `now` on at which it may be done. Raises ValueError where the hours never open."""
    at = max(now, task.callable_from or now)
    is_in_time = task.closes_at is None or at < task.closes_at
    if reachable is None or task.callable_from is None or (is_in_time and task.level is Level.PROMISED_CALL):
        return at
    return open_instant(reachable.hours, reachable.calendar, reachable.zone, at)


def is_overdue(task: Ranked, now: datetime) -> bool:
    limit = task.respond_by or task.closes_at
    return limit is not None and limit <= now


def level_now(task: Ranked, now: datetime) -> Level:
    """Planned work whose day has passed ranks below what is due today; clocks and promises keep their place.

    A call to somebody who clicked a moment ago comes before the other calls, while they can be called.
    """
    if task.level is Level.DUE_CALL and _has_clicked(task, now) and is_callable(task, now):
        return Level.CLICKED
    planned = task.level in (Level.DUE_CALL, Level.DUE, Level.NEW_DAY_ONE)
    return Level.OVERDUE if planned and is_overdue(task, now) else task.level


def _has_clicked(task: Ranked, now: datetime) -> bool:
    return task.clicked_at is not None and now - task.clicked_at < CLICK_COUNTS_FOR


def rank(task: Ranked, now: datetime) -> tuple[int, bool, datetime, int, datetime, int]:
    """The sort key: level, callable before not yet callable, what closes soonest, then account tier, lead age, id."""
    level = level_now(task, now)
    soonest = task.respond_by or task.closes_at or task.due_at
    return (level, not is_callable(task, now), soonest, task.tier, task.lead_at, task.id)
