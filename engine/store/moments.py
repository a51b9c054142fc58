"""What the guard asks about one touch at one moment, in one read: it is asked twice for every message."""

from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, exists, func, select

from engine.store.connection import Connection, Record
from engine.store.tables import breaker, event, mailbox, sequence, workspace
from engine.store.types import Id

_PERSON: BindParameter[int] = bindparam("person", type_=Id)
_MAILBOX: BindParameter[int] = bindparam("mailbox", type_=Id)
_SEQUENCE: BindParameter[str] = bindparam("sequence")


def of_touch(connection: Connection, due: Record) -> Record:
    """The switches (`is_sending`, `held_since`, `is_sequence_paused`), the mailbox (`mailbox_address` is None without
    one, `mailbox_held`), `has_stops` of breakers, and of the person `has_unapplied` facts and `last_hand_sent`.
    """
    asked = {"person": due.prospect_id, "mailbox": due.mailbox_id, "sequence": due.sequence_key}
    return connection.execute(_MOMENT, asked).one()


def _moment() -> Select[Any]:
    theirs = event.c.prospect_id == _PERSON
    by_hand = select(func.max(event.c.at)).where(theirs, event.c.kind == "hand_sent").scalar_subquery()
    columns = (
        workspace.c.is_sending,
        workspace.c.held_since,
        sequence.c.is_paused.label("is_sequence_paused"),
        mailbox.c.address.label("mailbox_address"),
        mailbox.c.held_reason.label("mailbox_held"),
        exists().where(and_(breaker.c.level == "stop", breaker.c.cleared_at.is_(None))).label("has_stops"),
        exists().where(and_(theirs, event.c.applied_at.is_(None))).label("has_unapplied"),
        by_hand.label("last_hand_sent"),
    )
    joined = workspace.join(sequence, sequence.c.key == _SEQUENCE).outerjoin(mailbox, mailbox.c.id == _MAILBOX)
    return select(*columns).select_from(joined)


_MOMENT = _moment()
