"""Work whose day was closed after it had been planned: it finds its next day before it comes into a queue."""

from collections.abc import Sequence

from engine.core.replanning import moved_off
from engine.core.schedule import PlannedTouch
from engine.core.touch import Reason
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.days.queue_days import was_tried_today
from engine.operations.delivery import queue_turns
from engine.store import enrollments
from engine.store.connection import Record


def leave_out(act: Act, due_touches: Sequence[Record]) -> list[Record]:
    """Without those that have moved. What was promised, or is tried again within its day, asks for no day."""
    bound = [due for due in due_touches if _has_a_day(act, due)]
    homes = {row.id: row for row in enrollments.with_people(act.connection, [due.enrollment_id for due in bound])}
    found = ((due, _next_day(act, due, homes[due.enrollment_id])) for due in bound)
    moved = {due.id: queue_turns.Rolled(due, planned, Reason.DAY_OFF) for due, planned in found if planned is not None}
    queue_turns.roll(act, list(moved.values()))
    return [due for due in due_touches if due.id not in moved]


def _has_a_day(act: Act, due: Record) -> bool:
    return facts.is_planned(due) and not due.is_promised and not was_tried_today(act, due)


def _next_day(act: Act, due: Record, enrollment: Record) -> PlannedTouch | None:
    sequence, setting = act.plan(due.version_id).sequence, facts.setting_of(act.workspace, enrollment, act.now)
    progress = facts.progress_of(sequence, enrollment, [due], setting)
    return moved_off(sequence, progress.touches[0], progress, act.now)
