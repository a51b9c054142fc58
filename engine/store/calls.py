"""Calls that reps started by a click: one at a time for each, told by their provider's webhooks."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from engine.store.conditions import literally_in
from engine.store.connection import Connection, Record
from engine.store.inserting import insert_unless_there
from engine.store.tables import call
from engine.store.tables.work import LIVE_CALLS

_IS_LIVE = literally_in(call.c.status, LIVE_CALLS)


def add(connection: Connection, **values: Any) -> Record | None:
    """None while the rep is on another call."""
    return insert_unless_there(connection, call, {"status": "starting", **values}, unique=("rep_id",), where=_IS_LIVE)


def one(connection: Connection, call_id: int, *, lock: bool = False) -> Record | None:
    wanted = select(call).where(call.c.id == call_id)
    return connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()


def set_values(connection: Connection, call_id: int, **values: Any) -> None:
    connection.execute(update(call).where(call.c.id == call_id).values(**values))


def give_up(connection: Connection, rep_id: int, before: datetime, *, now: datetime) -> None:
    """Of which nothing more was heard: a lost webhook must not keep a rep from calling."""
    silent = (call.c.rep_id == rep_id, _IS_LIVE, call.c.started_at < before)
    values = {"status": "failed", "ended_at": now, "detail": "its end was never told"}
    connection.execute(update(call).where(*silent).values(**values))


def of_task(connection: Connection, task_id: int) -> list[Record]:
    """The newest first."""
    return list(connection.execute(select(call).where(call.c.task_id == task_id).order_by(call.c.id.desc())))
