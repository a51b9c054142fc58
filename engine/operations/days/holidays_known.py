"""Whether there are holidays for the places that a workspace names, and for as long as its sequences reach."""

from collections.abc import Iterable, Iterator
from datetime import date

from engine.calendars.holidays_data import country_calendar, has_holidays
from engine.calendars.regions import region_code, region_codes
from engine.compiler import PlaceNamed, Problem
from engine.core.calendar import Calendar
from engine.core.sequence import Sequence

_YEARS_AHEAD = 2  # as far as anybody is scheduled


def holiday_problems(places: Iterable[PlaceNamed], sequences: Iterable[Sequence], today: date) -> Iterator[Problem]:
    """Countries and regions that nobody has holidays for; and once per country a warning where its data ends too soon
    for a sequence that begins today.
    """
    plans, told = tuple(sequences), set()
    for place in places:
        if not has_holidays(place.country):
            yield _unknown_country(place)
            continue
        if place.region and region_code(place.country, place.region) is None:
            yield _unknown_region(place, place.region)
        if place.country not in told:
            told.add(place.country)
            yield from _too_short(place, plans, today)


def _too_short(place: PlaceNamed, plans: tuple[Sequence, ...], today: date) -> Iterator[Problem]:
    calendar = country_calendar(place.country, None, today.year, today.year + _YEARS_AHEAD)
    reach, key = max(((_last_day(plan, calendar, today), plan.key) for plan in plans), default=(today, ""))
    if reach > calendar.known_until:
        line, column = place.country_mark
        yield Problem(
            file=place.file,
            line=line,
            column=column,
            severity="warning",
            code="holidays-unknown",
            message=f"the holidays of {place.country} are known until {calendar.known_until}, "
            f"and {key} reaches {reach} where it begins today",
            expected="holidays for as long as a sequence runs",
            advice="what falls later is held as calendar_unknown until the holiday data is updated, "
            "or write unknown_holidays: ignore",
        )


def _last_day(plan: Sequence, calendar: Calendar, today: date) -> date:
    return calendar.add_days(today, max(step.day for step in plan.steps) - 1, plan.schedule.days)


def _unknown_country(place: PlaceNamed) -> Problem:
    line, column = place.country_mark
    return Problem(
        file=place.file,
        line=line,
        column=column,
        severity="error",
        code="unknown-country",
        message=f'no holidays are known for the country "{place.country}"',
        expected="the code of a country",
        advice="write its two capitals, such as US, DE, CN or GB",
    )


def _unknown_region(place: PlaceNamed, region: str) -> Problem:
    line, column = place.region_mark
    codes = region_codes(place.country)
    return Problem(
        file=place.file,
        line=line,
        column=column,
        severity="error",
        code="unknown-region",
        message=f'no holidays are known for the region "{region[:60]}" of {place.country}',
        expected=f"one of {', '.join(codes)}, or its name" if codes else "no region",
        advice="correct it" if codes else "leave the region out: the whole country keeps the same holidays",
    )
