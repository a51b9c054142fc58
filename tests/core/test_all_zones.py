"""Every zone there is, at every change of its clocks in ten years, against an oracle that only reads wall clocks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from engine.core.calendar import Calendar
from engine.core.clock import is_open, open_spans
from engine.core.hours import Hours
from engine.core.schedule import next_touches
from engine.core.sequence import Sequence
from tests.support.factories import calendar, ended, enrolled, having, hours, schedule, sequence, setting, step
from tests.support.strategies import ZONES, calendars, open_hours, zoned_instants, zones

Span = tuple[date, datetime, datetime]
YEARS = range(2024, 2035)
A_DAY, A_WEEK, QUARTER = timedelta(days=1), timedelta(days=7), timedelta(minutes=15)
NIGHT_AND_DAY = hours("00:00-01:30", "01:45-02:15", "02:30-03:15", "09:00-12:00", "22:30-23:45", days=range(7))
MAILS = 7


class Wall:
    """What a clock on the wall shows at every quarter of an hour around a day. Offsets are whole quarters today."""

    def __init__(self, zone: ZoneInfo, around: date, days: int) -> None:
        first = datetime(around.year, around.month, around.day, tzinfo=UTC) - 2 * A_DAY
        self._shown: dict[datetime, datetime] = {}
        for n in range((days + 4) * 96):
            instant = first + n * QUARTER
            self._shown.setdefault(instant.astimezone(zone).replace(tzinfo=None), instant)

    def first(self, wall: datetime, search: timedelta) -> datetime:
        """When it first shows that time; what it never shows is looked for in the direction of `search`, by the hours
        that were left out.
        """
        skipped = 0 * QUARTER
        begin = wall
        while begin not in self._shown:
            begin -= QUARTER
            skipped += QUARTER
        end = wall
        while end not in self._shown:
            end += QUARTER
            skipped += QUARTER
        gap = skipped - QUARTER if skipped else skipped
        return self._shown[wall + (gap if search > timedelta() else -gap)]


def by_the_wall(open_hours_: Hours, open_days: Calendar, wall: Wall, days: list[date]) -> Iterator[Span]:
    for day in days:
        for window in open_days.windows(open_hours_, day):
            start = wall.first(datetime.combine(day, window.start), QUARTER)
            end = wall.first(datetime.combine(day, window.end), -QUARTER)
            if start < end:
                yield day, start, end


def days_from(first: date, count: int) -> list[date]:
    return [first + n * A_DAY for n in range(count)]


@cache
def changes(zone: str) -> tuple[tuple[datetime, timedelta], ...]:
    """Its changes of the clocks, to the quarter of an hour, each with the offset that begins."""
    clock, found = ZoneInfo(zone), []
    at, last = datetime(YEARS[0], 1, 1, tzinfo=UTC), datetime(YEARS[-1] + 1, 1, 1, tzinfo=UTC)
    while at < last:
        if at.astimezone(clock).utcoffset() != (at + A_WEEK).astimezone(clock).utcoffset():
            edge = _edge(clock, at, at + A_WEEK)
            found.append((edge, edge.astimezone(clock).utcoffset() or timedelta()))
        at += A_WEEK
    return tuple(found)


def _edge(clock: ZoneInfo, before: datetime, after: datetime) -> datetime:
    old = before.astimezone(clock).utcoffset()
    while after - before > QUARTER:
        middle = before + (after - before) // QUARTER // 2 * QUARTER
        before, after = (middle, after) if middle.astimezone(clock).utcoffset() == old else (before, middle)
    return after


def test_at_every_change_of_every_zone_in_ten_years_windows_open_as_the_clock_on_the_wall_says() -> None:
    alike = {changes(zone): zone for zone in ZONES if changes(zone)}  # of zones that change alike, one is enough
    assert len(alike) > 30
    seen = 0
    for zone in map(ZoneInfo, alike.values()):
        for edge, _ in changes(zone.key):
            day = edge.astimezone(zone).date() - A_DAY
            days = days_from(day, 3)
            found = islice(open_spans(NIGHT_AND_DAY, calendar(), zone, edge - 2 * A_DAY), 6 * len(NIGHT_AND_DAY.on(0)))
            expected = list(by_the_wall(NIGHT_AND_DAY, calendar(), Wall(zone, day, 3), days))
            assert [span for span in found if span[0] in days] == expected, (zone.key, edge)
            seen += 1
    assert seen > 10 * len(YEARS)


@given(st.data())
def test_spans_are_the_windows_of_the_open_days_no_more_and_no_less(data: st.DataObject) -> None:
    zone, now = data.draw(zoned_instants())
    open_hours_, open_days = data.draw(open_hours()), data.draw(calendars(now.date()))
    first = now.astimezone(zone).date()
    days = days_from(first, 8)
    found = takewhile(lambda span: span[0] <= days[-1], open_spans(open_hours_, open_days, zone, now))
    expected = by_the_wall(open_hours_, open_days, Wall(zone, first, 8), days)
    assert list(found) == [span for span in expected if now < span[2]]


def daily_mails(open_hours_: Hours) -> Sequence:
    steps = (step(f"mail-{day}", day) for day in range(1, MAILS + 1))
    return sequence(*steps, schedule=schedule(open_hours=open_hours_))


@given(st.data())
def test_a_mail_a_day_uses_every_open_day_once_and_no_other(data: st.DataObject) -> None:
    zone, now = data.draw(zoned_instants())
    open_hours_, open_days = data.draw(open_hours()), data.draw(calendars(now.date()))
    plan, where = daily_mails(open_hours_), setting(zone, open_days, data.draw(zones()))
    progress, at = enrolled(plan, where, now), now
    used: list[date] = []
    while planned := next_touches(plan, progress, at):
        (mail,) = planned
        assert is_open(open_hours_, open_days, zone, mail.due_at)
        assert mail.due_at.astimezone(zone).date() == mail.due_date
        used.append(mail.due_date)
        at = mail.due_at
        progress = having(progress, ended(mail, at))
    opened = dict.fromkeys(day for day, _, _ in islice(open_spans(open_hours_, open_days, zone, now), 3 * MAILS))
    assert used == list(opened)[:MAILS]
