"""The calendars that `workspace.yaml` names: whose days they are, and where holidays are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.compiler.document import Path
from engine.compiler.draft import Draft
from engine.compiler.events import Mark
from engine.compiler.problems import Complaint, Problem
from engine.compiler.workspace_shape import CalendarShape, RepShape, WorkspaceShape
from engine.core.calendar import parse_days
from engine.core.workspace import NamedCalendar

_TOP: Path = ()


@dataclass(frozen=True, slots=True)
class PlaceNamed:
    """A country, and perhaps its region, whose holidays the file asks for, and where each of the two is written."""

    file: str
    country: str
    region: str | None
    country_mark: Mark
    region_mark: Mark


def country_of(shape: RepShape | CalendarShape, workspace: WorkspaceShape) -> str | None:
    """A region alone is one of the workspace's country."""
    return shape.country or (workspace.country if shape.region else None)


def account_calendars(workspace: WorkspaceShape) -> Mapping[str, NamedCalendar]:
    """By the domain of each account that follows one."""
    made = ((shape, _calendar(shape, workspace)) for shape in workspace.calendars)
    return {domain: calendar for shape, calendar in made for domain in shape.accounts}


def _calendar(shape: CalendarShape, workspace: WorkspaceShape) -> NamedCalendar:
    return NamedCalendar(
        key=shape.key,
        title=shape.title,
        country=country_of(shape, workspace),
        region=shape.region,
        closed=tuple(shape.closed),
        extra_workdays=tuple(shape.extra_workdays),
    )


def places_named(drafted: Draft[WorkspaceShape]) -> Iterator[PlaceNamed]:
    shape = drafted.shape
    if drafted.is_intact("country"):
        yield _place(drafted, _TOP, shape.country, shape.region)
    members: list[tuple[Path, RepShape | CalendarShape]] = [
        *((("calendars", index), one) for index, one in drafted.numbered(("calendars",), shape.calendars)),
        *((("reps", index), one) for index, one in drafted.numbered(("reps",), shape.reps)),
    ]
    for path, one in members:
        country = country_of(one, shape)
        if country is not None:
            yield _place(drafted, path, country, one.region)


def _place(drafted: Draft[WorkspaceShape], path: Path, country: str, region: str | None) -> PlaceNamed:
    document = drafted.document
    marks = document.mark((*path, "country")), document.mark((*path, "region"))
    return PlaceNamed(document.file, country, region, *marks)


def days_twice(drafted: Draft[WorkspaceShape]) -> Iterator[Problem]:
    """Days that somebody both closes and works."""
    shape = drafted.shape
    yield from _days_twice(drafted, _TOP, shape.closed, shape.extra_workdays)
    for index, one in drafted.numbered(("calendars",), shape.calendars):
        yield from _days_twice(drafted, ("calendars", index), one.closed, one.extra_workdays)


def _days_twice(
    drafted: Draft[WorkspaceShape], path: Path, closed: Sequence[str], worked: Sequence[str]
) -> Iterator[Problem]:
    shut = {day for text in closed for day in parse_days(text)}
    for index, text in drafted.numbered((*path, "extra_workdays"), worked):
        if shut.intersection(parse_days(text)):
            yield drafted.document.problem((*path, "extra_workdays", index), _closed_and_worked(text))


def _closed_and_worked(day: str) -> Complaint:
    return Complaint("day-twice", f"{day} is closed as well", "each day once", "take it out of one of the two lists")
