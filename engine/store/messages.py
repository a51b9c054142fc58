"""Rendered messages: stored before they are sent, and the cap units they use."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from engine.store.connection import Connection, Record
from engine.store.tables import message, touch

_DAY = timedelta(hours=24)


def of_touch(connection: Connection, touch_id: int) -> Record | None:
    return connection.execute(select(message).where(message.c.touch_id == touch_id)).one_or_none()


def save(connection: Connection, touch_id: int, **values: Any) -> None:
    connection.execute(insert(message).values(touch_id=touch_id, **values))


def count_again(connection: Connection, touch_id: int, now: datetime) -> None:
    """A retry uses a unit of the cap at its own time."""
    connection.execute(update(message).where(message.c.touch_id == touch_id).values(intent_at=now, is_counted=True))


def release_cap(connection: Connection, touch_id: int) -> None:
    """A definite no gives its unit back."""
    connection.execute(update(message).where(message.c.touch_id == touch_id).values(is_counted=False))


def recent_intents(connection: Connection, mailbox_id: int, now: datetime) -> list[datetime]:
    """When this mailbox used its cap in the last 24 hours, oldest first."""
    mine = (message.c.mailbox_id == mailbox_id, message.c.is_counted, message.c.intent_at > now - _DAY)
    return list(connection.execute(select(message.c.intent_at).where(*mine).order_by(message.c.intent_at)).scalars())


def thread_of(connection: Connection, enrollment_id: int) -> list[Record]:
    """The sent mails of an enrollment, oldest first: what a reply refers to."""
    joined = message.join(touch, touch.c.id == message.c.touch_id)
    sent = (touch.c.enrollment_id == enrollment_id, touch.c.status == "sent", touch.c.step.not_like("@%"))
    columns = (message.c.message_id, message.c.subject, touch.c.ended_at)
    return list(connection.execute(select(*columns).select_from(joined).where(*sent).order_by(touch.c.ended_at)))
