"""A person, or one enrollment, is stopped: what is open is cancelled in the same transaction.

The caller holds the prospect's lock, so nothing can be on its way while this commits.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from engine.core.enrollment import EnrollmentEvent, EnrollmentStatus, StopReason, advance
from engine.core.task import TaskEvent
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations import facts
from engine.operations.act import Act
from engine.store import enrollments, newcomers, tasks, touches
from engine.store.connection import Record

# A send under way is decided by its own guard; a doubt stays in front of a person.
_LEFT_ALONE = frozenset({TouchStatus.SENDING, TouchStatus.IN_DOUBT, TouchStatus.QUARANTINED})


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A row that a stop cancelled, and what it was before: an undo puts that back."""

    id: int
    status: str
    reason: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Lifted:
    """A cause of a pause that a stop removed; instants as ISO text."""

    cause: str
    note: str
    resume_at: str | None
    created_at: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """`status` is the one before."""

    enrollment_id: int
    prospect_id: int
    status: str
    touches: tuple[Cancelled, ...]
    tasks: tuple[Cancelled, ...]
    pauses: tuple[Lifted, ...]

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def stop_person(act: Act, prospect_id: int, reason: StopReason, note: str = "") -> list[Stopped]:
    """Every live enrollment of the person ends for this reason."""
    return [stop_enrollment(act, row, reason, note) for row in enrollments.live_of(act.connection, [prospect_id])]


def stop_enrollment(act: Act, row: Record, reason: StopReason, note: str = "") -> Stopped:
    """Raises IllegalTransition when it has ended already."""
    status = advance(EnrollmentStatus(row.status), EnrollmentEvent.STOP)
    past = touches.of_enrollments(act.connection, [row.id])[row.id]
    open_touches = [touch for touch in past if _may_cancel(touch)]
    cancelled_tasks = cancel_tasks(act, [touch.id for touch in open_touches])
    why = {"reason": Reason.STOPPED.value, "detail": reason.value}
    for touch in open_touches:
        touches.move(act.connection, touch, TouchEvent.CANCEL, now=act.now, **why)
    formula = str(facts.executed(act.plan(row.version_id).sequence, row, past))
    end = {"end_reason": reason.value, "end_note": note or None, "ended_at": act.now, "executed": formula}
    enrollments.move(act.connection, row, status, **end)
    pauses = tuple(_lifted(pause) for pause in enrollments.pauses_of(act.connection, row.id))
    enrollments.clear_pause(act.connection, row.id)
    newcomers.plan_anew(act.connection, act.now, [row.rep_id])  # a place in line is free, or one of today
    act.record("stop", "enrollment", row.id, reason=reason, note=note)
    cancelled = tuple(Cancelled(touch.id, touch.status, touch.reason, touch.detail) for touch in open_touches)
    return Stopped(row.id, row.prospect_id, row.status, cancelled, cancelled_tasks, pauses)


def _lifted(pause: Record) -> Lifted:
    until = pause.resume_at.isoformat() if pause.resume_at is not None else None
    return Lifted(pause.cause, pause.note, until, pause.created_at.isoformat())


def _may_cancel(touch: Record) -> bool:
    status = TouchStatus(touch.status)
    return not status.is_terminal and status not in _LEFT_ALONE


def cancel_tasks(act: Act, touch_ids: Sequence[int]) -> tuple[Cancelled, ...]:
    """The open tasks of these touches leave the queue."""
    rows = tasks.of_touches(act.connection, touch_ids)
    for row in rows:
        tasks.move(act.connection, row, TaskEvent.CANCEL, closed_at=act.now, closed_by=act.actor)
    return tuple(Cancelled(row.id, row.status) for row in rows)
