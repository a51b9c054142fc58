from datetime import date, time

import pytest

from engine.calendars.holidays_data import OwnDays, country_calendar
from engine.core.errors import BadInput
from engine.core.hours import Hours, Window

CHINA = country_calendar("CN", None, 2026, 2026)


@pytest.mark.parametrize("day", range(15, 24))
def test_spring_festival_2026_is_closed_from_the_15th_to_the_23rd_of_february(day: int) -> None:
    assert not CHINA.is_workday(date(2026, 2, day))


@pytest.mark.parametrize("saturday", [date(2026, 2, 14), date(2026, 2, 28)])
def test_the_saturdays_around_spring_festival_are_worked(saturday: date) -> None:
    assert saturday.weekday() == 5
    assert CHINA.is_workday(saturday)
    assert saturday in CHINA.extra_workdays


def test_a_make_up_saturday_uses_mondays_hours() -> None:
    monday = (Window(time(9), time(12)),)
    hours = Hours((monday, (), (), (), (), (), ()))
    assert CHINA.windows(hours, date(2026, 2, 14)) == monday
    assert CHINA.windows(hours, date(2026, 2, 21)) == ()


def test_china_is_known_only_as_far_as_its_holidays_are_announced() -> None:
    far = country_calendar("CN", None, 2026, 2040)
    assert far.known_until < date(2040, 12, 31)
    assert far.known_until >= date(2026, 12, 31)
    assert max(far.closed | far.extra_workdays) <= far.known_until


def test_years_china_has_not_announced_at_all_are_not_known_from_their_first_day() -> None:
    assert country_calendar("CN", None, 2040, 2041).known_until < date(2040, 1, 1)


def test_american_thanksgiving_2026_is_closed_and_the_friday_after_is_not() -> None:
    calendar = country_calendar("US", None, 2026, 2026)
    assert not calendar.is_workday(date(2026, 11, 26))
    assert calendar.is_workday(date(2026, 11, 27))


def test_a_german_holiday_closes_only_the_region_that_keeps_it() -> None:
    corpus_christi = date(2026, 6, 4)
    assert not country_calendar("DE", "BW", 2026, 2026).is_workday(corpus_christi)
    assert country_calendar("DE", "BE", 2026, 2026).is_workday(corpus_christi)


def test_elsewhere_the_data_reaches_to_the_end_of_the_last_year() -> None:
    assert country_calendar("us", None, 2026, 2028).known_until == date(2028, 12, 31)


def test_the_weekend_is_the_countrys_own() -> None:
    calendar = country_calendar("SA", None, 2026, 2026)
    assert calendar.weekend == {4, 5}
    assert calendar.is_workday(date(2026, 3, 1)), "a Sunday"


def test_the_workspace_may_close_a_workday_and_a_make_up_saturday() -> None:
    calendar = country_calendar("CN", None, 2026, 2026, OwnDays(closed=("2026-02-14", "2026-03-03")))
    assert not calendar.is_workday(date(2026, 2, 14))
    assert not calendar.is_workday(date(2026, 3, 3))


def test_the_workspace_may_work_on_a_holiday_with_that_weekdays_hours() -> None:
    calendar = country_calendar("US", None, 2026, 2026, OwnDays(extra_workdays=("2026-11-26",)))
    thursday = (Window(time(10), time(11)),)
    assert calendar.is_workday(date(2026, 11, 26))
    assert calendar.windows(Hours(((), (), (), thursday, (), (), ())), date(2026, 11, 26)) == thursday


def test_the_workspace_may_work_on_a_weekend() -> None:
    calendar = country_calendar("US", None, 2026, 2026, OwnDays(extra_workdays=("2026-11-28",)))
    assert date(2026, 11, 28) in calendar.extra_workdays


@pytest.mark.parametrize(
    ("country", "region", "advice"),
    [("XX", None, "two-letter ISO code"), ("Germany", None, "two-letter ISO code"), ("DE", "ZZ", "BB, BE, BW")],
)
def test_an_unknown_place_says_what_to_write(country: str, region: str | None, advice: str) -> None:
    with pytest.raises(BadInput, match=advice):
        country_calendar(country, region, 2026, 2026)


@pytest.mark.parametrize(
    ("closed", "extra", "what"),
    [
        (("24.12.2026",), (), "year-month-day"),
        (("2026-12-24..2026-12-20",), (), "or as a range"),
        (("2026-12-24",), ("2026-12-24",), "under closed and under extra_workdays"),
    ],
)
def test_dates_of_the_workspace_that_make_no_sense_are_refused(
    closed: tuple[str, ...], extra: tuple[str, ...], what: str
) -> None:
    with pytest.raises(BadInput, match=what):
        country_calendar("DE", None, 2026, 2026, OwnDays(closed, extra))


def test_a_range_closes_all_its_days() -> None:
    calendar = country_calendar("DE", None, 2026, 2026, OwnDays(closed=("2026-08-03..2026-08-21",)))
    assert [calendar.is_workday(date(2026, 8, day)) for day in (3, 12, 21, 24)] == [False, False, False, True]
    assert calendar.is_workday(date(2026, 7, 31))


def test_a_later_layer_of_own_days_beats_the_earlier_one() -> None:
    company, account = OwnDays(closed=("2026-08-03..2026-08-21",)), OwnDays(extra_workdays=("2026-08-04", "2026-08-08"))
    calendar = country_calendar("DE", None, 2026, 2026, company, account)
    assert [calendar.is_workday(date(2026, 8, day)) for day in (3, 4, 8)] == [False, True, True]
    assert not country_calendar("DE", None, 2026, 2026, account, company).is_workday(date(2026, 8, 4))


def test_years_that_run_backwards_are_refused() -> None:
    with pytest.raises(BadInput, match="run backwards"):
        country_calendar("DE", None, 2027, 2026)


def test_the_same_calendar_is_built_once() -> None:
    assert country_calendar("DE", "BW", 2026, 2026) is country_calendar("DE", "BW", 2026, 2026)
