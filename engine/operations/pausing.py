"""A pause is a gate, not a reschedule: touches are held with a reason, and a resume fires nothing at once."""

from collections.abc import Iterable
from datetime import datetime

from engine.core.clock import next_window_start
from engine.core.enrollment import EnrollmentEvent, EnrollmentStatus, PauseCause, advance
from engine.core.sequence import Verb
from engine.core.task import OPEN as OPEN_TASK
from engine.core.task import TaskEvent, TaskStatus
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations import facts
from engine.operations.act import Act, act_on
from engine.operations.advance import proceed
from engine.operations.context import Context
from engine.store import enrollments, tasks, touches
from engine.store.connection import Record


def pause(act: Act, row: Record, cause: PauseCause, *, note: str = "", resume_at: datetime | None = None) -> None:
    """One more cause. Raises IllegalTransition when the enrollment has ended."""
    status = advance(EnrollmentStatus(row.status), EnrollmentEvent.PAUSE)
    values = {"note": note, "resume_at": resume_at, "created_at": act.now}
    enrollments.add_pause(act.connection, row.id, cause.value, **values)
    enrollments.move(act.connection, row, status)
    for touch in touches.open_of(act.connection, row.id):
        if touch.status == TouchStatus.SCHEDULED.value:
            touches.move(act.connection, touch, TouchEvent.HOLD, now=act.now, reason=Reason.PAUSED.value)
        if touch.status == TouchStatus.QUEUED.value:
            _put_away(act, touch)
    act.record("pause", "enrollment", row.id, cause=cause, note=note, resume_at=resume_at)


def _put_away(act: Act, touch: Record) -> None:
    """The task leaves the queue until the resume; without a date it sleeps until it is woken."""
    for task in tasks.of_touches(act.connection, [touch.id]):
        if TaskStatus(task.status) in OPEN_TASK:
            tasks.move(act.connection, task, TaskEvent.SNOOZE, snoozed_until=None)


def resume(act: Act, row: Record, cause: PauseCause | None = None) -> bool:
    """Clears one cause, or all; True when none is left and the enrollment is active again."""
    enrollments.clear_pause(act.connection, row.id, cause.value if cause else None)
    if enrollments.pauses_of(act.connection, row.id) or row.status != EnrollmentStatus.PAUSED.value:
        return False
    enrollments.move(act.connection, row, advance(EnrollmentStatus(row.status), EnrollmentEvent.RESUME))
    for touch in touches.open_of(act.connection, row.id):
        if touch.status == TouchStatus.HELD.value and touch.reason == Reason.PAUSED.value:
            _release(act, row, touch)
        if touch.status == TouchStatus.QUEUED.value:
            _take_out(act, touch)
    act.record("resume", "enrollment", row.id, cause=cause)
    proceed(act, [row.id])
    return True


def _release(act: Act, row: Record, touch: Record) -> None:
    """What fell due in the pause waits for the next window to open: nothing fires at once."""
    due_at = touch.due_at
    if due_at <= act.now:
        full = enrollments.with_people(act.connection, [row.id])[0]
        setting = facts.setting_of(act.workspace, full, act.now)
        hours = act.plan(row.version_id).sequence.schedule.hours_for(Verb(touch.verb))
        due_at = next_window_start(hours, setting.calendar, setting.zone, act.now)
    touches.move(act.connection, touch, TouchEvent.RELEASE, now=act.now, reason=None, due_at=due_at)


def _take_out(act: Act, touch: Record) -> None:
    for task in tasks.of_touches(act.connection, [touch.id]):
        if task.status == TaskStatus.SNOOZED.value and task.snoozed_until is None:
            tasks.move(act.connection, task, TaskEvent.WAKE)


def pause_person(act: Act, prospect_id: int, cause: PauseCause, *, note: str, resume_at: datetime | None) -> None:
    for row in enrollments.live_of(act.connection, [prospect_id]):
        pause(act, row, cause, note=note, resume_at=resume_at)


def resume_due(ctx: Context, limit: int) -> int:
    """Pauses whose date has come are cleared."""
    with ctx.database.read() as connection:
        over = enrollments.pauses_over(connection, ctx.now(), limit)
    return sum(_resume_one(ctx, row.enrollment_id, PauseCause(row.cause)) for row in over)


def _resume_one(ctx: Context, enrollment_id: int, cause: PauseCause) -> bool:
    with ctx.database.read() as connection:
        person = enrollments.one(connection, enrollment_id).prospect_id
    with act_on(ctx, person) as act:
        return resume(act, enrollments.one(act.connection, enrollment_id), cause)


def release_held(act: Act, rows: Iterable[Record]) -> int:
    """Held for a cause that has been mended: due again at once, the guard decides."""
    released = [row for row in rows if row.status == TouchStatus.HELD.value and row.reason != Reason.PAUSED.value]
    for row in released:
        due_at = max(row.due_at, act.now)
        touches.move(act.connection, row, TouchEvent.RELEASE, now=act.now, reason=None, detail=None, due_at=due_at)
        act.record("release", "touch", row.id, reason=row.reason)
    return len(released)
