"""Whom a filter means."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.compiler.problems import did_you_mean
from engine.contacts.countries import country_code, is_code
from engine.core.errors import NotFound
from engine.operations.context import Context
from engine.store import selection
from engine.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Filter:
    """Everybody whom all given parts fit; an empty filter means everybody."""

    stages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    listed: str | None = None
    source: str | None = None
    locale: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    account: str | None
    stage: str | None
    country: str | None
    zone: str | None


def select_people(ctx: Context, wanted: Filter) -> list[Person]:
    """In id order. Raises NotFound for a stage, a country or a list that nobody knows."""
    with ctx.database.read() as connection:
        _refuse_unknown(ctx, connection, wanted)
        rows = selection.people(
            connection,
            stages=wanted.stages,
            countries=wanted.countries,
            source=wanted.source,
            locale=wanted.locale,
        )
    found = [row for row in rows if wanted.listed is None or wanted.listed in (row.lists or ())]
    return [
        Person(row.id, row.name, row.account_name, row.stage, row.country, row.zone) for row in found[: wanted.limit]
    ]


def _refuse_unknown(ctx: Context, connection: Connection, wanted: Filter) -> None:
    """A slip of the pen is not an empty answer; a country where nobody is, is one."""
    for country in wanted.countries:
        if not is_code(country):
            code = country_code(country)
            advice = f"did you mean {code}?" if code else "name it by its ISO code, such as DE"
            raise NotFound(f"there is no country {country!r}; {advice}", country=country)
    if wanted.stages:
        stages = {stage.key for stage in ctx.workspace().stages} | selection.stages(connection)
        _refuse_other("stage", wanted.stages, stages)
    if wanted.listed is not None:
        _refuse_other("list", [wanted.listed], selection.lists(connection))


def _refuse_other(what: str, words: Iterable[str], known: set[str]) -> None:
    unknown = next((word for word in words if word not in known), None)
    if unknown is not None:
        advice = did_you_mean(unknown, known, f"known are: {', '.join(sorted(known)) or 'none yet'}")
        raise NotFound(f"there is no {what} {unknown!r}; {advice}")
