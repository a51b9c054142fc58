"""Which days a rep works, one after the other."""

from datetime import date, timedelta
from itertools import islice

from engine.core.working_time import WorkingTime
from tests.support.factories import NEW_YORK, OFFICE_HOURS, calendar

FRIDAY = date(2026, 3, 6)


def test_working_days_pass_over_weekends_and_holidays() -> None:
    rep = WorkingTime(NEW_YORK, OFFICE_HOURS, calendar("2026-03-09", extra_workdays=["2026-03-14"]))
    found = list(islice(rep.workdays(FRIDAY), 7))
    assert [day.day for day in found] == [6, 10, 11, 12, 13, 14, 16]


def test_of_somebody_who_does_not_work_again_in_two_years_every_day_counts_then() -> None:
    days = [FRIDAY + timedelta(days=number) for number in range(1000)]
    rep = WorkingTime(NEW_YORK, OFFICE_HOURS, calendar(*map(str, days)))
    first, second = islice(rep.workdays(FRIDAY), 2)
    assert (first - FRIDAY, second - first) == (timedelta(days=731), timedelta(days=1))
