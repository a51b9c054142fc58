"""Public holidays and make-up workdays of a country as a core calendar; the one room that knows those libraries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import chinese_calendar
import holidays
from holidays import HolidayBase

from engine.core.calendar import Calendar, parse_days
from engine.core.errors import BadInput

_WEEKEND_IN_CHINA = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class OwnDays:
    """What somebody closes or works beyond the public holidays, as written: days and ranges of days."""

    closed: tuple[str, ...] = ()
    extra_workdays: tuple[str, ...] = ()


def has_holidays(country: str) -> bool:
    return country in holidays.list_supported_countries()


def country_calendar(country: str, region: str | None, first_year: int, last_year: int, *own: OwnDays) -> Calendar:
    """The official days, then each of `own` over what came before. `region` is a code (`regions.region_code`).

    Raises BadInput for a place without data, and for days that cannot be read.
    """
    if first_year > last_year:
        raise BadInput(f"The calendar's years run backwards: {first_year} to {last_year}; write the earlier first.")
    return _country_calendar(country.strip().upper(), region or None, range(first_year, last_year + 1), own)


@lru_cache(maxsize=4096)
def _country_calendar(country: str, region: str | None, years: range, own: tuple[OwnDays, ...]) -> Calendar:
    if own:
        return _overridden(_country_calendar(country, region, years, own[:-1]), own[-1])
    return _china(years) if country in ("CN", "CHN") else _elsewhere(country, region, years)


@lru_cache(maxsize=4096)
def holiday_name(country: str, region: str | None, day: date, *, in_chinese: bool = False) -> str | None:
    """What is kept on that day, or made up for: in Chinese or English where the data has it so, else in the country's
    own language. None for an ordinary day, and where nothing is known.
    """
    if country in ("CN", "CHN"):
        return _holiday_in_china(day, in_chinese=in_chinese)
    if not has_holidays(country):
        return None
    speaks = holidays.country_holidays(country).supported_languages
    language = next((one for one in (["zh_CN", "en_US"] if in_chinese else ["en_US"]) if one in speaks), None)
    named = holidays.country_holidays(country, subdiv=region, years=day.year, expand=False, language=language)
    found = named.get(day)
    return str(found) if found else None


def _holiday_in_china(day: date, *, in_chinese: bool) -> str | None:
    try:
        _, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    if name is None:
        return None
    return chinese_calendar.Holiday(name).chinese if in_chinese else str(name)


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


def _overridden(calendar: Calendar, own: OwnDays) -> Calendar:
    closed, worked = _dates("closed", own.closed), _dates("extra_workdays", own.extra_workdays)
    if both := sorted(closed & worked):
        raise BadInput(
            f"{both[0].isoformat()} stands under closed and under extra_workdays; keep it in one of the two.",
            day=both[0].isoformat(),
        )
    return calendar.overridden(closed=closed, worked=worked)


def _dates(setting: str, texts: tuple[str, ...]) -> frozenset[date]:
    return frozenset(day for text in texts for day in _parsed(setting, text))


def _parsed(setting: str, text: str) -> tuple[date, ...]:
    try:
        return parse_days(text)
    except ValueError:
        raise BadInput(
            f"{text!r} under {setting} is not a date; write it as year-month-day, such as 2026-12-24, "
            "or as a range, such as 2026-12-24..2027-01-02.",
            setting=setting,
        ) from None
