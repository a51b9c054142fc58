"""Touches read with what is decided by: their enrollment's state, version, rep, mailbox, zone."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from engine.core.touch import TouchStatus
from engine.store.among import among
from engine.store.conditions import IS_STUCK_TOUCH, STUCK
from engine.store.connection import Connection, Record
from engine.store.tables import enrollment, touch

COLUMNS = (
    touch,
    enrollment.c.status.label("enrollment_status"),
    enrollment.c.sequence_key,
    enrollment.c.version_id,
    enrollment.c.rep_id,
    enrollment.c.locale,
    enrollment.c.zone,
    enrollment.c.day_one,
    enrollment.c.enrolled_at,
    enrollment.c.batch,
)
JOINED = touch.join(enrollment, enrollment.c.id == touch.c.enrollment_id)


def _cases(*conditions: Any) -> Select[Any]:
    return select(*COLUMNS, enrollment.c.mailbox_id).select_from(JOINED).where(*conditions).order_by(touch.c.id)


# Asked for every touch, so built once: building a statement costs more than running it.
_OF = _cases(among(touch.c.id))


def of(connection: Connection, ids: Sequence[int]) -> list[Record]:
    return list(connection.execute(_OF, {"ids": ids}))


def one(connection: Connection, touch_id: int) -> Record | None:
    return connection.execute(_OF, {"ids": [touch_id]}).one_or_none()


def in_state(connection: Connection, *states: TouchStatus, limit: int = 500) -> list[Record]:
    wanted = _cases(touch.c.status.in_([state.value for state in states]))
    if STUCK.issuperset(states):  # asked at every tick: few rows of a partial index, not the whole table
        wanted = wanted.where(IS_STUCK_TOUCH)
    return list(connection.execute(wanted.limit(limit)))


def still_in(connection: Connection, row: Record) -> Record | None:
    """The touch as it is now, if it is in the state and attempt in which it was read."""
    now = one(connection, row.id)
    return now if now is not None and (now.status, now.attempt) == (row.status, row.attempt) else None
