"""Open work gets a day anew, with windows and deadlines to match: its rep is back, or it is somebody else's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.core.enrollment import EnrollmentStatus
from engine.core.schedule import PlannedTouch, Progress
from engine.core.task import TaskKind, TaskStatus
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.lifecycle import follow_ups
from engine.store import enrollments, rep_work, touches
from engine.store.connection import Record

_WINDOW = ("callable_from", "callable_until")


@dataclass(frozen=True, slots=True)
class Placed:
    """A task, a touch that is no task yet, or both, and when it is due now. What stands outside the plan has no
    `planned`, and keeps its window.
    """

    due_at: datetime
    due_date: date
    nominal_date: date
    task: Record | None = None
    touch: Record | None = None
    planned: PlannedTouch | None = None


def place(act: Act, rep_id: int, placed: Sequence[Placed]) -> None:
    """It is that rep's; no leave is waited for any more."""
    rep_work.place_touches(act.connection, [_touch_row(one, one.touch) for one in placed if one.touch is not None])
    rows = [_task_row(act, rep_id, one, one.task) for one in placed if one.task is not None]
    rep_work.place_tasks(act.connection, rows)


def _touch_row(one: Placed, touch: Record) -> dict[str, Any]:
    new = {name: getattr(one.planned or touch, name) for name in (*_WINDOW, "late_at")}
    days = {"due_at": one.due_at, "due_date": one.due_date, "nominal_date": one.nominal_date}
    return {"id": touch.id, "reason": None, **days, **new}


def _task_row(act: Act, rep_id: int, one: Placed, task: Record) -> dict[str, Any]:
    is_due, is_paused = one.due_at <= act.now, _is_paused(one.touch)
    respond_by = None
    if task.respond_by is not None:  # as long as it would have had
        since = max(one.due_at, act.now)
        respond_by = follow_ups.respond_by(act, rep_id, TaskKind(task.kind), since=since, is_inbound=False)
    return {
        "id": task.id,
        "rep_id": rep_id,
        "leave_id": None,
        "status": (TaskStatus.OPEN if is_due and not is_paused else TaskStatus.SNOOZED).value,
        "snoozed_until": None if is_due or is_paused else one.due_at,
        "due_at": one.due_at,
        "respond_by": respond_by,
        **{name: getattr(one.planned or task, name) for name in _WINDOW},
    }


def _is_paused(touch: Record | None) -> bool:
    """The resume wakes its task."""
    return touch is not None and touch.enrollment_status == EnrollmentStatus.PAUSED.value


def progress_of(act: Act, rows: Sequence[Record]) -> Mapping[int, Progress]:
    """By enrollment, of those whose touches these are."""
    ids = sorted({row.enrollment_id for row in rows})
    past = touches.of_enrollments(act.connection, ids)
    found: dict[int, Progress] = {}
    for row in enrollments.with_people(act.connection, ids):
        setting, sequence = facts.setting_of(act.workspace, row, act.now), act.plan(row.version_id).sequence
        found[row.id] = facts.progress_of(sequence, row, past[row.id], setting)
    return found
