"""Lists for people to look through: newest first, or in id order by keyset."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from engine.store.conditions import IS_LIVE_ENROLLMENT
from engine.store.connection import Connection, Record
from engine.store.tables import (
    account,
    address,
    enrollment,
    event,
    message,
    pause,
    prospect,
    rep,
    sequence,
    stage_change,
    task,
    touch,
)


def touches_of(connection: Connection, prospect_id: int, limit: int) -> list[Record]:
    """A person's ended touches, the latest first, with the subject of a mail and what the rep noted.

    What was cancelled never happened; the end of its enrollment says why.
    """
    columns = (touch, message.c.subject, task.c.answer, task.c.closed_by)
    joined = touch.outerjoin(message, message.c.touch_id == touch.c.id).outerjoin(
        task, (task.c.touch_id == touch.c.id) & (task.c.status.in_(("done", "skipped")))
    )
    mine = (touch.c.prospect_id == prospect_id, touch.c.ended_at.is_not(None), touch.c.status != "cancelled")
    wanted = select(*columns).select_from(joined).where(*mine).order_by(touch.c.ended_at.desc(), touch.c.id.desc())
    return list(connection.execute(wanted.limit(limit)))


def messages_of(connection: Connection, enrollment_id: int) -> dict[int, Record]:
    """The rendered messages of an enrollment by touch, without their bytes."""
    joined = message.join(touch, touch.c.id == message.c.touch_id)
    columns = (message.c.touch_id, message.c.subject, message.c.recipient, message.c.intent_at)
    rows = connection.execute(select(*columns).select_from(joined).where(touch.c.enrollment_id == enrollment_id))
    return {row.touch_id: row for row in rows}


def closed_tasks_of(connection: Connection, prospect_id: int, limit: int) -> list[Record]:
    """Work that no step planned: triage, hand-overs, meetings."""
    mine = (task.c.prospect_id == prospect_id, task.c.touch_id.is_(None), task.c.status.in_(("done", "skipped")))
    return list(connection.execute(select(task).where(*mine).order_by(task.c.closed_at.desc()).limit(limit)))


def stage_changes_of(connection: Connection, prospect_id: int, limit: int) -> list[Record]:
    mine = select(stage_change).where(stage_change.c.prospect_id == prospect_id)
    return list(connection.execute(mine.order_by(stage_change.c.id.desc()).limit(limit)))


def events_of(connection: Connection, prospect_id: int, limit: int) -> list[Record]:
    mine = select(event).where(event.c.prospect_id == prospect_id)
    return list(connection.execute(mine.order_by(event.c.at.desc(), event.c.id.desc()).limit(limit)))


def enrollments_of(connection: Connection, prospect_id: int, limit: int) -> list[Record]:
    columns = (
        enrollment,
        sequence.c.title.label("sequence_title"),
        rep.c.name.label("rep_name"),
        rep.c.zone.label("rep_zone"),
    )
    joined = enrollment.join(sequence, sequence.c.key == enrollment.c.sequence_key).join(
        rep, rep.c.id == enrollment.c.rep_id
    )
    mine = select(*columns).select_from(joined).where(enrollment.c.prospect_id == prospect_id)
    return list(connection.execute(mine.order_by(enrollment.c.id.desc()).limit(limit)))


def prospects(
    connection: Connection, *, text: str = "", stage: str | None, owner: str | None, after: int, limit: int
) -> list[Record]:
    """In id order; `text` is looked for in names, companies and addresses."""
    columns = (
        prospect.c.id,
        prospect.c.name,
        prospect.c.title,
        prospect.c.stage,
        prospect.c.country,
        prospect.c.zone,
        prospect.c.locale,
        prospect.c.account_id,
        account.c.name.label("account_name"),
        account.c.tier.label("account_tier"),
        rep.c.key.label("owner"),
    )
    joined = prospect.outerjoin(account, account.c.id == prospect.c.account_id).outerjoin(
        rep, rep.c.id == func.coalesce(prospect.c.owner_id, account.c.owner_id)
    )
    wanted = select(*columns).select_from(joined).where(prospect.c.id > after, *_matching(text))
    if stage is not None:
        wanted = wanted.where(prospect.c.stage == stage)
    if owner is not None:
        wanted = wanted.where(rep.c.key == owner)
    return list(connection.execute(wanted.order_by(prospect.c.id).limit(limit)))


def _matching(text: str) -> Iterable[ColumnElement[bool]]:
    words = text.split()
    for word in words:
        of_person = address.c.prospect_id == prospect.c.id
        has_address = exists().where(of_person, address.c.value.icontains(word, autoescape=True))
        yield or_(
            prospect.c.name.icontains(word, autoescape=True),
            account.c.name.icontains(word, autoescape=True),
            has_address,
        )


def _enrollments() -> Select[Any]:
    columns = (
        enrollment,
        sequence.c.title.label("sequence_title"),
        rep.c.key.label("rep_key"),
        rep.c.name.label("rep_name"),
        rep.c.zone.label("rep_zone"),
        select(func.min(pause.c.cause))
        .where(pause.c.enrollment_id == enrollment.c.id)
        .scalar_subquery()
        .label("cause"),
        prospect.c.name.label("prospect_name"),
        prospect.c.title.label("prospect_title"),
        prospect.c.account_id,
        account.c.name.label("account_name"),
        account.c.tier.label("account_tier"),
    )
    joined = (
        enrollment.join(sequence, sequence.c.key == enrollment.c.sequence_key)
        .join(rep, rep.c.id == enrollment.c.rep_id)
        .join(prospect, prospect.c.id == enrollment.c.prospect_id)
        .outerjoin(account, account.c.id == prospect.c.account_id)
    )
    return select(*columns).select_from(joined)


def enrollments(connection: Connection, *, after: int, limit: int, **equal: Any) -> list[Record]:
    """In id order. `equal`: status, sequence_key, prospect_id, rep_key; what is None is not asked."""
    columns = {**enrollment.c, "rep_key": rep.c.key}
    asked = [columns[name] == value for name, value in equal.items() if value is not None]
    wanted = _enrollments().where(enrollment.c.id > after, *asked)
    return list(connection.execute(wanted.order_by(enrollment.c.id).limit(limit)))


def enrollment_row(connection: Connection, enrollment_id: int) -> Record | None:
    return connection.execute(_enrollments().where(enrollment.c.id == enrollment_id)).one_or_none()


def live_counts(connection: Connection) -> dict[str, int]:
    """How many people are in each sequence now."""
    wanted = select(enrollment.c.sequence_key, func.count().label("number")).where(IS_LIVE_ENROLLMENT)
    return {row.sequence_key: row.number for row in connection.execute(wanted.group_by(enrollment.c.sequence_key))}
