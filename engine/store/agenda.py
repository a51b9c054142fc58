"""When something is to be done next: what a clock that is not real jumps to, instead of living through every second."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, exists, func, select, union_all

from engine.core.task import TaskStatus
from engine.core.touch import TouchStatus
from engine.store.connection import Connection
from engine.store.newcomers import IS_PAUSED, IS_PENDING
from engine.store.tables import doubt, enrollment, event, line_review, pause, rep, rep_leave, suppression, task, touch
from engine.store.types import UtcDateTime

_SCHEDULED = touch.c.status == TouchStatus.SCHEDULED.value


def next_instant(connection: Connection, after: datetime) -> datetime | None:
    """The first instant later than `after` at which a tick, or the owner of a task, finds something to do."""
    found: datetime | None = connection.execute(_NEXT, {"after": after}).scalar_one()
    return found


def is_anything_due(connection: Connection, now: datetime) -> bool:
    """Whether a tick at this instant would find something that nobody has taken."""
    return connection.execute(_DUE, {"now": now}).first() is not None


# Built once: a clock that jumps asks at every instant.
def _next() -> Select[Any]:
    def first(column: ColumnElement[Any], *where: ColumnElement[bool]) -> Select[Any]:
        return select(func.min(column).label("at")).where(column > bindparam("after", type_=UtcDateTime), *where)

    is_open = task.c.status.in_([TaskStatus.OPEN.value, TaskStatus.CLAIMED.value])
    firsts = (
        first(touch.c.due_at, _SCHEDULED),
        first(touch.c.reserved_until, _SCHEDULED),
        first(touch.c.late_at, touch.c.status == TouchStatus.QUEUED.value),
        first(touch.c.lease_until, touch.c.status == TouchStatus.SENDING.value),
        first(task.c.snoozed_until, task.c.status == TaskStatus.SNOOZED.value),
        first(task.c.due_at, is_open),
        first(doubt.c.ask_at),
        first(pause.c.resume_at),
        first(enrollment.c.admit_at, IS_PENDING, ~IS_PAUSED),
        first(line_review.c.at),
        first(rep_leave.c.begins_at, rep_leave.c.begun_at.is_(None), rep_leave.c.ended_at.is_(None)),
        first(rep_leave.c.ends_at, rep_leave.c.ended_at.is_(None)),
        first(suppression.c.ends_at, suppression.c.lifted_at.is_(None)),
    )
    return select(func.min(union_all(*firsts).subquery().c.at))


def _due() -> CompoundSelect[Any]:
    now = bindparam("now", type_=UtcDateTime)
    is_free = touch.c.reserved_until.is_(None) | (touch.c.reserved_until <= now)
    has_begun = rep_leave.c.begun_at.is_(None) & (rep_leave.c.begins_at <= now)
    works = exists().where(rep.c.id == enrollment.c.rep_id, rep.c.is_active)
    has_line = exists().where(rep.c.id == line_review.c.rep_id, rep.c.is_active)
    has_ended = rep_leave.c.begun_at.is_not(None) & (rep_leave.c.ends_at <= now)
    kinds = (
        select(touch.c.id).where(_SCHEDULED, touch.c.due_at <= now, is_free),
        select(touch.c.id).where(touch.c.status == TouchStatus.QUEUED.value, touch.c.late_at <= now),
        select(touch.c.id).where(touch.c.status == TouchStatus.SENDING.value, touch.c.lease_until <= now),
        select(doubt.c.touch_id).where(doubt.c.ask_at <= now),
        select(task.c.id).where(task.c.status == TaskStatus.SNOOZED.value, task.c.snoozed_until <= now),
        select(pause.c.id).where(pause.c.resume_at <= now),
        select(enrollment.c.id).where(IS_PENDING, enrollment.c.admit_at <= now, ~IS_PAUSED, works),
        select(line_review.c.id).where(line_review.c.at <= now, has_line),
        select(rep_leave.c.id).where(has_begun | has_ended, rep_leave.c.ended_at.is_(None)),
        select(suppression.c.id).where(suppression.c.ends_at <= now, suppression.c.lifted_at.is_(None)),
        select(event.c.id).where(event.c.applied_at.is_(None)),
    )
    return union_all(*kinds).limit(1)


_NEXT, _DUE = _next(), _due()
