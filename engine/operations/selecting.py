"""Whom a filter means."""

from dataclasses import dataclass

from engine.operations.context import Context
from engine.store import selection


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
    """In id order."""
    with ctx.database.read() as connection:
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
