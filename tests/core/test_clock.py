"""Local times at every edge of summer time, against an oracle that only knows UTC to local."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.core.calendar import Calendar
from engine.core.clock import (
    add_business_time,
    add_gap,
    day_start,
    is_open,
    local_date,
    local_instant,
    next_window_start,
    open_instant,
    open_spans,
    spans,
)
from engine.core.hours import NO_HOURS, Hours, Window
from engine.core.sequence import Gap
from tests.support.factories import NEW_YORK, OFFICE_HOURS, SHANGHAI, at, calendar, hours
from tests.support.strategies import ZONES, calendars, edges, instants, open_hours, zone_edges, zoned_instants

Span = tuple[date, datetime, datetime]
Search = Callable[[Hours, Calendar, ZoneInfo, datetime], datetime]
BERLIN, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
AROUND_THE_CLOCK = Hours(((Window(time(0), time(23, 45)),),) * 7)
A_SECOND = timedelta(seconds=1)
NEAR_AN_EDGE = st.integers(-26 * 3600, 26 * 3600).map(lambda n: timedelta(seconds=n))


def offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def instants_that_read(wall: datetime, zone: ZoneInfo, edge: datetime) -> list[datetime]:
    """Every instant at which a clock on that wall shows `wall`, found by trying both offsets."""
    offsets = {offset(zone, edge - A_SECOND), offset(zone, edge)}
    tried = sorted(wall.replace(tzinfo=UTC) - one for one in offsets)
    return [instant for instant in tried if instant.astimezone(zone).replace(tzinfo=None) == wall]


def inside(hours: Hours, cal: Calendar, zone: ZoneInfo, instant: datetime) -> bool:
    """What the wall clock says; it cannot say whether a repeated hour is already over."""
    local = instant.astimezone(zone)
    return any(w.start <= local.time() < w.end for w in cal.windows(hours, local.date()))


def is_repeated(zone: ZoneInfo, instant: datetime) -> bool:
    return instant.astimezone(zone).fold == 1


@given(zone_edges(), NEAR_AN_EDGE)
def test_a_local_time_is_its_first_instant_and_in_a_gap_moves_forward_by_the_gap(
    zone_edge: tuple[ZoneInfo, datetime], distance: timedelta
) -> None:
    zone, edge = zone_edge
    wall = (edge + offset(zone, edge) + distance).replace(tzinfo=None)
    made = local_instant(wall.date(), wall.time(), zone)
    readings = instants_that_read(wall, zone, edge)
    gap = offset(zone, edge) - offset(zone, edge - A_SECOND)
    shown = made.astimezone(zone).replace(tzinfo=None)
    assert made == readings[0] if readings else shown == wall + gap


@pytest.mark.parametrize(
    ("zone", "wall", "expected"),
    [
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T03:30-04:00"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T01:30-04:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-04T02:45+11:00"),  # summer time of half an hour
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-05T01:45+11:00"),
        ("Asia/Kathmandu", "2026-06-01T09:00", "2026-06-01T03:15+00:00"),
        ("Pacific/Chatham", "2026-01-05T09:00", "2026-01-05T09:00+13:45"),
        ("Pacific/Apia", "2026-06-01T09:00", "2026-06-01T09:00+13:00"),
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-24T01:00+03:00"),  # midnight itself does not exist
    ],
)
def test_known_local_times(zone: str, wall: str, expected: str) -> None:
    local = datetime.fromisoformat(wall)
    assert local_instant(local.date(), local.time(), ZoneInfo(zone)) == at(expected)


@given(zoned_instants())
def test_a_day_starts_on_its_own_date_and_not_after_any_of_its_instants(where: tuple[ZoneInfo, datetime]) -> None:
    zone, instant = where
    day = local_date(instant, zone)
    start = day_start(day, zone)
    assert local_date(start, zone) == day
    assert start <= instant
    assert local_date(start - A_SECOND, zone) < day


@given(st.data())
def test_an_open_instant_is_inside_the_window_on_every_clock(data: st.DataObject) -> None:
    zone, now = data.draw(zoned_instants())
    open_hours_, cal = data.draw(open_hours()), data.draw(calendars(now.date()))
    opens = open_instant(open_hours_, cal, zone, now)
    assert opens >= now
    assert is_open(open_hours_, cal, zone, opens)
    assert inside(open_hours_, cal, zone, opens) or is_repeated(zone, opens)


@given(st.data())
def test_nothing_is_open_before_the_first_open_instant(data: st.DataObject) -> None:
    zone, now = data.draw(zoned_instants())
    open_hours_, cal = data.draw(open_hours()), data.draw(calendars(now.date()))
    opens = open_instant(open_hours_, cal, zone, now)
    between = now + data.draw(st.floats(0, 0.999)) * (opens - now)
    assert between == opens or not is_open(open_hours_, cal, zone, between)


@given(st.data())
def test_open_means_inside_the_written_hours_even_when_the_clocks_are_changed(data: st.DataObject) -> None:
    zone, edge = data.draw(zone_edges())
    instant = data.draw(instants(edge, timedelta(hours=4)))
    open_hours_ = data.draw(open_hours())
    if is_open(open_hours_, calendar(), zone, instant):
        assert inside(open_hours_, calendar(), zone, instant) or is_repeated(zone, instant)


@given(st.data())
def test_far_from_an_edge_the_wall_clock_alone_decides(data: st.DataObject) -> None:
    zone = ZoneInfo(data.draw(st.sampled_from(ZONES)))
    instant = data.draw(instants())
    year_edges = [e for year in (-1, 0, 1) for e in edges(zone.key, instant.year + year)]
    assume(all(abs(edge - instant) > timedelta(days=1) for edge in year_edges))
    open_hours_, cal = data.draw(open_hours()), data.draw(calendars(instant.date()))
    assert is_open(open_hours_, cal, zone, instant) == inside(open_hours_, cal, zone, instant)


def test_a_window_is_half_open() -> None:
    nine_to_twelve = hours("09:00-12:00")
    assert is_open(nine_to_twelve, calendar(), NEW_YORK, at("2026-03-04T09:00-05:00"))
    assert is_open(nine_to_twelve, calendar(), NEW_YORK, at("2026-03-04T11:59:59-05:00"))
    assert not is_open(nine_to_twelve, calendar(), NEW_YORK, at("2026-03-04T12:00-05:00"))
    assert not is_open(nine_to_twelve, calendar(), NEW_YORK, at("2026-03-04T08:59:59-05:00"))


def test_the_end_of_a_window_belongs_to_the_next_one() -> None:
    lunch = at("2026-03-04T12:00-05:00")
    assert open_instant(OFFICE_HOURS, calendar(), NEW_YORK, lunch) == at("2026-03-04T13:30-05:00")


def test_the_next_window_start_at_a_start_is_the_one_after_it() -> None:
    nine, half_past_one = at("2026-03-04T09:00-05:00"), at("2026-03-04T13:30-05:00")
    assert next_window_start(OFFICE_HOURS, calendar(), NEW_YORK, nine) == half_past_one


def test_a_repeated_hour_opens_once() -> None:
    window = hours("02:15-02:45", days=range(7))
    sunday = date(2026, 10, 25)
    (only,) = spans(window.on(6), sunday, BERLIN)
    assert only == (at("2026-10-25T02:15+02:00"), at("2026-10-25T02:45+02:00"))
    assert not is_open(window, calendar(), BERLIN, at("2026-10-25T02:30+01:00"))


def test_a_window_that_ends_with_the_repeated_hour_ends_with_its_first_pass() -> None:
    havana, sunday = ZoneInfo("America/Havana"), date(2026, 11, 1)
    for written, opens in (("00:00-01:00", "00:00"), ("00:30-01:00", "00:30")):
        (only,) = spans(hours(written, days=range(7)).on(6), sunday, havana)
        assert only == (at(f"2026-11-01T{opens}-04:00"), at("2026-11-01T00:00-05:00"))


def test_a_window_inside_a_gap_is_left_out() -> None:
    window = hours("02:15-02:45", days=range(7))
    assert spans(window.on(6), date(2026, 3, 29), BERLIN) == ()
    saturday_night = at("2026-03-29T00:00+01:00")
    assert open_instant(window, calendar(), BERLIN, saturday_night) == at("2026-03-30T02:15+02:00")


def test_a_window_that_begins_in_a_gap_begins_later_by_the_gap() -> None:
    assert spans(hours("02:15-05:00", days=[6]).on(6), date(2026, 10, 4), LORD_HOWE) == (
        (at("2026-10-04T02:45+11:00"), at("2026-10-04T05:00+11:00")),
    )


def test_a_window_that_ends_in_a_gap_is_not_open_after_it() -> None:
    window = hours("01:00-02:30", days=range(7))
    assert is_open(window, calendar(), BERLIN, at("2026-03-29T01:15+01:00"))
    assert not is_open(window, calendar(), BERLIN, at("2026-03-29T03:15+02:00"))


@given(st.data())
def test_the_next_window_start_is_strictly_later_and_nothing_starts_in_between(data: st.DataObject) -> None:
    zone, now = data.draw(zoned_instants())
    open_hours_, cal = data.draw(open_hours()), data.draw(calendars(now.date()))
    start = next_window_start(open_hours_, cal, zone, now)
    assert start > now
    assert is_open(open_hours_, cal, zone, start)
    day_before = now - timedelta(days=1)
    starts = [s for _, s, _ in _first(100, open_spans(open_hours_, cal, zone, day_before)) if now < s <= start]
    assert starts == [start]


def _first(count: int, found: Iterable[Span]) -> list[Span]:
    return list(islice(found, count))


@given(st.data())
def test_open_spans_are_in_order_and_never_overlap(data: st.DataObject) -> None:
    zone, edge = data.draw(zone_edges())
    found = _first(30, open_spans(data.draw(open_hours()), calendar(), zone, edge - timedelta(days=3)))
    assert all(start < end for _, start, end in found)
    assert all(one[2] <= two[1] for one, two in pairwise(found))
    assert all(local_date(start, zone) == day for day, start, _ in found)


@pytest.mark.parametrize("ask", [open_instant, next_window_start])
def test_hours_that_never_open_are_an_error_and_not_an_endless_search(ask: Search) -> None:
    with pytest.raises(ValueError, match="two years"):
        ask(NO_HOURS, calendar(), NEW_YORK, at("2026-03-04T09:00-05:00"))
    with pytest.raises(ValueError, match="two years"):
        add_business_time(
            at("2026-03-04T09:00-05:00"),
            timedelta(minutes=5),
            hours=NO_HOURS,
            calendar=calendar(),
            zone=NEW_YORK,
        )


@pytest.mark.parametrize(
    ("start", "gap", "expected"),
    [
        ("2026-03-06T16:00-05:00", "3h", "2026-03-06T19:00-05:00"),  # wall time knows no windows
        ("2026-03-07T23:00-05:00", "4h", "2026-03-08T04:00-04:00"),  # nor summer time
        ("2026-03-06T16:00-05:00", "15m", "2026-03-06T16:15-05:00"),
        ("2026-03-06T16:00-05:00", "2d", "2026-03-08T00:00-05:00"),
        ("2026-03-06T16:00-05:00", "1bd", "2026-03-09T00:00-04:00"),
        ("2026-03-06T16:00-05:00", "0bd", "2026-03-06T00:00-05:00"),
    ],
)
def test_a_gap_in_days_is_the_start_of_a_local_day(start: str, gap: str, expected: str) -> None:
    assert add_gap(at(start), Gap.parse(gap), calendar(), NEW_YORK) == at(expected)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-03-06T10:00+08:00", 5, "2026-03-06T10:05+08:00"),
        ("2026-03-06T11:58+08:00", 5, "2026-03-06T13:33+08:00"),  # over lunch
        ("2026-03-06T17:28+08:00", 5, "2026-03-09T09:03+08:00"),  # over the weekend
        ("2026-03-07T03:00+08:00", 5, "2026-03-09T09:05+08:00"),  # from within it
        ("2026-03-06T17:25+08:00", 5, "2026-03-06T17:30+08:00"),  # just in time: the end of the day, not Monday
        ("2026-03-06T12:30+08:00", 0, "2026-03-06T13:30+08:00"),
    ],
)
def test_business_minutes_run_only_in_open_windows(start: str, minutes: int, expected: str) -> None:
    made = add_business_time(
        at(start), timedelta(minutes=minutes), hours=OFFICE_HOURS, calendar=calendar(), zone=SHANGHAI
    )
    assert made == at(expected)


@given(st.data())
def test_business_time_adds_up_piece_by_piece(data: st.DataObject) -> None:
    zone, now = data.draw(zoned_instants())
    open_hours_, cal = data.draw(open_hours()), data.draw(calendars(now.date()))
    first, second = (timedelta(minutes=data.draw(st.integers(1, 900))) for _ in "ab")

    def later(start: datetime, length: timedelta) -> datetime:
        return add_business_time(start, length, hours=open_hours_, calendar=cal, zone=zone)

    assert later(later(now, first), second) == later(now, first + second)


@given(zone_edges())
def test_round_the_clock_hours_never_lose_a_day_to_summer_time(zone_edge: tuple[ZoneInfo, datetime]) -> None:
    zone, edge = zone_edge
    opened = {day for day, _, _ in _first(8, open_spans(AROUND_THE_CLOCK, calendar(), zone, edge - timedelta(days=2)))}
    first = min(opened)
    assert opened == {first + timedelta(days=n) for n in range(8)}
