"""What reached us from outside: stored once by its sender's key, and kept until it is read."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from engine.store.connection import Connection, Record
from engine.store.inserting import insert_unless_there
from engine.store.tables import arrival

_WAITS = arrival.c.status == "waiting"


def store(connection: Connection, *, provider: str, dedupe_key: str, **values: Any) -> int | None:
    """The new row's id; None where it has come before. `values`: body, received_at, headers, mailbox_id."""
    row = {"provider": provider, "dedupe_key": dedupe_key, **values}
    made = insert_unless_there(connection, arrival, row, unique=("provider", "dedupe_key"))
    return int(made.id) if made is not None else None


def waiting(connection: Connection, providers: Collection[str], limit: int) -> list[int]:
    wanted = select(arrival.c.id).where(_WAITS, arrival.c.provider.in_(sorted(providers)))
    return list(connection.execute(wanted.order_by(arrival.c.id).limit(limit)).scalars())


def one(connection: Connection, arrival_id: int) -> Record | None:
    return connection.execute(select(arrival).where(arrival.c.id == arrival_id)).one_or_none()


def end(connection: Connection, arrival_id: int, status: str, *, note: str, now: datetime) -> None:
    """Applied, ignored or stuck; whoever was first has decided."""
    ended = update(arrival).where(arrival.c.id == arrival_id, _WAITS)
    connection.execute(ended.values(status=status, note=note, applied_at=now if status != "stuck" else None))


def count_try(connection: Connection, arrival_id: int, note: str) -> int:
    """How often reading it has broken by now."""
    tried = update(arrival).where(arrival.c.id == arrival_id, _WAITS).values(tries=arrival.c.tries + 1, note=note)
    return connection.execute(tried.returning(arrival.c.tries)).scalar_one_or_none() or 0


def retry(connection: Connection, arrival_id: int) -> bool:
    """False for one that is not stuck."""
    stuck = (arrival.c.id == arrival_id, arrival.c.status == "stuck")
    again = update(arrival).where(*stuck).values(status="waiting", tries=0)
    return bool(connection.execute(again).rowcount)


_SHOWN = tuple(column for column in arrival.c if column.name != "body")


def page(connection: Connection, status: str, *, before: int | None, limit: int) -> list[Record]:
    """Without their bodies, the newest first."""
    wanted = select(*_SHOWN, func.length(arrival.c.body).label("size")).where(arrival.c.status == status)
    if before is not None:
        wanted = wanted.where(arrival.c.id < before)
    return list(connection.execute(wanted.order_by(arrival.c.id.desc()).limit(limit)))


def count(connection: Connection, status: str) -> int:
    return int(connection.execute(select(func.count()).where(arrival.c.status == status)).scalar_one())


def forget_before(connection: Connection, instant: datetime) -> int:
    """What was read long ago. What could not be read stays until somebody has looked at it."""
    old = (arrival.c.received_at < instant, arrival.c.status.in_(("applied", "ignored")))
    return connection.execute(delete(arrival).where(*old)).rowcount
