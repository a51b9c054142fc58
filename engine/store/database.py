"""Connections and transactions on SQLite and PostgreSQL, and the lock of a prospect on each.

SQLite: one writing connection per process behind a mutex, every write transaction begins IMMEDIATE, and processes take
turns; readers have connections of their own. PostgreSQL: an ordinary pool; every write is one transaction.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from engine.core.errors import BadInput, EngineError, Unreachable
from engine.store.turnstile import Turnstile

# Below 3.51.3 the WAL of SQLite can be corrupted by several writing connections (WAL-reset bug).
_SAFE_WAL = (3, 51, 3)
_BUSY_SECONDS = 30
_WRITER_CACHE, _READER_CACHE = 16_000, 4_000  # KiB of each connection; the system caches the file as well
_KNOWN = ("sqlite:///", "postgresql://", "postgresql+psycopg://")
_WRITE = "give sqlite:///FILE or postgresql://USER@HOST/NAME"
# What the promises rest on, whatever the server's own defaults are.
_SESSION = {
    "timezone": "UTC",
    "synchronous_commit": "on",  # an intent that is lost with the server would be sent twice
    "default_transaction_isolation": r"read\ committed",  # a guard that has waited for its lock sees what was committed
    "idle_in_transaction_session_timeout": "15min",  # above any pause of a worker that still holds its prospect
    "lock_timeout": "0",  # a sender waits for its prospect; whoever does not says so
    "statement_timeout": "0",
    "client_encoding": "UTF8",
    "datestyle": "ISO",  # the only one in which the driver reads instants
}
_ENDS_TRANSACTIONS = 170_000  # the release since which a server can end a transaction, and with it the lock of a send


class BrokenReference(EngineError):
    """The change would leave a row that refers to nothing."""


class Database:
    """`url` is `sqlite:///path` or `postgresql://...`. `durable=False` trades fsync for speed: demos and tests."""

    def __init__(self, url: str, *, durable: bool = True, pool_size: int = 15) -> None:
        if not url.startswith(_KNOWN):
            shown = url.rsplit("@", maxsplit=1)[-1]  # no password in a message
            raise BadInput(f"{shown!r} is no database address; {_WRITE}")
        self.url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self.is_sqlite = self.url.startswith("sqlite")
        self._address = _parsed(self.url)
        self._mutex = threading.RLock()
        self._turnstile = Turnstile(self._address.database or "")
        if self.is_sqlite:
            self._writer = self._sqlite(durable=durable, begin="BEGIN IMMEDIATE", pool_size=1)
            self._reader = self._sqlite(durable=durable, begin="BEGIN", pool_size=pool_size)
        else:
            self._writer = self._reader = self._postgresql(pool_size)

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database."""
        name = self._address.database
        return Path(name) if self.is_sqlite and name else None

    @property
    def place(self) -> str:
        """For people: where it is, without user, password or options."""
        host, port, name = self._address.host, self._address.port, self._address.database
        return str(self.path) if self.is_sqlite else f"{host or 'local socket'}:{port or 5432}/{name or ''}"

    @property
    def kind(self) -> str:
        """For people: which database this is, and how SQLite keeps its journal."""
        return f"SQLite {sqlite3.sqlite_version}, journal {self.journal_mode}" if self.is_sqlite else "PostgreSQL"

    @property
    def journal_mode(self) -> str:
        return "WAL" if sqlite3.sqlite_version_info >= _SAFE_WAL else "TRUNCATE"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        if not self.is_sqlite:
            with self._writer.begin() as connection:
                yield connection
            return
        with self._mutex, self._turnstile.turn(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def remake(self) -> Iterator[Connection]:
        """A write in which SQLite may make a table anew that others refer to. Raises BrokenReference."""
        if not self.is_sqlite:
            with self.write() as connection:
                yield connection
            return
        with self._mutex, self._without_references(), self._turnstile.turn(), self._writer.begin() as connection:
            yield connection
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise BrokenReference

    @contextmanager
    def _without_references(self) -> Iterator[None]:
        """The pragma means nothing inside a transaction (sqlite.org/pragma.html#pragma_foreign_keys)."""
        raw = self._writer.raw_connection()
        try:
            raw.cursor().execute("PRAGMA foreign_keys=OFF")
            yield
        finally:
            raw.cursor().execute("PRAGMA foreign_keys=ON")
            raw.close()

    def check(self) -> None:
        """Raises Unreachable when nobody answers there, or the file is no database."""
        try:
            with self.read() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master" if self.is_sqlite else "SELECT 1")
        except DBAPIError as problem:
            said = str(problem.orig).strip().splitlines()[0]
            raise Unreachable(f"the database {self.place} cannot be used: {said}") from problem

    def close(self) -> None:
        self._turnstile.close()
        self._writer.dispose()
        self._reader.dispose()

    def _postgresql(self, pool_size: int) -> Engine:
        given = self._address.normalized_query.get("options", ())
        options = " ".join((*given, *(f"-c {name}={value}" for name, value in _SESSION.items())))
        made = create_engine(
            self.url, pool_size=pool_size, max_overflow=10, pool_pre_ping=True, connect_args={"options": options}
        )
        event.listen(made, "connect", _let_transactions_last)
        return made

    def _sqlite(self, *, durable: bool, begin: str, pool_size: int) -> Engine:
        cache = _WRITER_CACHE if pool_size == 1 else _READER_CACHE
        in_memory = self.path is None or str(self.path) == ":memory:"
        if in_memory:
            raise BadInput("an in-memory SQLite database cannot have a writer and readers; give it a file")
        made = create_engine(
            self.url,
            poolclass=StaticPool if pool_size == 1 else QueuePool,
            connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False, "isolation_level": None},
        )

        def on_connect(connection: Any, _record: Any) -> None:
            for pragma in self._pragmas(durable=durable, cache=cache):
                connection.execute(f"PRAGMA {pragma}")

        def on_begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        event.listen(made, "connect", on_connect)
        event.listen(made, "begin", on_begin)
        return made

    def _pragmas(self, *, durable: bool, cache: int) -> tuple[str, ...]:
        return (
            f"journal_mode={self.journal_mode if durable else 'MEMORY'}",
            f"synchronous={'FULL' if durable else 'OFF'}",
            "wal_autocheckpoint=20000",
            "foreign_keys=ON",
            f"cache_size=-{cache}",
            "temp_store=MEMORY",
        )


def _let_transactions_last(connection: Any, _record: Any) -> None:
    if connection.info.server_version >= _ENDS_TRANSACTIONS:
        connection.execute("SET transaction_timeout = 0")
        connection.commit()


def _parsed(url: str) -> URL:
    """What is wrong is told without the address: a part of the password might be taken for another."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise BadInput(f"the database address cannot be read; {_WRITE}, with a number as port") from None
    if "@" in (address.host or ""):
        raise BadInput("the user or password in the database address holds an @; write it as %40")
    return address
