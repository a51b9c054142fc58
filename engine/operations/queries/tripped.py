"""What has done harm and is stopped or watched, for those who must do something about it."""

from dataclasses import dataclass
from datetime import datetime

from engine.operations.context import Context
from engine.store import breakers
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class BreakerView:
    """`key` is a domain, a batch or a channel. Without `resume_at` only a person ends it."""

    id: int
    scope: str
    key: str
    level: str
    reason: str
    detail: str
    at: datetime
    resume_at: datetime | None


def open_breakers(ctx: Context) -> list[BreakerView]:
    with ctx.database.read() as connection:
        return [view(row) for row in breakers.open_now(connection)]


def view(row: Record) -> BreakerView:
    return BreakerView(row.id, row.scope, row.key, row.level, row.reason, row.detail, row.at, row.resume_at)
