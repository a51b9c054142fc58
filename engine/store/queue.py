"""What a rep's screen of work reads: narrow rows first, the words beside them for one page only."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from engine.core.task import TaskStatus
from engine.core.touch import TouchStatus
from engine.store import whereabouts
from engine.store.conditions import IS_OPEN_TASK, IS_STUCK_TOUCH
from engine.store.connection import Connection, Record
from engine.store.tables import account, enrollment, event, message, prospect, rep, sequence, task, touch

_RANKED = (
    task.c.id,
    task.c.level,
    task.c.prospect_id,
    task.c.due_at,
    task.c.callable_from,
    task.c.callable_until,
    task.c.respond_by,
    task.c.tier,
    task.c.lead_at,
)
_PERSON = (
    prospect.c.name.label("prospect_name"),
    prospect.c.title.label("prospect_title"),
    prospect.c.zone.label("prospect_zone"),
    *whereabouts.COLUMNS,
    prospect.c.account_id,
    account.c.name.label("account_name"),
    account.c.tier.label("account_tier"),
)
_SHOWN = (
    task.c.id,
    task.c.version,
    task.c.kind,
    task.c.status,
    task.c.title,
    task.c.level,
    task.c.rep_id,
    task.c.prospect_id,
    task.c.enrollment_id,
    task.c.touch_id,
    task.c.due_at,
    task.c.callable_from,
    task.c.callable_until,
    task.c.respond_by,
    task.c.tier,
    task.c.lead_at,
    task.c.claimed_by,
    task.c.claimed_until,
    enrollment.c.zone,
    enrollment.c.version_id,
    enrollment.c.sequence_key,
    touch.c.step,
    event.c.at.label("event_at"),
    *_PERSON,
)
_SHOWN_FROM = (
    task.join(prospect, prospect.c.id == task.c.prospect_id)
    .outerjoin(account, account.c.id == prospect.c.account_id)
    .outerjoin(enrollment, enrollment.c.id == task.c.enrollment_id)
    .outerjoin(touch, touch.c.id == task.c.touch_id)
    .outerjoin(event, event.c.id == task.c.event_id)
)


def due(connection: Connection, rep_id: int, now: datetime) -> list[Record]:
    """What ranking needs of a rep's open tasks that are due: one range of one index."""
    mine = (task.c.rep_id == rep_id, IS_OPEN_TASK, task.c.status != TaskStatus.SNOOZED.value, task.c.due_at <= now)
    return list(connection.execute(select(*_RANKED).where(*mine)))


def due_counts(connection: Connection, now: datetime) -> dict[int, int]:
    """How much is due for each rep; those with nothing are left out."""
    is_due = (IS_OPEN_TASK, task.c.status != TaskStatus.SNOOZED.value, task.c.due_at <= now)
    wanted = select(task.c.rep_id, func.count().label("number")).where(*is_due)
    return {row.rep_id: row.number for row in connection.execute(wanted.group_by(task.c.rep_id))}


def recent_clicks(connection: Connection, rep_id: int, since: datetime) -> dict[int, datetime]:
    """When the people of a rep's open tasks last clicked."""
    joined = task.join(touch, touch.c.prospect_id == task.c.prospect_id)
    clicked = (task.c.rep_id == rep_id, IS_OPEN_TASK, touch.c.clicked_at > since)
    wanted = select(touch.c.prospect_id, func.max(touch.c.clicked_at).label("at")).select_from(joined)
    rows = connection.execute(wanted.where(*clicked).group_by(touch.c.prospect_id))
    return {row.prospect_id: row.at for row in rows}


def shown(connection: Connection, ids: Sequence[int]) -> list[Record]:
    """Tasks with their person, account, enrollment and step, in the order of `ids`."""
    rows = connection.execute(select(*_SHOWN).select_from(_SHOWN_FROM).where(task.c.id.in_(ids)))
    found = {row.id: row for row in rows}
    return [found[one] for one in ids if one in found]


def closed_since(connection: Connection, rep_id: int, since: datetime) -> list[Record]:
    """How many tasks of a rep ended in which way."""
    mine = (task.c.rep_id == rep_id, task.c.closed_at >= since, task.c.closed_at.is_not(None))
    wanted = select(task.c.status, func.count().label("number")).where(*mine)
    return list(connection.execute(wanted.group_by(task.c.status)))


def stuck(
    connection: Connection, states: Sequence[TouchStatus], *, rep_id: int | None, after: int = 0, limit: int = 50
) -> list[Record]:
    """Touches that wait for a person, with whom they are for and what was rendered; in id order."""
    columns = (
        touch,
        enrollment.c.rep_id,
        enrollment.c.sequence_key,
        enrollment.c.version_id,
        enrollment.c.zone,
        rep.c.key.label("rep_key"),
        sequence.c.title.label("sequence_title"),
        message.c.subject,
        message.c.recipient,
        *_PERSON,
    )
    joined = (
        touch.join(enrollment, enrollment.c.id == touch.c.enrollment_id)
        .join(sequence, sequence.c.key == enrollment.c.sequence_key)
        .join(rep, rep.c.id == enrollment.c.rep_id)
        .join(prospect, prospect.c.id == touch.c.prospect_id)
        .outerjoin(account, account.c.id == prospect.c.account_id)
        .outerjoin(message, message.c.touch_id == touch.c.id)
    )
    named = touch.c.status.in_([state.value for state in states])
    wanted = select(*columns).select_from(joined).where(IS_STUCK_TOUCH, named, touch.c.id > after)
    if rep_id is not None:
        wanted = wanted.where(enrollment.c.rep_id == rep_id)
    return list(connection.execute(wanted.order_by(touch.c.id).limit(limit)))
