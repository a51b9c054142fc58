"""Touches that are held for one cause, page by page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from engine.core.touch import Reason, TouchStatus
from engine.store.conditions import IS_STUCK_TOUCH
from engine.store.connection import Connection, Record
from engine.store.tables import enrollment, mailbox, touch


@dataclass(frozen=True, slots=True)
class Which:
    """Held for `reason`, and all that is given besides. `domain` is that of the mailbox, in small letters."""

    reason: Reason
    sequence: str | None = None
    verb: str | None = None
    mailbox_id: int | None = None
    domain: str | None = None
    batch: str | None = None
    enrolled_at: datetime | None = None


def page(connection: Connection, which: Which, *, after: int = 0, limit: int = 200) -> list[Record]:
    """`id`, `prospect_id`, `enrollment_id` and `due_date`, in id order."""
    joined = touch.join(enrollment, enrollment.c.id == touch.c.enrollment_id)
    where = [IS_STUCK_TOUCH, touch.c.status == TouchStatus.HELD.value, touch.c.reason == which.reason.value]
    if which.domain is not None:
        joined = joined.join(mailbox, mailbox.c.id == enrollment.c.mailbox_id)
        where.append(mailbox.c.address.like(f"%@{which.domain}"))
    wanted = (
        (enrollment.c.sequence_key, which.sequence),
        (touch.c.verb, which.verb),
        (enrollment.c.mailbox_id, which.mailbox_id),
        (enrollment.c.batch, which.batch),
        (enrollment.c.enrolled_at, which.enrolled_at),
    )
    where += [column == value for column, value in wanted if value is not None]
    columns = (touch.c.id, touch.c.prospect_id, touch.c.enrollment_id, touch.c.due_date)
    rows = select(*columns).select_from(joined).where(*where, touch.c.id > after)
    return list(connection.execute(rows.order_by(touch.c.id).limit(limit)))


def counts(connection: Connection) -> dict[tuple[str, str | None], int]:
    """How many touches wait for a person, by status and reason."""
    by = (touch.c.status, touch.c.reason)
    rows = connection.execute(select(*by, func.count().label("number")).where(IS_STUCK_TOUCH).group_by(*by))
    return {(row.status, row.reason): row.number for row in rows}
