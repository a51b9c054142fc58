"""Which days are open, as a value. Built outside core, from holidays data (`engine.calendars`)."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from engine.core.hours import Hours, Window
from engine.core.sequence import DayKind

_ONE_DAY = timedelta(days=1)
_MONDAY = 0
_LONGEST_RANGE = 366
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?", re.ASCII)


def parse_days(text: str) -> tuple[date, ...]:
    """The days of `2026-08-03` or, both ends included, of `2026-08-03..2026-08-21`.

    Raises ValueError for anything else, a range that runs backwards, and one of more than a year.
    """
    match = _DAYS.fullmatch(text)
    if match is None:
        raise ValueError(text)
    first = date.fromisoformat(match[1])
    count = (date.fromisoformat(match[2] or match[1]) - first).days + 1
    if not 1 <= count <= _LONGEST_RANGE:
        raise ValueError(text)
    return tuple(first + timedelta(days=n) for n in range(count))


@dataclass(frozen=True, slots=True)
class Calendar:
    """`closed` are holidays, `extra_workdays` make-up days (they use Monday's windows and beat everything else).

    Nothing is known after `known_until`: a touch planned later is held rather than guessed.
    """

    closed: frozenset[date]
    extra_workdays: frozenset[date]
    known_until: date
    weekend: frozenset[int] = frozenset({5, 6})

    def overridden(self, *, closed: frozenset[date] = frozenset(), worked: frozenset[date] = frozenset()) -> "Calendar":
        """With days of somebody's own, which beat all that was decided before; a day in both is closed.

        A holiday that is worked all the same keeps the hours of its own weekday; only a weekend day borrows Monday's.
        """
        weekend_days = frozenset(day for day in worked if day.weekday() in self.weekend)
        return replace(
            self,
            closed=(self.closed - worked) | closed,
            extra_workdays=(self.extra_workdays | weekend_days) - closed,
        )

    def is_workday(self, day: date) -> bool:
        if day in self.extra_workdays:
            return True
        return day not in self.closed and day.weekday() not in self.weekend

    def windows(self, hours: Hours, day: date) -> tuple[Window, ...]:
        if day in self.extra_workdays:
            return hours.on(_MONDAY)
        return () if day in self.closed else hours.on(day.weekday())

    def add_days(self, day: date, count: int, kind: DayKind) -> date:
        """`count` days later. Business days step from workday to workday; 0 leaves the day as it is."""
        if kind is DayKind.CALENDAR:
            return day + timedelta(days=count)
        while count > 0:
            day += _ONE_DAY
            count -= self.is_workday(day)
        return day

    def days_between(self, first: date, last: date, kind: DayKind) -> int:
        """How many days `last` is after `first`, never negative; the inverse of `add_days` on open days."""
        if last <= first:
            return 0
        if kind is DayKind.CALENDAR:
            return (last - first).days
        return sum(self.is_workday(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
