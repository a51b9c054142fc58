"""The lock of a prospect: a send holds it through the call, whoever stops a person must take it first.

PostgreSQL: the row is locked (`FOR NO KEY UPDATE`, which admits foreign-key checks) by the sender's own transaction.
SQLite: `calling_until` is set in one transaction and cleared in the next; a stop rolls back and tries again.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError

from engine.core.errors import Busy
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.tables import prospect

STOP_WAIT_SECONDS = 3.0
_RETRY_SECONDS = 0.02


class ProspectBusy(Busy):
    """A send to this person is under way; the stop is stored and will be applied in a moment."""


@dataclass(frozen=True, slots=True)
class Held:
    """The two writes around a call: `guard` opens the transaction before it, `record` the one after."""

    guard: Callable[[], AbstractContextManager[Connection]]
    record: Callable[[], AbstractContextManager[Connection]]


@contextmanager
def sending(database: Database, prospect_id: int, until: datetime) -> Iterator[Held]:
    """Holds the prospect for a guard, a call and its record. `until` is the end of the lease.

    On PostgreSQL both writes are one transaction that stays open through the call.
    """
    if database.is_sqlite:
        yield Held(lambda: _marked(database, prospect_id, until), lambda: _marked(database, prospect_id, None))
        return
    with database.write() as connection:
        wanted = select(prospect.c.id).where(prospect.c.id == prospect_id)
        connection.execute(wanted.with_for_update(key_share=True))
        yield Held(lambda: nullcontext(connection), lambda: nullcontext(connection))


@contextmanager
def _marked(database: Database, prospect_id: int, until: datetime | None) -> Iterator[Connection]:
    with database.write() as connection:
        connection.execute(update(prospect).where(prospect.c.id == prospect_id).values(calling_until=until))
        yield connection


def release(connection: Connection, prospect_id: int) -> None:
    """No call will follow after all, or its owner is dead."""
    connection.execute(update(prospect).where(prospect.c.id == prospect_id).values(calling_until=None))


@contextmanager
def stopping(database: Database, prospect_ids: Sequence[int], now: Callable[[], datetime]) -> Iterator[Connection]:
    """A transaction that holds all these prospects, taken in id order. Raises ProspectBusy after 3 seconds."""
    if not database.is_sqlite:
        with database.write() as connection:
            hold(connection, prospect_ids)
            yield connection
        return
    give_up = time.monotonic() + STOP_WAIT_SECONDS
    while True:
        with database.write() as connection:
            if not _is_calling(connection, prospect_ids, now()):
                yield connection
                return
        if time.monotonic() > give_up:
            raise ProspectBusy
        time.sleep(_RETRY_SECONDS)


def hold(connection: Connection, prospect_ids: Sequence[int]) -> None:
    """Locks the prospects in id order until the transaction ends. On SQLite the transaction is the lock."""
    if connection.dialect.name == "sqlite":
        return
    connection.execute(text(f"SET LOCAL lock_timeout = '{STOP_WAIT_SECONDS:.0f}s'"))
    wanted = select(prospect.c.id).where(prospect.c.id.in_(sorted(prospect_ids))).order_by(prospect.c.id)
    try:
        connection.execute(wanted.with_for_update(key_share=True))
    except OperationalError as problem:
        raise ProspectBusy from problem


def _is_calling(connection: Connection, prospect_ids: Sequence[int], now: datetime) -> bool:
    calling = (prospect.c.id.in_(list(prospect_ids)), prospect.c.calling_until > now)
    return bool(connection.execute(select(func.count()).select_from(prospect).where(*calling)).scalar_one())


def try_hold(connection: Connection, prospect_id: int) -> bool:
    """Whether nobody else holds the prospect now (PostgreSQL); the row stays locked if so."""
    if connection.dialect.name == "sqlite":
        return True
    wanted = select(prospect.c.id).where(prospect.c.id == prospect_id)
    return connection.execute(wanted.with_for_update(key_share=True, skip_locked=True)).first() is not None
