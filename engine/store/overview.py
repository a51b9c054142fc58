"""Everything at once, for reports and for checks of what happened: whole tables as narrow rows, oldest first."""

from datetime import datetime

from sqlalchemy import and_, case, func, select

from engine.core.task import TaskKind, TaskStatus
from engine.core.touch import TouchStatus
from engine.store import whereabouts
from engine.store.conditions import IS_LIVE_ENROLLMENT, IS_OPEN_TASK, IS_SCHEDULED_TOUCH
from engine.store.connection import Connection, Record
from engine.store.reservations import AUTOMATIC
from engine.store.tables import (
    account,
    consent,
    enrollment,
    event,
    message,
    pause,
    prospect,
    rep,
    suppression,
    task,
    touch,
)

_REACHED = (TouchStatus.SENT.value, TouchStatus.DONE.value)


def reached_between(connection: Connection, start: datetime, end: datetime) -> dict[str, int]:
    """How many touches of each verb ended as sent or done in [start, end)."""
    then = (touch.c.status.in_(_REACHED), touch.c.ended_at >= start, touch.c.ended_at < end)
    rows = connection.execute(select(touch.c.verb, func.count().label("many")).where(*then).group_by(touch.c.verb))
    return {row.verb: row.many for row in rows}


def live_by_status(connection: Connection) -> list[Record]:
    """How many people are in each sequence (`key`) in which `status`."""
    by = (enrollment.c.sequence_key.label("key"), enrollment.c.status)
    wanted = select(*by, func.count().label("people")).where(IS_LIVE_ENROLLMENT).group_by(*by)
    return list(connection.execute(wanted.order_by(*by)))


def workload(connection: Connection, now: datetime) -> list[Record]:
    """What is `due` in the queue of each active rep (`key`), and how much of it is `overdue`."""
    is_due = and_(IS_OPEN_TASK, task.c.status != TaskStatus.SNOOZED.value, task.c.due_at <= now)
    is_overdue = func.coalesce(task.c.respond_by, task.c.callable_until) <= now
    columns = (rep.c.key, func.count(task.c.id).label("due"), func.count(case((is_overdue, 1))).label("overdue"))
    joined = rep.outerjoin(task, (task.c.rep_id == rep.c.id) & is_due)
    wanted = select(*columns).select_from(joined).where(rep.c.is_active).group_by(rep.c.key)
    return list(connection.execute(wanted.order_by(rep.c.key)))


def replies_to_triage(connection: Connection) -> int:
    wanted = select(func.count()).select_from(task).where(IS_OPEN_TASK, task.c.kind == TaskKind.TRIAGE.value)
    return int(connection.execute(wanted).scalar_one())


def next_automatic(connection: Connection) -> Record | None:
    """The mail or text that is due first: `due_at`, `verb`, `reason`, `zone`, `sequence_key`, `prospect_id`, `name`."""
    columns = (
        touch.c.due_at,
        touch.c.verb,
        touch.c.reason,
        touch.c.prospect_id,
        enrollment.c.zone,
        enrollment.c.sequence_key,
        prospect.c.name,
    )
    joined = touch.join(enrollment, enrollment.c.id == touch.c.enrollment_id).join(
        prospect, prospect.c.id == touch.c.prospect_id
    )
    waiting = select(*columns).select_from(joined).where(IS_SCHEDULED_TOUCH, touch.c.verb.in_(AUTOMATIC))
    return connection.execute(waiting.order_by(touch.c.due_at, touch.c.id).limit(1)).one_or_none()


def every_touch(connection: Connection) -> list[Record]:
    """With what the enrollment says: `zone`, `sequence_key`, `version_id`, `enrollment_ended_at`; and `whereabouts`."""
    columns = (
        touch,
        enrollment.c.zone,
        enrollment.c.sequence_key,
        enrollment.c.version_id,
        enrollment.c.ended_at.label("enrollment_ended_at"),
        *whereabouts.COLUMNS,
    )
    joined = (
        touch.join(enrollment, enrollment.c.id == touch.c.enrollment_id)
        .join(prospect, prospect.c.id == touch.c.prospect_id)
        .outerjoin(account, account.c.id == prospect.c.account_id)
    )
    return list(connection.execute(select(*columns).select_from(joined).order_by(touch.c.id)))


def every_enrollment(connection: Connection) -> list[Record]:
    """With the rep's key, and how many causes pause it."""
    causes = select(func.count()).where(pause.c.enrollment_id == enrollment.c.id).scalar_subquery()
    columns = (enrollment, rep.c.key.label("rep_key"), causes.label("pauses"))
    joined = enrollment.join(rep, rep.c.id == enrollment.c.rep_id)
    return list(connection.execute(select(*columns).select_from(joined).order_by(enrollment.c.id)))


def every_mail(connection: Connection) -> list[Record]:
    """Without the bytes."""
    columns = (message.c.touch_id, message.c.message_id, message.c.recipient, touch.c.status, touch.c.attempt)
    joined = message.join(touch, touch.c.id == message.c.touch_id)
    return list(
        connection.execute(
            select(*columns).select_from(joined).where(message.c.channel == "email").order_by(message.c.touch_id)
        )
    )


def every_suppression(connection: Connection) -> list[Record]:
    return list(connection.execute(select(suppression).order_by(suppression.c.id)))


def every_consent(connection: Connection) -> list[Record]:
    return list(connection.execute(select(consent).order_by(consent.c.id)))


def tasks_with_an_outcome(connection: Connection) -> list[Record]:
    """How often each kind of task ended with which outcome."""
    columns = (task.c.kind, task.c.outcome, func.count().label("many"))
    wanted = select(*columns).where(task.c.outcome.is_not(None)).group_by(task.c.kind, task.c.outcome)
    return list(connection.execute(wanted.order_by(task.c.kind, func.count().desc(), task.c.outcome)))


def events_by_kind(connection: Connection) -> dict[str, int]:
    rows = connection.execute(select(event.c.kind, func.count().label("many")).group_by(event.c.kind))
    return {row.kind: row.many for row in rows}
