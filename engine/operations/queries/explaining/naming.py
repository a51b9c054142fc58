"""Whose enrollment is meant: a person by id, mail address, number, or name."""

from engine.core.errors import BadInput, NotFound
from engine.operations.context import Context
from engine.operations.queries.people import ProspectRow, find_prospects
from engine.store import enrollments, people
from engine.store.connection import Record

_NAMED = 8
_LONGEST_ID = 19


def enrollment_of(ctx: Context, person: str) -> int:
    """The one that is live, else the last. Raises NotFound, and BadInput where several people are meant."""
    one = _person(ctx, person.strip())
    with ctx.database.read() as connection:
        found = enrollments.of_prospect(connection, one)
    if not found:
        raise NotFound(
            f"person {one} was never in a sequence; `touchline enroll SEQUENCE {one} --dry-run` says whether they may",
            id=one,
        )
    return int(max(found, key=_newest).id)


def _newest(row: Record) -> tuple[bool, int]:
    return row.ended_at is None, row.id


def _person(ctx: Context, text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID:
        with ctx.database.read() as connection:
            return int(people.prospect_row(connection, int(text)).id)
    found = find_prospects(ctx, text=text, limit=_NAMED + 1).items if text else ()
    if not found:
        raise NotFound(f"nobody is called {text!r} or has such an address; `touchline people --all` lists everybody")
    exact = [one for one in found if one.name.casefold() == text.casefold()]
    if len(found) > 1 and len(exact) != 1:
        raise BadInput(f"{text!r} may be {_several(found)}; give the id", field="prospect")
    return (exact or found)[0].id


def _several(found: tuple[ProspectRow, ...]) -> str:
    named = [f"{one.name} ({one.account.name if one.account else 'no company'}, id {one.id})" for one in found[:_NAMED]]
    return ", or ".join(named) + (", or others" if len(found) > _NAMED else "")
