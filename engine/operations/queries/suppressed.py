"""Who must not be contacted, as a list."""

from dataclasses import dataclass
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


def list_suppressions(ctx: Context, *, limit: int = 50, cursor: str | None = None) -> Page[SuppressionView]:
    """The active ones, in id order."""
    with ctx.database.read() as connection:
        rows = suppressions.active(connection, after=pages.id_of(cursor), limit=limit + 1)
    return pages.page_of(rows, limit, view, lambda row: row.id)


def view(row: Record) -> SuppressionView:
    plain = ("id", "scope", "key", "channel", "reason", "proof", "source", "created_at", "ends_at")
    return SuppressionView(**{name: getattr(row, name) for name in plain})
