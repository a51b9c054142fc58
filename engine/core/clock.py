"""Wall-clock arithmetic: local times to instants, open windows, business minutes. Pure: `now` is an argument."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.core.calendar import Calendar
from engine.core.hours import Hours, Window
from engine.core.sequence import DayKind, Gap, Unit

# Two years of closed days mean that the hours are empty, not that we must look further.
_HORIZON = 731
_ONE_DAY, _A_MOMENT = timedelta(days=1), timedelta(microseconds=1)

Span = tuple[datetime, datetime]


@lru_cache(maxsize=8_192)
def local_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local time. In a DST gap it moves forward by the gap, in an overlap it is the first one."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    return local_instant(day, time(0), zone)


@lru_cache(maxsize=65_536)
def spans(windows: tuple[Window, ...], day: date, zone: ZoneInfo) -> tuple[Span, ...]:
    """The windows of one local day as half-open UTC spans; a span swallowed by a DST gap is left out.

    An end inside a gap moves back, not forward: no instant counts as open when the local clock is past the window.
    """
    made = ((local_instant(day, w.start, zone), _closing_instant(day, w.end, zone)) for w in windows)
    return tuple(span for span in made if span[0] < span[1])


def _closing_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When the local time is first reached, in a gap as in an overlap: also of one that ends with the repeated hour."""
    last = datetime.combine(day, at) - _A_MOMENT
    both = (last.replace(fold=fold, tzinfo=zone).astimezone(UTC) for fold in (0, 1))
    return min(both) + _A_MOMENT


def open_days(
    hours: Hours, calendar: Calendar, zone: ZoneInfo, after: datetime
) -> Iterator[tuple[date, tuple[Span, ...]]]:
    """Every local day from that of `after` on which a window opens, with all its spans, for two years."""
    day = local_date(after, zone)
    for _ in range(_HORIZON):
        opened = spans(calendar.windows(hours, day), day, zone)
        if opened:
            yield day, opened
        day += _ONE_DAY


def open_spans(
    hours: Hours, calendar: Calendar, zone: ZoneInfo, after: datetime
) -> Iterator[tuple[date, datetime, datetime]]:
    """Every (local day, start, end) that ends after `after`, in order, for two years."""
    for day, opened in open_days(hours, calendar, zone, after):
        for start, end in opened:
            if after < end:
                yield day, start, end


def open_instant(hours: Hours, calendar: Calendar, zone: ZoneInfo, at: datetime) -> datetime:
    """The first instant not before `at` inside a window. Raises ValueError when no window opens in two years."""
    for _, start, _end in open_spans(hours, calendar, zone, at):
        return max(at, start)
    raise ValueError("no window opens within two years")


def next_window_start(hours: Hours, calendar: Calendar, zone: ZoneInfo, now: datetime) -> datetime:
    """The first window start strictly after `now`. Raises ValueError as `open_instant`."""
    for _, start, _end in open_spans(hours, calendar, zone, now):
        if start > now:
            return start
    raise ValueError("no window opens within two years")


def is_open(hours: Hours, calendar: Calendar, zone: ZoneInfo, at: datetime) -> bool:
    day = local_date(at, zone)
    return any(start <= at < end for start, end in spans(calendar.windows(hours, day), day, zone))


def add_gap(start: datetime, gap: Gap, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """`h` and `m` later in wall time; `d` and `bd` give the start of that local day."""
    if gap.is_wall_time:
        return start + gap.as_timedelta()
    kind = DayKind.BUSINESS if gap.unit is Unit.BUSINESS_DAY else DayKind.CALENDAR
    return day_start(calendar.add_days(local_date(start, zone), gap.amount, kind), zone)


def add_business_time(
    start: datetime, length: timedelta, *, hours: Hours, calendar: Calendar, zone: ZoneInfo
) -> datetime:
    """`length` later, counting only open windows. Raises ValueError when the hours never open that long."""
    left = length
    for _, opens, end in open_spans(hours, calendar, zone, start):
        begin = max(opens, start)
        if end - begin >= left:
            return begin + left
        left -= end - begin
    raise ValueError("the hours do not open for that long within two years")
