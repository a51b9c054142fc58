"""Public holidays and make-up workdays of a country as a core calendar; the one room that knows those libraries."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

import chinese_calendar
import holidays
from holidays import HolidayBase

from engine.core.calendar import Calendar
from engine.core.errors import BadInput

_WEEKEND_IN_CHINA = frozenset({5, 6})


def country_calendar(
    country: str,
    region: str | None,
    first_year: int,
    last_year: int,
    *,
    closed: tuple[str, ...] = (),
    extra_workdays: tuple[str, ...] = (),
) -> Calendar:
    """`closed` and `extra_workdays` are the workspace's own ISO dates; they win over the data."""
    if first_year > last_year:
        raise BadInput(f"The calendar's years run backwards: {first_year} to {last_year}; write the earlier first.")
    years = range(first_year, last_year + 1)
    return _country_calendar(
        country.strip().upper(), region or None, years, closed=closed, extra_workdays=extra_workdays
    )


@lru_cache(maxsize=512)
def _country_calendar(
    country: str, region: str | None, years: range, *, closed: tuple[str, ...], extra_workdays: tuple[str, ...]
) -> Calendar:
    official = _china(years) if country in ("CN", "CHN") else _elsewhere(country, region, years)
    return _overridden(official, closed=_dates("closed", closed), worked=_dates("extra_workdays", extra_workdays))


def _china(years: range) -> Calendar:
    """Each year's make-up Saturdays are announced in the November before; until then nothing is known of it."""
    return Calendar(
        closed=_within(years, chinese_calendar.holidays),
        extra_workdays=_within(years, chinese_calendar.workdays),
        known_until=_last_known_day_in_china(years),
        weekend=_WEEKEND_IN_CHINA,
    )


def _last_known_day_in_china(years: range) -> date:
    for year in reversed(years):
        try:
            chinese_calendar.is_workday(date(year, 12, 31))
        except NotImplementedError:
            continue
        return date(year, 12, 31)
    return date(years[0] - 1, 12, 31)


def _elsewhere(country: str, region: str | None, years: range) -> Calendar:
    data = _holidays_of(country, region, years)
    return Calendar(
        closed=frozenset(data),
        extra_workdays=_within(years, data.weekend_workdays),
        known_until=date(min(years[-1], data.end_year), 12, 31),
        weekend=frozenset(data.weekend),
    )


def _holidays_of(country: str, region: str | None, years: range) -> HolidayBase:
    supported = holidays.list_supported_countries()
    if country not in supported:
        raise BadInput(
            f"No holidays are known for country {country!r}; write its two-letter ISO code, such as US, DE, CN or GB.",
            country=country,
        )
    try:
        return holidays.country_holidays(country, subdiv=region, years=years, expand=False)
    except NotImplementedError:
        regions = ", ".join(supported[country]) or "none: leave the region out"
        raise BadInput(
            f"No holidays are known for region {region!r} of {country}; write one of: {regions}.",
            country=country,
            region=region,
        ) from None


def _within(years: range, days: Iterable[date]) -> frozenset[date]:
    return frozenset(day for day in days if day.year in years)


def _dates(setting: str, texts: tuple[str, ...]) -> frozenset[date]:
    return frozenset(_parsed(setting, texts))


def _parsed(setting: str, texts: tuple[str, ...]) -> Iterator[date]:
    for text in texts:
        try:
            yield date.fromisoformat(text)
        except ValueError:
            raise BadInput(
                f"{text!r} under {setting} is not a date; write it as year-month-day, such as 2026-12-24.",
                setting=setting,
            ) from None


def _overridden(official: Calendar, *, closed: frozenset[date], worked: frozenset[date]) -> Calendar:
    if both := sorted(closed & worked):
        raise BadInput(
            f"{both[0].isoformat()} stands under closed and under extra_workdays; keep it in one of the two.",
            day=both[0].isoformat(),
        )
    # A holiday that is worked all the same keeps the hours of its own weekday; only a weekend day borrows Monday's.
    weekend_days = frozenset(day for day in worked if day.weekday() in official.weekend)
    return Calendar(
        closed=(official.closed - worked) | closed,
        extra_workdays=(official.extra_workdays - closed) | weekend_days,
        known_until=official.known_until,
        weekend=official.weekend,
    )
