"""A pause is a gate, not a reschedule: touches are held with a reason, and a resume fires nothing at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from engine.core.clock import next_window_start
from engine.core.enrollment import EnrollmentEvent, EnrollmentStatus, PauseCause, advance
from engine.core.schedule import plan_later
from engine.core.sequence import Verb
from engine.core.task import OPEN as OPEN_TASK
from engine.core.task import TaskEvent, TaskStatus
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.lifecycle.advance import proceed
from engine.store import enrollments, leaves, locks, newcomers, tasks, touches
from engine.store.connection import Record

_PAUSABLE = (EnrollmentStatus.PAUSED.value, EnrollmentStatus.PENDING.value)


def pause(act: Act, row: Record, cause: PauseCause, *, note: str = "", resume_at: datetime | None = None) -> None:
    """One more cause. Whoever has not begun does not begin meanwhile. Raises IllegalTransition when it has ended."""
    status = advance(EnrollmentStatus(row.status), EnrollmentEvent.PAUSE)
    values = {"note": note, "resume_at": resume_at, "created_at": act.now}
    enrollments.add_pause(act.connection, row.id, cause.value, **values)
    enrollments.move(act.connection, row, status)
    _plan_line(act, row)
    for touch in touches.open_of(act.connection, row.id):
        if touch.status == TouchStatus.SCHEDULED.value:
            touches.move(act.connection, touch, TouchEvent.HOLD, now=act.now, reason=Reason.PAUSED.value)
        if touch.status == TouchStatus.QUEUED.value:
            _put_away(act, touch)
    act.record("pause", "enrollment", row.id, cause=cause, note=note, resume_at=resume_at)


def _plan_line(act: Act, row: Record) -> None:
    """Whoever has not begun yet leaves a place in line, or takes it again."""
    if row.status == EnrollmentStatus.PENDING.value:
        newcomers.plan_anew(act.connection, act.now, [row.rep_id])


def _put_away(act: Act, touch: Record) -> None:
    """The task leaves the queue until the resume; without a date it sleeps until it is woken."""
    for task in tasks.of_touches(act.connection, [touch.id]):
        if TaskStatus(task.status) in OPEN_TASK:
            tasks.move(act.connection, task, TaskEvent.SNOOZE, snoozed_until=None)


def resume(act: Act, row: Record, cause: PauseCause | None = None) -> bool:
    """Clears one cause, or all; True when none is left: the enrollment goes on, or waits for its turn again."""
    enrollments.clear_pause(act.connection, row.id, cause.value if cause else None)
    if enrollments.pauses_of(act.connection, row.id) or row.status not in _PAUSABLE:
        return False
    enrollments.move(act.connection, row, advance(EnrollmentStatus(row.status), EnrollmentEvent.RESUME))
    _plan_line(act, row)
    waiting = touches.open_of(act.connection, row.id)
    later = _later(act, row, [touch for touch in waiting if _was_held_up(touch, act.now)])
    for touch in waiting:
        if touch.status == TouchStatus.HELD.value and touch.reason == Reason.PAUSED.value:
            new = later.get(touch.id, {})
            touches.move(act.connection, touch, TouchEvent.RELEASE, now=act.now, reason=None, **new)
        if touch.status == TouchStatus.QUEUED.value:
            _take_out(act, touch, later.get(touch.id, {}))
    leaves.begin_again(act.connection, [row.rep_id], act.now)  # what came out may be for somebody who is away
    act.record("resume", "enrollment", row.id, cause=cause)
    proceed(act, [row.id])
    return True


def _was_held_up(touch: Record, now: datetime) -> bool:
    """It fell due in the pause; or it was in the queue, and its window has closed meanwhile."""
    if touch.status == TouchStatus.QUEUED.value:
        return touch.callable_until is not None and bool(touch.callable_until <= now)
    return bool(touch.due_at <= now)


def _later(act: Act, row: Record, held_up: Sequence[Record]) -> dict[int, dict[str, Any]]:
    """What the pause held up waits for the next window to open, and gets its deadlines anew.

    Nothing fires at once. The due date stays: the touch is late, and the rest of its lane keeps its distance.
    """
    if not held_up:
        return {}
    (full,) = enrollments.with_people(act.connection, [row.id])
    sequence, setting = act.plan(row.version_id).sequence, facts.setting_of(act.workspace, full, act.now)
    progress = facts.progress_of(sequence, full, held_up, setting)
    found: dict[int, dict[str, Any]] = {}
    for touch in held_up:
        hours = sequence.schedule.hours_for(Verb(touch.verb))
        opens = next_window_start(hours, setting.calendar, setting.zone, act.now)
        found[touch.id] = {"due_at": opens}
        if facts.is_planned(touch):
            last = progress.of(touch.step, touch.repeat)
            planned = plan_later(sequence, last, opens, progress)
            names = ("callable_from", "callable_until", "late_at")
            found[touch.id] |= {name: getattr(planned, name) for name in names}
            if touch.late_at is None:  # its lateness has been dealt with, and once is enough
                del found[touch.id]["late_at"]
    return found


def _take_out(act: Act, touch: Record, later: dict[str, Any]) -> None:
    """The task was in the queue before the pause and is in it again."""
    new = {name: value for name, value in later.items() if name != "due_at"}
    if new:
        touches.set_deadlines(act.connection, touch.id, **new)
    for task in tasks.of_touches(act.connection, [touch.id]):
        if task.status == TaskStatus.SNOOZED.value and task.snoozed_until is None:
            window = {name: value for name, value in new.items() if name != "late_at"}
            tasks.move(act.connection, task, TaskEvent.WAKE, **window)


def pause_person(act: Act, prospect_id: int, cause: PauseCause, *, note: str, resume_at: datetime | None) -> None:
    for row in enrollments.live_of(act.connection, [prospect_id]):
        pause(act, row, cause, note=note, resume_at=resume_at)


def resume_due(ctx: Context, limit: int) -> int:
    """Pauses whose date has come are cleared."""
    with ctx.database.read() as connection:
        over = enrollments.pauses_over(connection, ctx.now(), limit)
    return sum(_resume_one(ctx, row) for row in over)


def _resume_one(ctx: Context, over: Record) -> bool:
    """Whoever is held just now is left to the next tick; a date that was moved meanwhile holds."""
    with begin(ctx) as act:
        if not locks.hold_free(act.connection, [over.prospect_id], act.now):
            return False
        causes = enrollments.pauses_of(act.connection, over.enrollment_id)
        if not any(row.id == over.id and row.resume_at == over.resume_at for row in causes):
            return False
        return resume(act, enrollments.one(act.connection, over.enrollment_id), PauseCause(over.cause))


def release_held(act: Act, rows: Iterable[Record]) -> int:
    """Held for a cause that has been mended: due again at once, the guard decides."""
    released = [row for row in rows if row.status == TouchStatus.HELD.value and row.reason != Reason.PAUSED.value]
    for row in released:
        due_at = max(row.due_at, act.now)
        touches.move(act.connection, row, TouchEvent.RELEASE, now=act.now, reason=None, detail=None, due_at=due_at)
        act.record("release", "touch", row.id, reason=row.reason)
    return len(released)
