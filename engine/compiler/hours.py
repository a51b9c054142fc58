"""Hours by weekday: `{mon-fri: ["09:00-12:00"], sat: []}` as seven tuples of windows."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, WithJsonSchema

from engine.compiler.document import Path
from engine.compiler.problems import Complaint
from engine.compiler.words import WindowText, refuse, shown
from engine.core.hours import Hours, Window

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORKING_DAYS = range(5)

_DAY = f"({'|'.join(WEEKDAYS)})"
_RANGE = f"{_DAY}(-{_DAY})?"
_NAMES = f"{_RANGE}(, ?{_RANGE})*"


def weekdays(names: str) -> tuple[int, ...]:
    """The days, Monday 0, of `mon-fri` or `mon, wed-fri`; raises ValueError when a range runs backwards."""
    found: list[int] = []
    for part in names.split(","):
        first, _, last = part.strip().partition("-")
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        if end < start:
            raise ValueError(part)
        found += range(start, end + 1)
    return tuple(found)


def _day_names(names: str) -> str:
    if not re.fullmatch(_NAMES, names):
        raise refuse("bad-days", f"{shown(names)} are no days", "mon to sun, alone, as a range or as a list",
                     'write it like mon-fri, sat or "mon, wed"')  # fmt: skip
    try:
        weekdays(names)
    except ValueError:
        raise refuse("bad-days", f"{shown(names)} runs backwards", "the earlier day first, the week starts on Monday",
                     "write two ranges, as in fri-sun and mon") from None  # fmt: skip
    return names


DayNames: TypeAlias = Annotated[
    str, AfterValidator(_day_names), WithJsonSchema({"type": "string", "pattern": f"^{_NAMES}$"})
]
HoursShape: TypeAlias = dict[DayNames, list[WindowText]]


def read_hours(shape: Mapping[str, Sequence[Window]]) -> tuple[Hours, list[tuple[Path, Complaint]]]:
    """The hours, and what is wrong with them at a path below the mapping."""
    days: list[tuple[Window, ...]] = [()] * 7
    named: set[int] = set()
    complaints: list[tuple[Path, Complaint]] = []
    for names, windows in shape.items():
        numbers = weekdays(names)
        if twice := named.intersection(numbers):
            complaints.append(((names,), _named_twice(min(twice))))
        named.update(numbers)
        complaints += [((names, index), complaint) for index, complaint in _overlaps(windows)]
        for number in numbers:
            days[number] = tuple(sorted(windows, key=lambda window: window.start))
    return Hours(tuple(days)), complaints


def never_open(hours: Hours) -> bool:
    """No window from Monday to Friday; a make-up workday follows Monday's."""
    return not any(hours.on(day) for day in _WORKING_DAYS)


def _overlaps(windows: Sequence[Window]) -> list[tuple[int, Complaint]]:
    ordered = sorted(range(len(windows)), key=lambda index: windows[index].start)
    return [
        (max(earlier, later), _overlap(windows[earlier], windows[later]))
        for earlier, later in pairwise(ordered)
        if windows[later].start < windows[earlier].end
    ]


def _overlap(earlier: Window, later: Window) -> Complaint:
    return Complaint(
        "overlapping-windows",
        f"the windows {_written(earlier)} and {_written(later)} overlap",
        "windows one after the other",
        f"join them, or start the second at {earlier.end:%H:%M}",
    )


def _written(window: Window) -> str:
    return f"{window.start:%H:%M}-{window.end:%H:%M}"


def _named_twice(day: int) -> Complaint:
    return Complaint(
        "day-twice", f"{WEEKDAYS[day]} has hours already", "each day once", "take it out of one of the two ranges"
    )
