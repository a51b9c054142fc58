"""Rendered messages: stored before they are sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from engine.core.sequence import Verb
from engine.store.connection import Connection, Record
from engine.store.tables import message, touch


def of_touch(connection: Connection, touch_id: int) -> Record | None:
    return connection.execute(select(message).where(message.c.touch_id == touch_id)).one_or_none()


def save(connection: Connection, touch_id: int, **values: Any) -> None:
    connection.execute(_SAVE, {"touch_id": touch_id, **values})


_SAVE = insert(message).inline()


def sent_mails(connection: Connection, enrollment_id: int, mailbox_id: int) -> list[Record]:
    """The mails of an enrollment that left from this mailbox, oldest first: what a reply may refer to."""
    joined = message.join(touch, touch.c.id == message.c.touch_id)
    sent = (touch.c.enrollment_id == enrollment_id, touch.c.status == "sent", touch.c.step.not_like("@%"))
    mails = (message.c.channel == Verb.EMAIL.value, message.c.mailbox_id == mailbox_id)
    columns = (message.c.message_id, message.c.subject, touch.c.ended_at)
    wanted = select(*columns).select_from(joined).where(*sent, *mails)
    return list(connection.execute(wanted.order_by(touch.c.ended_at, touch.c.id)))


def of_message_ids(connection: Connection, message_ids: Sequence[str]) -> dict[str, Record]:
    """What we have sent under these Message-IDs: `touch_id`, `prospect_id`, `recipient`."""
    joined = message.join(touch, touch.c.id == message.c.touch_id)
    columns = (message.c.message_id, message.c.touch_id, message.c.recipient, touch.c.prospect_id)
    wanted = select(*columns).select_from(joined).where(message.c.message_id.in_(message_ids))
    return {row.message_id: row for row in connection.execute(wanted)}


def last_mail_to(
    connection: Connection, prospect_ids: Sequence[int], *, mailbox_id: int | None, since: datetime
) -> Record | None:
    """The newest mail to one of them, from that mailbox if one is named."""
    joined = message.join(touch, touch.c.id == message.c.touch_id)
    columns = (message.c.message_id, message.c.touch_id, message.c.recipient, touch.c.prospect_id)
    where = [message.c.channel == "email", touch.c.prospect_id.in_(prospect_ids), message.c.intent_at >= since]
    if mailbox_id is not None:
        where.append(message.c.mailbox_id == mailbox_id)
    newest = select(*columns).select_from(joined).where(*where).order_by(message.c.intent_at.desc(), message.c.touch_id)
    return connection.execute(newest.limit(1)).one_or_none()


def mails_to(connection: Connection, prospect_id: int, *, since: datetime, until: datetime) -> list[Record]:
    """What was sent to a person in that time, the newest first: `touch_id`, `sender`, `recipient`."""
    joined = message.join(touch, touch.c.id == message.c.touch_id)
    mails = (touch.c.prospect_id == prospect_id, message.c.channel == "email", touch.c.status == "sent")
    then = (touch.c.ended_at >= since, touch.c.ended_at <= until)
    columns = (message.c.touch_id, message.c.sender, message.c.recipient)
    wanted = select(*columns).select_from(joined).where(*mails, *then)
    return list(connection.execute(wanted.order_by(touch.c.ended_at.desc(), touch.c.id.desc())))


def last_text_to(connection: Connection, prospect_ids: Sequence[int], recipient: str) -> Record | None:
    """The touch and the person of the SMS that went to one of them last, at that number."""
    joined = message.join(touch, touch.c.id == message.c.touch_id)
    texts = (message.c.channel == "sms", message.c.recipient == recipient, touch.c.status == "sent")
    wanted = select(message.c.touch_id, touch.c.prospect_id).select_from(joined)
    newest = wanted.where(touch.c.prospect_id.in_(prospect_ids), *texts).order_by(touch.c.ended_at.desc(), touch.c.id)
    return connection.execute(newest.limit(1)).one_or_none()


def unpriced(connection: Connection, since: datetime, until: datetime, limit: int) -> list[Record]:
    """Texts that were sent in that time and whose price is not known, the oldest first."""
    joined = message.join(touch, touch.c.id == message.c.touch_id)
    texts = (message.c.channel == "sms", message.c.cost.is_(None), touch.c.status == "sent")
    sent = (touch.c.ended_at > since, touch.c.ended_at <= until, touch.c.provider_id.is_not(None))
    wanted = select(message.c.touch_id, touch.c.provider_id).select_from(joined).where(*texts, *sent)
    return list(connection.execute(wanted.order_by(touch.c.ended_at).limit(limit)))


def set_cost(connection: Connection, touch_id: int, cost: str) -> None:
    connection.execute(update(message).where(message.c.touch_id == touch_id).values(cost=cost))
