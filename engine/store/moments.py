"""Touches with all that the guard asks about a moment, in one read: it is asked twice for every message."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, exists, func, select, true

from engine.store import cases
from engine.store.among import among
from engine.store.connection import Connection, Record
from engine.store.tables import (
    breaker,
    enrollment,
    event,
    mailbox,
    message,
    rep,
    rep_leave,
    sequence,
    touch,
    workspace,
)


def of(connection: Connection, ids: Sequence[int]) -> list[Record]:
    """Each touch as `cases` reads it, and more.

    - the switches: `is_sending`, `held_since`, `is_sequence_paused`, and `has_stops` of breakers;
    - its mailbox, that of the message once this is stored: `mailbox_id`, `mailbox_address` (None without one),
      `mailbox_name`, `mailbox_signature`, `mailbox_held`;
    - of its person `has_unapplied` facts and `last_hand_sent`;
    - of its rep `is_rep_active`, and `unread_until` during a leave in which nobody reads the answers;
    - what is stored of its message: `message_id` (None before the first intent), `sender`, `recipient`, `payload`,
      `intent_at`.
    """
    return list(connection.execute(_OF, {"ids": ids}))


def one(connection: Connection, touch_id: int) -> Record | None:
    return connection.execute(_OF, {"ids": [touch_id]}).one_or_none()


def _of() -> Select[Any]:
    theirs = event.c.prospect_id == touch.c.prospect_id
    by_hand = select(func.max(event.c.at)).where(theirs, event.c.kind == "hand_sent").scalar_subquery()
    is_alone = (rep_leave.c.ended_at.is_(None), rep_leave.c.begun_at.is_not(None), rep_leave.c.is_covered.is_(False))
    unread = select(func.max(rep_leave.c.ends_at)).where(rep_leave.c.rep_id == enrollment.c.rep_id, *is_alone)
    leaves_by = func.coalesce(message.c.mailbox_id, enrollment.c.mailbox_id)
    columns = (
        *cases.COLUMNS,
        leaves_by.label("mailbox_id"),
        workspace.c.is_sending,
        workspace.c.held_since,
        sequence.c.is_paused.label("is_sequence_paused"),
        exists().where(and_(breaker.c.level == "stop", breaker.c.cleared_at.is_(None))).label("has_stops"),
        mailbox.c.address.label("mailbox_address"),
        mailbox.c.display_name.label("mailbox_name"),
        mailbox.c.signature.label("mailbox_signature"),
        mailbox.c.held_reason.label("mailbox_held"),
        exists().where(and_(theirs, event.c.applied_at.is_(None))).label("has_unapplied"),
        by_hand.label("last_hand_sent"),
        rep.c.is_active.label("is_rep_active"),
        unread.scalar_subquery().label("unread_until"),
        message.c.message_id,
        message.c.sender,
        message.c.recipient,
        message.c.payload,
        message.c.intent_at,
    )
    joined = (
        cases.JOINED.join(sequence, sequence.c.key == enrollment.c.sequence_key)
        .join(workspace, true())
        .join(rep, rep.c.id == enrollment.c.rep_id)
        .outerjoin(message, message.c.touch_id == touch.c.id)
        .outerjoin(mailbox, mailbox.c.id == leaves_by)
    )
    return select(*columns).select_from(joined).where(among(touch.c.id)).order_by(touch.c.id)


_OF = _of()
