"""Dates as exports write them -> instants. Whether 03/04 is March or April is decided once per column, from the dates
in it that can only be read one way.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from engine.contacts.cells import Cell, clean_machine_text, is_nothing
from engine.contacts.problems import RowProblem, problem

_TIME = r"(?:[T\s]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?\s*(?P<half>[AaPp])?[Mm]?)?"
_OFFSET = r"\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?"
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})日?" + _TIME + _OFFSET
)
_YEAR_LAST = re.compile(
    r"(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})[-/.](?P<year>\d{4})" + "(?:,)?" + _TIME + _OFFSET
)
_MONTHS = 12
_MONTH_FIRST_COUNTRIES = frozenset({"US", "PH"})


class Order(StrEnum):
    """How a column writes day and month, and how we know."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    PERHAPS_DAY_FIRST = "perhaps day first"
    PERHAPS_MONTH_FIRST = "perhaps month first"

    @property
    def is_month_first(self) -> bool:
        return self in {Order.MONTH_FIRST, Order.PERHAPS_MONTH_FIRST}

    @property
    def is_certain(self) -> bool:
        return self in {Order.DAY_FIRST, Order.MONTH_FIRST}


def order_of(values: Iterable[str], country: str | None) -> Order:
    """A column with dates of both kinds proves nothing; then the country's custom holds, and each doubt is told."""
    dates = [match for value in values if (match := _YEAR_LAST.fullmatch(clean_machine_text(value)))]
    is_day_first = any(int(date["one"]) > _MONTHS or date["mark"] == "." for date in dates)
    is_month_first = any(int(date["two"]) > _MONTHS for date in dates)
    if is_day_first != is_month_first:
        return Order.DAY_FIRST if is_day_first else Order.MONTH_FIRST
    return Order.PERHAPS_MONTH_FIRST if country in _MONTH_FIRST_COUNTRIES else Order.PERHAPS_DAY_FIRST


def read_instant(cell: Cell | None, order: Order, zone: ZoneInfo) -> tuple[datetime | None, list[RowProblem]]:
    """A date without an hour is its midnight; without an offset it is in `zone`."""
    if cell is None or is_nothing(cell.value):
        return None, []
    text = clean_machine_text(cell.value)
    match = _YEAR_FIRST.fullmatch(text) or _YEAR_LAST.fullmatch(text)
    instant = _instant(match, order, zone) if match else None
    if match is None or instant is None:
        return None, [problem("date_unreadable", cell)]
    if match.re is _YEAR_LAST and _is_ambiguous(match, order):
        return instant, [problem("date_ambiguous", cell, read_as=instant.date().isoformat())]
    return instant, []


def _is_ambiguous(match: re.Match[str], order: Order) -> bool:
    one, two = int(match["one"]), int(match["two"])
    return not order.is_certain and match["mark"] != "." and one <= _MONTHS and two <= _MONTHS and one != two


def _instant(match: re.Match[str], order: Order, zone: ZoneInfo) -> datetime | None:
    month, day = _month_and_day(match, order)
    offset = f"{match['offset'][:3]}:{match['offset'][-2:]}" if match["offset"] not in {None, "Z"} else match["offset"]
    clock = f"{_hour(match):02}:{match['minute'] or '00'}:{match['second'] or '00'}"
    try:
        instant = datetime.fromisoformat(f"{match['year']}-{month:02}-{day:02}T{clock}{offset or ''}")
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=zone)


def _month_and_day(match: re.Match[str], order: Order) -> tuple[int, int]:
    if match.re is _YEAR_FIRST:
        return int(match["month"]), int(match["day"])
    one, two = int(match["one"]), int(match["two"])
    is_month_first = two > _MONTHS or (one <= _MONTHS and match["mark"] != "." and order.is_month_first)
    return (one, two) if is_month_first else (two, one)


def _hour(match: re.Match[str]) -> int:
    hour = int(match["hour"] or 0)
    if not match["half"]:
        return hour
    return hour % 12 + (12 if match["half"] in "pP" else 0)
