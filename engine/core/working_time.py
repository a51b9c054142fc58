"""When a rep works: weekly hours on the rep's own clock, without public holidays and days off. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.core.calendar import Calendar
from engine.core.clock import add_business_time, local_date, local_instant
from engine.core.hours import Hours

_LONGEST_BREAK = 731  # days; whoever has not worked for so long is not waited for


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """`hours` by weekday, local to `zone`; `calendar` says on which days they hold."""

    zone: ZoneInfo
    hours: Hours
    calendar: Calendar

    def is_workday(self, day: date) -> bool:
        return bool(self.calendar.windows(self.hours, day))

    def workdays(self, first: date) -> Iterator[date]:
        """From that day on. After two years without any, every day counts as one."""
        day, idle = first, 0
        while True:
            idle = 0 if self.is_workday(day) else idle + 1
            if idle == 0 or idle > _LONGEST_BREAK:
                yield day
            day += timedelta(days=1)

    def begins(self, day: date) -> datetime:
        """When work begins; a day off is taken to begin as the week does."""
        windows = self.calendar.windows(self.hours, day) or next(filter(None, self.hours.days), ())
        return local_instant(day, min(window.start for window in windows), self.zone)

    def day_for(self, opens: datetime, closes: datetime) -> date:
        """On which of the rep's days that is to be done which can be done in [opens, closes): the one on which it
        opens, or the one before where it closes before that one begins.

        The prospect's date will not do: 09:30 on Tuesday in Shanghai is Monday evening for a rep in New York.
        """
        day = local_date(opens, self.zone)
        return day if self.begins(day) < closes else day - timedelta(days=1)

    def after(self, start: datetime, length: timedelta) -> datetime:
        """`length` later, counting working time only. Raises ValueError where nobody ever works that long."""
        return add_business_time(start, length, hours=self.hours, calendar=self.calendar, zone=self.zone)
