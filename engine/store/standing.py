"""All that is under way at once: what a forecast begins from."""

from sqlalchemy import select

from engine.core.enrollment import EnrollmentStatus
from engine.store.conditions import IS_OPEN_TASK
from engine.store.connection import Connection, Record
from engine.store.tables import enrollment, rep, task

_IS_ACTIVE = enrollment.c.status == EnrollmentStatus.ACTIVE.value


def active_enrollments(connection: Connection) -> list[int]:
    return list(connection.execute(select(enrollment.c.id).where(_IS_ACTIVE).order_by(enrollment.c.id)).scalars())


def open_tasks(connection: Connection) -> list[Record]:
    """Of everybody, each with the key of whoever has it."""
    joined = task.join(rep, rep.c.id == task.c.rep_id)
    wanted = select(task, rep.c.key.label("rep_key")).select_from(joined).where(IS_OPEN_TASK)
    return list(connection.execute(wanted.order_by(task.c.id)))
