"""Who must not be contacted, as a list."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime

from engine.operations.context import Context
from engine.operations.queries import pages
from engine.operations.queries.pages import Page
from engine.store import suppressions
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class SuppressionView:
    """`key` is an address in its compared form, a domain, or the id of a person or an account."""

    id: int
    scope: str
    key: str
    channel: str
    reason: str
    proof: str
    source: str
    created_at: datetime
    ends_at: datetime | None
    lifted_at: datetime | None
    lifted_by: str | None
    lift_reason: str | None


def list_suppressions(ctx: Context, *, limit: int = 50, cursor: str | None = None) -> Page[SuppressionView]:
    """The active ones, in id order."""
    with ctx.database.read() as connection:
        rows = suppressions.active(connection, after=pages.id_of(cursor), limit=limit + 1)
    return pages.page_of(rows, limit, view, lambda row: row.id)


def people_known_by(ctx: Context, scope: str, key: str) -> int:
    """How many a suppression covers today."""
    with ctx.database.read() as connection:
        return suppressions.count_of_known(connection, scope, key)


def view(row: Record) -> SuppressionView:
    return SuppressionView(**{column.name: getattr(row, column.name) for column in fields(SuppressionView)})


def every_suppression(ctx: Context) -> Iterator[SuppressionView]:
    """All active ones, for an export."""
    cursor, last = None, False
    while not last:
        found = list_suppressions(ctx, limit=pages.LARGEST, cursor=cursor)
        yield from found.items
        cursor, last = found.next_cursor, found.next_cursor is None
