"""Plain functions that make core values with as little said as a test needs."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.calendar import Calendar
from engine.core.hours import Hours, Window
from engine.core.outcome import OUTCOMES, Consequence, OutcomeTables
from engine.core.schedule import PastTouch, PlannedTouch, Progress, first_open_day
from engine.core.sequence import (
    Again,
    AgainPolicy,
    Audience,
    AudienceKind,
    DayKind,
    Formula,
    Gap,
    Schedule,
    Sequence,
    Step,
    Verb,
    measured_formula,
)
from engine.core.slots import Setting
from engine.core.working_time import WorkingTime

WEEKDAYS = range(5)
EVERY_DAY = range(7)
NEW_YORK = ZoneInfo("America/New_York")
SHANGHAI = ZoneInfo("Asia/Shanghai")

OUTCOME_TABLES: OutcomeTables = {
    verb: {outcome: Consequence() for outcome in outcomes} for verb, outcomes in OUTCOMES.items()
}


def at(text: str) -> datetime:
    """`2026-03-04T09:00-05:00` as an instant."""
    return datetime.fromisoformat(text).astimezone(UTC)


def window(text: str) -> Window:
    """`09:00-12:00`."""
    start, end = text.split("-")
    return Window(time.fromisoformat(start), time.fromisoformat(end))


def hours(*windows: str, days: Iterable[int] = WEEKDAYS) -> Hours:
    """The same windows on each of the given weekdays (Monday is 0)."""
    made, open_days = tuple(map(window, windows)), set(days)
    return Hours(tuple(made if weekday in open_days else () for weekday in EVERY_DAY))


OFFICE_HOURS = hours("09:00-12:00", "13:30-17:30")


def calendar(
    *closed: str, extra_workdays: Iterable[str] = (), known_until: str = "2040-12-31", **more: Any
) -> Calendar:
    return Calendar(
        frozenset(map(date.fromisoformat, closed)),
        frozenset(map(date.fromisoformat, extra_workdays)),
        date.fromisoformat(known_until),
        **more,
    )


def setting(
    zone: ZoneInfo = NEW_YORK,
    open_days: Calendar | None = None,
    rep_zone: ZoneInfo | None = None,
    rep_hours: Hours = OFFICE_HOURS,
    *,
    rep_days: Calendar | None = None,
) -> Setting:
    """A prospect and a rep in one zone who keep the same holidays, unless the rep's are given."""
    days = open_days or calendar()
    return Setting(zone, days, WorkingTime(rep_zone or zone, rep_hours, rep_days or days))


def step(key: str = "intro", day: int = 1, do: Verb = Verb.EMAIL, **more: Any) -> Step:
    return Step(key, day, do, use=f"outbound/{key}", **more)


def schedule(days: DayKind = DayKind.CALENDAR, open_hours: Hours = OFFICE_HOURS, **more: Any) -> Schedule:
    return Schedule(days, open_hours, **more)


def sequence(*steps: Step, kind: AudienceKind = AudienceKind.OUTBOUND, **changes: Any) -> Sequence:
    """Outbound, office hours, calendar days, with the formula that its steps really have."""
    made = Sequence(
        key="sample",
        title="Sample",
        formula=Formula(1, 1, 1),
        audience=Audience(kind, ("en",)),
        schedule=schedule(),
        again=Again(AgainPolicy.ALWAYS),
        steps=steps or (step(),),
        outcomes=OUTCOME_TABLES,
    )
    changed = replace(made, **changes)
    return replace(changed, formula=measured_formula(changed))


def outbound_7x3x21(**changes: Any) -> Sequence:
    return sequence(
        step("intro", 1),
        step("call-1", 2, Verb.CALL),
        step("connect", 4, Verb.LINKEDIN),
        step("proof", 7),
        step("call-2", 10, Verb.CALL),
        step("personal", 14, Verb.PERSONAL_EMAIL),
        step("close", 21, Verb.CALL),
        **changes,
    )


def enrolled(plan: Sequence, where: Setting, now: datetime) -> Progress:
    """The moment of enrollment: nothing has happened yet."""
    return Progress(first_open_day(plan, where, now), now, where)


def ended(touch: PlannedTouch, ended_at: datetime, wait: Gap | None = None) -> PastTouch:
    """A planned touch that is over."""
    return PastTouch(touch.step, touch.repeat, touch.lane, True, touch.nominal_date, touch.due_date, ended_at, wait)


def waiting(touch: PlannedTouch) -> PastTouch:
    """A planned touch that is still open."""
    return PastTouch(touch.step, touch.repeat, touch.lane, False, touch.nominal_date, touch.due_date)


def having(progress: Progress, *touches: PastTouch) -> Progress:
    """The progress with these touches in it; one that was there already is replaced."""
    kept = {(t.step, t.repeat): t for t in (*progress.touches, *touches)}
    return replace(progress, touches=tuple(kept.values()))
