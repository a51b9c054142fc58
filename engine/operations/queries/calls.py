"""The calls of a task, as their provider tells of them."""

from dataclasses import dataclass
from datetime import datetime

from engine.operations.context import Context
from engine.operations.incoming.calling import proposed_outcome
from engine.store import calls, tasks
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class CallView:
    """`seconds` is how long they were connected; `proposed_outcome` is what the rep may want to give, never given."""

    id: int
    task_id: int | None
    prospect_id: int
    status: str
    rep_number: str
    prospect_number: str
    caller_id: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    seconds: int | None
    answered_by: str | None
    proposed_outcome: str | None
    detail: str


def of_task(ctx: Context, task_id: int) -> tuple[CallView, ...]:
    """The newest first. Raises NotFound."""
    with ctx.database.read() as connection:
        tasks.one(connection, task_id)
        return tuple(view(row) for row in calls.of_task(connection, task_id))


def view(row: Record) -> CallView:
    plain = (
        "id", "task_id", "prospect_id", "status", "rep_number", "prospect_number", "caller_id", "started_at",
        "answered_at", "ended_at", "seconds", "answered_by", "detail",
    )  # fmt: skip
    return CallView(**{name: getattr(row, name) for name in plain}, proposed_outcome=proposed_outcome(row))
