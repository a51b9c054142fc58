"""Hypothesis strategies for the nasty parts of time: every zone, where its clocks change, odd hours and holidays."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from engine.core.calendar import Calendar
from engine.core.hours import Hours, Window
from engine.core.sequence import (
    After,
    Anchor,
    DayKind,
    Gap,
    IfLate,
    Late,
    Sequence,
    Step,
    Unit,
    Verb,
)
from tests.support.factories import schedule, sequence, step

YEARS = range(2026, 2036)
ZONES = tuple(sorted(available_timezones() - {"localtime", "posixrules"}))
# half-hour summer time, quarter hours, the date line, a summer time that stops for Ramadan, an edge at midnight
ODD_ZONES = (
    "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham", "Pacific/Apia", "Africa/Casablanca",
    "Africa/Cairo", "America/Havana", "Asia/Beirut", "Antarctica/Troll", "America/Scoresbysund",
)  # fmt: skip
_A_DAY = timedelta(days=1)


@cache
def edges(zone: str, year: int) -> tuple[datetime, ...]:
    """The instants of one year at which the zone's offset changes, to the second."""
    first = datetime(year, 1, 1, tzinfo=UTC)
    days = [first + _A_DAY * n for n in range(366)]
    clock = ZoneInfo(zone)
    return tuple(
        _edge(clock, day, day + _A_DAY)
        for day in days
        if day.astimezone(clock).utcoffset() != (day + _A_DAY).astimezone(clock).utcoffset()
    )


def _edge(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == old else (before, middle)
    return after


def zones() -> st.SearchStrategy[ZoneInfo]:
    return st.builds(ZoneInfo, st.sampled_from(ODD_ZONES) | st.sampled_from(ZONES))


@st.composite
def zone_edges(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """A zone and an instant at which its clocks are changed."""
    year = draw(st.sampled_from(YEARS))
    zone = draw(zones().filter(lambda zone: bool(edges(zone.key, year))))
    return zone, draw(st.sampled_from(edges(zone.key, year)))


def instants(around: datetime | None = None, within: timedelta = 2 * _A_DAY) -> st.SearchStrategy[datetime]:
    """Whole seconds, anywhere in the years we test or near an instant."""
    if around is not None:
        seconds = int(within.total_seconds())
        return st.integers(-seconds, seconds).map(lambda n: around + timedelta(seconds=n))
    whole = st.datetimes(datetime(2026, 1, 1), datetime(2035, 12, 31))
    return whole.map(lambda naive: naive.replace(microsecond=0, tzinfo=UTC))


@st.composite
def zoned_instants(draw: st.DrawFn, within: timedelta = 2 * _A_DAY) -> tuple[ZoneInfo, datetime]:
    """A zone and an instant, half of them close to where its clocks are changed."""
    if draw(st.booleans()):
        zone, edge = draw(zone_edges())
        return zone, draw(instants(edge, within))
    return draw(zones()), draw(instants())


@st.composite
def day_windows(draw: st.DrawFn) -> tuple[Window, ...]:
    """Up to three windows of a day, in order, at quarter hours from midnight on."""
    quarters = draw(st.lists(st.integers(0, 95), unique=True, max_size=6))
    marks = [time(n // 4, n % 4 * 15) for n in sorted(quarters)]
    return tuple(map(Window, marks[::2], marks[1::2]))


def open_hours() -> st.SearchStrategy[Hours]:
    """Hours that open at least once a week."""
    week = st.tuples(*[day_windows()] * 7)
    return week.map(Hours).filter(lambda hours: not hours.is_empty)


@st.composite
def calendars(draw: st.DrawFn, around: date) -> Calendar:
    """Some days near `around` closed, some others made workdays."""
    near = st.integers(-10, 60).map(lambda n: around + timedelta(days=n))
    closed = draw(st.frozensets(near, max_size=15))
    return Calendar(closed, draw(st.frozensets(near, max_size=5)), known_until=date(2040, 1, 1))


WALL_GAPS = st.builds(Gap, st.integers(0, 40), st.sampled_from((Unit.HOUR, Unit.MINUTE)))
DAY_GAPS = st.builds(Gap, st.integers(0, 6), st.sampled_from((Unit.DAY, Unit.BUSINESS_DAY)))
GAPS = WALL_GAPS | DAY_GAPS
STEP_VERBS = tuple(verb for verb in Verb if verb is not Verb.VOICEMAIL)


LATENESS = st.builds(IfLate, st.just(Late.SKIP_AFTER), GAPS) | st.sampled_from(
    [IfLate(Late.WAIT), IfLate(Late.PROCEED), IfLate(Late.ESCALATE, Gap(1, Unit.BUSINESS_DAY))]
)


@st.composite
def plans(draw: st.DrawFn, verbs: tuple[Verb, ...] = STEP_VERBS, *, joins: bool = True) -> tuple[Step, ...]:
    """Steps by day from day 1 on, some waiting a while and, with joins, some for a step written before them. Late ones
    wait.
    """
    days = sorted(draw(st.lists(st.integers(1, 21), max_size=9)))
    steps: list[Step] = []
    for index, day in enumerate([1, *days]):
        waits_for = draw(st.sampled_from([None, *(s.key for s in steps if joins)]))
        after = draw(st.none() | st.builds(After, GAPS, st.just(waits_for)))
        steps.append(step(f"step-{index}", day, draw(st.sampled_from(verbs)), after=after))
    return tuple(steps)


@st.composite
def sequences(draw: st.DrawFn, *, joins: bool = True) -> Sequence:
    days = draw(st.sampled_from(DayKind))
    return sequence(*draw(plans(joins=joins)), schedule=schedule(days, draw(open_hours())))


@st.composite
def any_sequences(draw: st.DrawFn) -> Sequence:
    """With every policy for what is late and either anchor, in few lanes, so that the steps meet."""
    steps = draw(plans((Verb.EMAIL, Verb.CALL, Verb.PERSONAL_EMAIL)))
    days, anchor = draw(st.sampled_from(DayKind)), draw(st.sampled_from(Anchor))
    patient = schedule(days, draw(open_hours()), anchor=anchor)
    return sequence(*(replace(one, if_late=draw(LATENESS)) for one in steps), schedule=patient)
