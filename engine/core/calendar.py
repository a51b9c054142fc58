"""Which days are open, as a value. Built outside core, from holidays data (`engine.calendars`)."""

from dataclasses import dataclass
from datetime import date, timedelta

from engine.core.sequence import DayKind, Hours, Window

_ONE_DAY = timedelta(days=1)
_MONDAY = 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """`closed` are holidays, `extra_workdays` make-up days (they use Monday's windows and beat everything else).

    Nothing is known after `known_until`: a touch planned later is held rather than guessed.
    """

    closed: frozenset[date]
    extra_workdays: frozenset[date]
    known_until: date
    weekend: frozenset[int] = frozenset({5, 6})

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
