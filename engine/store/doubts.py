"""How far the evidence for the touches in doubt has been looked for."""

from datetime import datetime

from sqlalchemy import delete, exists, insert, select, update

from engine.core.touch import TouchStatus
from engine.store.connection import Connection, Record
from engine.store.tables import doubt, touch


def begin(connection: Connection, row: Record, *, since: datetime, ask_at: datetime) -> None:
    """`row` is the touch; what was known of an earlier attempt is gone."""
    end(connection, row.id)
    values = {"touch_id": row.id, "attempt": row.attempt, "since": since, "asked": 0, "ask_at": ask_at}
    connection.execute(insert(doubt).values(**values))


def end(connection: Connection, touch_id: int) -> None:
    connection.execute(delete(doubt).where(doubt.c.touch_id == touch_id))


def due(connection: Connection, now: datetime, limit: int) -> list[Record]:
    """Those to look into now, the longest due first."""
    mine = (touch.c.id == doubt.c.touch_id, touch.c.attempt == doubt.c.attempt)
    is_open = exists().where(*mine, touch.c.status == TouchStatus.IN_DOUBT.value)
    wanted = select(doubt).where(doubt.c.ask_at <= now, is_open)  # a join would let SQLite begin with all touches
    return list(connection.execute(wanted.order_by(doubt.c.ask_at, doubt.c.touch_id).limit(limit)))


def note(connection: Connection, row: Record, *, ask_at: datetime, empty_since: datetime | None) -> None:
    """One more look in vain."""
    values = {"asked": row.asked + 1, "ask_at": ask_at, "empty_since": empty_since}
    connection.execute(update(doubt).where(doubt.c.touch_id == row.touch_id).values(**values))
