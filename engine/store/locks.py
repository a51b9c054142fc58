"""The lock of a prospect: a send holds it through the call, whoever stops a person must take it first.

PostgreSQL: the row is locked (`FOR NO KEY UPDATE`, which admits foreign-key checks) by the sender's own transaction.
SQLite: `calling_until` is set in one transaction and cleared in the next; a stop rolls back and tries again.
Order everywhere: account < prospect < enrollment < touch < counters.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Select, select, text, update
from sqlalchemy.exc import OperationalError

from engine.core.errors import Busy
from engine.store.among import among
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.tables import prospect

STOP_WAIT_SECONDS = 3.0
_RETRY_SECONDS = 0.02


class ProspectBusy(Busy):
    """A send to this person is under way; the stop is stored and will be applied in a moment."""


class Held(Protocol):
    """The two writes around a call. In `guard` one looks whether it may be made, and says so by `calling`."""

    def guard(self) -> AbstractContextManager[Connection]: ...

    def calling(self, connection: Connection, until: datetime) -> None:
        """The call follows the guard's commit, and is over by `until` at the latest."""

    def record(self) -> AbstractContextManager[Connection]: ...


@contextmanager
def sending(database: Database, prospect_id: int) -> Iterator[Held]:
    """Holds the prospect for a guard, a call and its record."""
    if database.is_sqlite:
        yield _ByMark(database, prospect_id)
        return
    with database.write() as connection:
        connection.execute(_rows([prospect_id]).with_for_update(key_share=True))
        yield _ByRow(connection)


@dataclass(frozen=True, slots=True)
class _ByRow:
    """One transaction, open through the call, whose row lock is the lock."""

    connection: Connection

    def guard(self) -> AbstractContextManager[Connection]:
        return nullcontext(self.connection)

    def calling(self, connection: Connection, until: datetime) -> None:
        """The lock is held already, and ends with the connection."""

    def record(self) -> AbstractContextManager[Connection]:
        return nullcontext(self.connection)


@dataclass(slots=True)
class _ByMark:
    """Two transactions; between them the mark that was left is the lock."""

    database: Database
    prospect_id: int
    until: datetime | None = None

    def guard(self) -> AbstractContextManager[Connection]:
        return self.database.write()

    def calling(self, connection: Connection, until: datetime) -> None:
        self.until = until
        connection.execute(update(prospect).where(prospect.c.id == self.prospect_id).values(calling_until=until))

    @contextmanager
    def record(self) -> Iterator[Connection]:
        """Takes its own mark away: one who comes back too late must not take another's."""
        mine = (prospect.c.id == self.prospect_id, prospect.c.calling_until == self.until)
        with self.database.write() as connection:
            connection.execute(update(prospect).where(*mine).values(calling_until=None))
            yield connection


def release(connection: Connection, prospect_id: int) -> None:
    """The owner of the mark is known to be dead."""
    connection.execute(update(prospect).where(prospect.c.id == prospect_id).values(calling_until=None))


@contextmanager
def stopping(
    database: Database, prospect_ids: Sequence[int], now: Callable[[], datetime], *, patience: float | None = None
) -> Iterator[Connection]:
    """A transaction that holds all these prospects, taken in id order. Raises ProspectBusy when patience, 3 seconds
    unless it is given, has run out.
    """
    seconds = STOP_WAIT_SECONDS if patience is None else patience
    if not database.is_sqlite:
        with _not_waiting_for_ever(), database.write() as connection:
            _hold(connection, prospect_ids, seconds)
            yield connection
        return
    give_up = time.monotonic() + seconds
    while True:
        with database.write() as connection:
            if not _being_called(connection, prospect_ids, now()):
                yield connection
                return
        if time.monotonic() > give_up:
            raise ProspectBusy
        time.sleep(_RETRY_SECONDS)


@contextmanager
def _not_waiting_for_ever() -> Iterator[None]:
    try:
        yield
    except OperationalError as problem:
        if isinstance(problem.orig, LockNotAvailable | DeadlockDetected):
            raise ProspectBusy from problem
        raise


def _hold(connection: Connection, prospect_ids: Collection[int], seconds: float) -> None:
    at_least = max(seconds * 1000, 1)  # zero would mean for ever
    connection.execute(text(f"SET LOCAL lock_timeout = {at_least:.0f}"))
    connection.execute(_rows(prospect_ids).with_for_update(key_share=True))


def hold_free(connection: Connection, prospect_ids: Collection[int], now: datetime) -> frozenset[int]:
    """Those of the prospects whom nobody holds now; they are held until the transaction ends. Never waits."""
    if connection.dialect.name == "sqlite":  # the transaction itself keeps everybody else out
        return frozenset(prospect_ids) - _being_called(connection, prospect_ids, now)
    wanted = _rows(prospect_ids).with_for_update(key_share=True, skip_locked=True)
    return frozenset(connection.execute(wanted).scalars())


def _rows(ids: Collection[int]) -> Select[Any]:
    return select(prospect.c.id).where(among(prospect.c.id, ids)).order_by(prospect.c.id)


def _being_called(connection: Connection, prospect_ids: Collection[int], now: datetime) -> frozenset[int]:
    return frozenset(connection.execute(_rows(prospect_ids).where(prospect.c.calling_until > now)).scalars())
