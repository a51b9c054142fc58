from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.calendar import Calendar
from engine.core.sequence import DayKind
from tests.support.factories import OFFICE_HOURS, WEEKDAYS, calendar, hours, window
from tests.support.strategies import calendars

SPRING_FESTIVAL_2026 = calendar(
    *(f"2026-02-{day}" for day in range(15, 24)), extra_workdays=["2026-02-14", "2026-02-28"]
)
MAKE_UP_SATURDAY, HOLIDAY_TUESDAY, MONDAY = date(2026, 2, 14), date(2026, 2, 17), date(2026, 2, 9)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
KINDS = st.sampled_from(DayKind)


def test_a_make_up_saturday_is_a_workday_with_mondays_windows() -> None:
    monday_only_long = hours("09:00-18:00", days=[0])
    assert SPRING_FESTIVAL_2026.is_workday(MAKE_UP_SATURDAY)
    assert SPRING_FESTIVAL_2026.windows(monday_only_long, MAKE_UP_SATURDAY) == (window("09:00-18:00"),)


def test_a_make_up_saturday_ignores_the_windows_that_saturdays_have() -> None:
    saturday_morning = hours("10:00-11:00", days=[5])
    assert SPRING_FESTIVAL_2026.windows(saturday_morning, MAKE_UP_SATURDAY) == ()


def test_a_make_up_day_beats_a_holiday_on_the_same_date() -> None:
    both = calendar("2026-02-14", extra_workdays=["2026-02-14"])
    assert both.is_workday(MAKE_UP_SATURDAY)
    assert both.windows(OFFICE_HOURS, MAKE_UP_SATURDAY) == OFFICE_HOURS.on(0)


def test_a_holiday_has_no_windows_and_is_no_workday() -> None:
    assert not SPRING_FESTIVAL_2026.is_workday(HOLIDAY_TUESDAY)
    assert SPRING_FESTIVAL_2026.windows(OFFICE_HOURS, HOLIDAY_TUESDAY) == ()


def test_hours_decide_about_a_weekend_and_the_calendar_about_workdays() -> None:
    seven_days = hours("10:00-12:00", days=range(7))
    saturday = date(2026, 2, 7)
    assert calendar().windows(seven_days, saturday) == (window("10:00-12:00"),)
    assert not calendar().is_workday(saturday)


def test_a_weekend_may_be_friday_and_saturday() -> None:
    gulf = calendar(weekend=frozenset({4, 5}))
    thursday = date(2026, 3, 5)
    assert gulf.add_days(thursday, 1, DayKind.BUSINESS) == date(2026, 3, 8)


@pytest.mark.parametrize(
    ("start", "count", "kind", "expected"),
    [
        ("2026-02-13", 1, DayKind.BUSINESS, "2026-02-14"),  # the make-up Saturday
        ("2026-02-14", 1, DayKind.BUSINESS, "2026-02-24"),  # over the whole festival
        ("2026-02-13", 3, DayKind.CALENDAR, "2026-02-16"),
        ("2026-03-06", 1, DayKind.BUSINESS, "2026-03-09"),
        ("2026-03-07", 1, DayKind.BUSINESS, "2026-03-09"),  # from a Saturday to Monday
        ("2026-03-07", 0, DayKind.BUSINESS, "2026-03-07"),  # no days later is the same day, closed or not
    ],
)
def test_days_are_added_over_holidays_and_weekends(start: str, count: int, kind: DayKind, expected: str) -> None:
    day = date.fromisoformat(start)
    assert SPRING_FESTIVAL_2026.add_days(day, count, kind) == date.fromisoformat(expected)


@given(calendars(MONDAY), DAYS, st.integers(1, 40))
def test_business_days_always_end_on_a_workday_and_count_each_workday_once(
    cal: Calendar, start: date, count: int
) -> None:
    end = cal.add_days(start, count, DayKind.BUSINESS)
    passed = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert cal.is_workday(end)
    assert sum(map(cal.is_workday, passed)) == count


@given(calendars(MONDAY), DAYS, st.integers(0, 40), KINDS)
def test_counting_the_days_between_undoes_adding_them(cal: Calendar, start: date, count: int, kind: DayKind) -> None:
    assert cal.days_between(start, cal.add_days(start, count, kind), kind) == count


@given(calendars(MONDAY), DAYS, st.tuples(st.integers(0, 20), st.integers(0, 20)), KINDS)
def test_adding_days_twice_is_adding_their_sum(
    cal: Calendar, start: date, counts: tuple[int, int], kind: DayKind
) -> None:
    first, second = counts
    twice = cal.add_days(cal.add_days(start, first, kind), second, kind)
    assert twice == cal.add_days(start, first + second, kind)


@given(calendars(MONDAY), DAYS, DAYS, KINDS)
def test_days_between_never_go_backwards(cal: Calendar, one: date, other: date, kind: DayKind) -> None:
    first, last = sorted((one, other))
    assert cal.days_between(last, first, kind) == 0
    assert 0 <= cal.days_between(first, last, kind) <= (last - first).days


def test_the_windows_of_a_working_week_are_those_of_its_weekdays() -> None:
    week = [MONDAY + timedelta(days=n) for n in range(5)]
    assert [calendar().windows(OFFICE_HOURS, day) for day in week] == [OFFICE_HOURS.on(n) for n in WEEKDAYS]
