"""All that is under way at once: what a forecast begins from."""

from datetime import datetime

from sqlalchemy import select

from engine.core.enrollment import EnrollmentStatus
from engine.store.conditions import IS_OPEN_TASK
from engine.store.connection import Connection, Record
from engine.store.tables import enrollment, pause, rep, rep_leave, task

_HAS_BEGUN = enrollment.c.status.in_([EnrollmentStatus.ACTIVE.value, EnrollmentStatus.PAUSED.value])
_IS_OVER = enrollment.c.status.in_([EnrollmentStatus.FINISHED.value, EnrollmentStatus.STOPPED.value])


def begun_enrollments(connection: Connection) -> list[int]:
    """The ids of those that are under way or paused, and of those that are over and have left somebody work to do."""
    has_work = select(task.c.enrollment_id).where(IS_OPEN_TASK, task.c.enrollment_id.is_not(None))
    wanted = select(enrollment.c.id).where(_HAS_BEGUN | (_IS_OVER & enrollment.c.id.in_(has_work)))
    return list(connection.execute(wanted.order_by(enrollment.c.id)).scalars())


def pending_enrollments(connection: Connection) -> list[int]:
    """The ids of those that have not begun, in the order of their line."""
    pending = enrollment.c.status == EnrollmentStatus.PENDING.value
    return list(connection.execute(select(enrollment.c.id).where(pending).order_by(enrollment.c.id)).scalars())


def resumptions(connection: Connection) -> dict[int, datetime | None]:
    """When each paused enrollment goes on: with the last of its causes, None where one of them has no date."""
    found: dict[int, datetime | None] = {}
    for row in connection.execute(select(pause.c.enrollment_id, pause.c.resume_at).order_by(pause.c.id)):
        before = found.get(row.enrollment_id, row.resume_at)
        both = (before, row.resume_at)
        found[row.enrollment_id] = None if None in both else max(both)
    return found


def open_tasks(connection: Connection) -> list[Record]:
    """Of everybody, each with the key of whoever has it, and of whoever it goes back to after a leave."""
    absent = rep.alias("absent")
    joined = (
        task.join(rep, rep.c.id == task.c.rep_id)
        .outerjoin(rep_leave, rep_leave.c.id == task.c.leave_id)
        .outerjoin(absent, absent.c.id == rep_leave.c.rep_id)
    )
    columns = (task, rep.c.key.label("rep_key"), absent.c.key.label("lent_by"))
    wanted = select(*columns).select_from(joined).where(IS_OPEN_TASK)
    return list(connection.execute(wanted.order_by(task.c.id)))
