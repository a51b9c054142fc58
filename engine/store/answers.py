"""Answers kept for requests that may come twice."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.store.connection import Connection, Record
from engine.store.tables import idempotent_answer as answer


def one(connection: Connection, key: str) -> Record | None:
    return connection.execute(select(answer).where(answer.c.key == key)).one_or_none()


def reserve(connection: Connection, key: str, *, request_hash: str, now: datetime) -> bool:
    """False when another request holds the key already."""
    row = {"key": key, "request_hash": request_hash, "created_at": now, "body": ""}
    try:
        with connection.begin_nested():
            connection.execute(insert(answer).values(**row))
    except IntegrityError:
        return False
    return True


def keep(connection: Connection, key: str, *, status: int, etag: str | None, body: str) -> None:
    connection.execute(update(answer).where(answer.c.key == key).values(status=status, etag=etag, body=body))


def drop(connection: Connection, key: str) -> None:
    connection.execute(delete(answer).where(answer.c.key == key))


def drop_before(connection: Connection, instant: datetime) -> int:
    return connection.execute(delete(answer).where(answer.c.created_at < instant)).rowcount
