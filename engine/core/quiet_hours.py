"""When the law lets somebody be rung or texted: by their own clock and their own weekday, holidays included."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine.core.calendar import Calendar
from engine.core.clock import local_date, open_spans, spans
from engine.core.hours import SHORTEST_WINDOW, Hours

_SHORTEST = timedelta(minutes=SHORTEST_WINDOW)
_DAYS = 14  # hours by weekday that do not open within two weeks never do


@dataclass(frozen=True, slots=True)
class Opening:
    """The windows of a sequence (None: at any hour) and the hours of the law."""

    law: Hours
    zone: ZoneInfo
    calendar: Calendar
    hours: Hours | None = None

    def spans(self, after: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every half-open span in which both are open and that ends after `after`, in order; none that is too short."""
        if self.hours is None:
            yield from legal_spans(self.law, self.zone, after)
            return
        for day, start, end in open_spans(self.hours, self.calendar, self.zone, after):
            for opens, closes in spans(self.law.on(day.weekday()), day, self.zone):
                span = max(start, opens), min(end, closes)
                if span[1] - span[0] >= _SHORTEST and after < span[1]:
                    yield span

    def closes_at(self, at: datetime) -> datetime | None:
        """The end of what is open at that instant; None where it is closed."""
        first = next(self.spans(at), None)
        return first[1] if first is not None and first[0] <= at else None

    def next_start(self, now: datetime) -> datetime | None:
        """The next beginning, strictly later; None where the two never meet."""
        return next((start for start, _ in self.spans(now) if start > now), None)


def legal_spans(law: Hours, zone: ZoneInfo, after: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Every span of the law that ends after `after`, for two weeks."""
    day = local_date(after, zone)
    for _ in range(_DAYS):
        yield from (span for span in spans(law.on(day.weekday()), day, zone) if after < span[1])
        day += timedelta(days=1)
