"""What becomes of a late touch, and where in the coming days it goes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.backlog import Lateness, lateness, place
from engine.core.clock import is_open
from engine.core.hours import NO_HOURS
from tests.support.factories import NEW_YORK, calendar, hours

OPEN = calendar()
OFFICE = hours("09:00-12:00", "13:00-17:00")
WEDNESDAY = datetime(2026, 3, 4, 15, tzinfo=UTC)  # 10:00 in New York
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (timedelta(0), Lateness.NEXT_SLOT),
        (24 * HOUR, Lateness.NEXT_SLOT),
        (24 * HOUR + timedelta(seconds=1), Lateness.SPREAD),
        (72 * HOUR, Lateness.SPREAD),
        (72 * HOUR + timedelta(seconds=1), Lateness.STALE),
        (-HOUR, Lateness.NEXT_SLOT),
    ],
)
def test_a_day_takes_the_next_slot_three_days_are_spread_and_more_is_stale(late: timedelta, expected: Lateness) -> None:
    assert lateness(WEDNESDAY - late, WEDNESDAY) is expected


def test_the_first_place_is_now_and_the_last_is_at_the_end_of_the_next_open_day() -> None:
    assert place(0.0, OFFICE, OPEN, NEW_YORK, now=WEDNESDAY) == WEDNESDAY
    last = place(0.9999, OFFICE, OPEN, NEW_YORK, now=WEDNESDAY).astimezone(NEW_YORK)
    assert (last.date().isoformat(), last.hour) == ("2026-03-05", 16)


def test_places_are_even_over_the_open_time() -> None:
    places = [place(n / 100, OFFICE, OPEN, NEW_YORK, now=WEDNESDAY) for n in range(100)]
    assert places == sorted(places)
    today = [one for one in places if one.astimezone(NEW_YORK).day == 4]
    assert len(today) == 47  # six of the thirteen hours


@given(
    share=st.floats(0, 1, exclude_max=True),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    zone=st.sampled_from(("America/New_York", "Europe/London", "Asia/Shanghai", "Australia/Lord_Howe")),
)
def test_a_place_is_inside_the_window_within_days_and_so_is_the_end_of_the_send(
    share: float, now: datetime, zone: str
) -> None:
    at = place(share, OFFICE, OPEN, ZoneInfo(zone), now=now)
    assert now <= at <= now + timedelta(days=5)
    assert is_open(OFFICE, OPEN, ZoneInfo(zone), at)
    assert is_open(OFFICE, OPEN, ZoneInfo(zone), at + timedelta(seconds=59))


def test_where_no_window_ever_opens_the_guard_decides() -> None:
    assert place(0.5, NO_HOURS, OPEN, NEW_YORK, now=WEDNESDAY) == WEDNESDAY
