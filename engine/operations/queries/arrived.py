"""What reached us and how far it was read; what cannot be read waits here for a person."""

from dataclasses import dataclass
from datetime import datetime

from engine.operations.context import Context
from engine.operations.queries import pages
from engine.operations.queries.pages import Page
from engine.store import arrivals
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class ArrivalView:
    """`note` says what came of it, or why it cannot be read; `size` in bytes."""

    id: int
    provider: str
    key: str
    status: str
    note: str
    tries: int
    size: int
    received_at: datetime
    applied_at: datetime | None


def list_arrivals(ctx: Context, status: str, *, limit: int = 50, cursor: str | None = None) -> Page[ArrivalView]:
    """The newest first."""
    with ctx.database.read() as connection:
        rows = arrivals.page(connection, status, before=pages.id_of(cursor) or None, limit=limit + 1)
    return pages.page_of(rows, limit, _view, lambda row: row.id)


def _view(row: Record) -> ArrivalView:
    plain = ("id", "provider", "status", "note", "tries", "size", "received_at", "applied_at")
    return ArrivalView(**{name: getattr(row, name) for name in plain}, key=row.dedupe_key)
