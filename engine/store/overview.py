"""Everything at once, for reports and for checks of what happened: whole tables as narrow rows, oldest first."""

from datetime import datetime

from sqlalchemy import func, select

from engine.core.touch import TouchStatus
from engine.store.connection import Connection, Record
from engine.store.tables import consent, enrollment, event, message, pause, prospect, rep, suppression, task, touch

_REACHED = (TouchStatus.SENT.value, TouchStatus.DONE.value)


def reached_between(connection: Connection, start: datetime, end: datetime) -> dict[str, int]:
    """How many touches of each verb ended as sent or done in [start, end)."""
    then = (touch.c.status.in_(_REACHED), touch.c.ended_at >= start, touch.c.ended_at < end)
    rows = connection.execute(select(touch.c.verb, func.count().label("many")).where(*then).group_by(touch.c.verb))
    return {row.verb: row.many for row in rows}


def every_touch(connection: Connection) -> list[Record]:
    """With what the enrollment says: `zone`, `sequence_key`, `version_id`, `enrollment_ended_at`; and the `country`."""
    columns = (
        touch,
        enrollment.c.zone,
        enrollment.c.sequence_key,
        enrollment.c.version_id,
        enrollment.c.ended_at.label("enrollment_ended_at"),
        prospect.c.country,
    )
    joined = touch.join(enrollment, enrollment.c.id == touch.c.enrollment_id).join(
        prospect, prospect.c.id == touch.c.prospect_id
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
