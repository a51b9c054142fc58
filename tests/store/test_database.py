import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from engine.core.errors import BadInput
from engine.store import plans
from engine.store.database import Database
from engine.store.tables import prospect
from tests.support.databases import on_postgresql, on_sqlite


def _pragma(database: Database, name: str) -> Any:
    with database.write() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar_one()


@pytest.mark.parametrize(
    ("version", "mode"), [((3, 40, 1), "TRUNCATE"), ((3, 51, 2), "TRUNCATE"), ((3, 51, 3), "WAL"), ((3, 52, 0), "WAL")]
)
def test_the_journal_is_the_one_that_this_sqlite_keeps_safely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], mode: str
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    database = Database(f"sqlite:///{tmp_path / 'one.db'}")
    assert database.journal_mode == mode
    assert _pragma(database, "journal_mode").upper() == mode
    database.close()


def test_what_sqlite_has_committed_is_on_the_disk(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'one.db'}")
    assert _pragma(database, "synchronous") == 2
    assert _pragma(database, "foreign_keys") == 1
    database.close()


def test_sqlite_in_memory_is_refused_with_advice() -> None:
    with pytest.raises(BadInput, match="give it a file"):
        Database("sqlite:///:memory:")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://nobody:much@secret@127.0.0.1:1/x", "holds an @; write it as %40"),
        ("postgresql://nobody:secret:1/x", "a number as port"),
    ],
)
def test_an_address_that_cannot_be_read_is_told_without_the_password(url: str, told: str) -> None:
    with pytest.raises(BadInput, match=told) as refused:
        Database(url)
    assert "secret" not in str(refused.value)


def test_where_a_database_is_can_be_shown(tmp_path: Path) -> None:
    assert Database(f"sqlite:///{tmp_path}/x.db").place == f"{tmp_path}/x.db"
    assert Database("postgresql://ana:secret@db.example/x?password=secret").place == "db.example:5432/x"


def test_a_block_that_raises_changes_nothing(database: Database) -> None:
    with suppress(ZeroDivisionError), database.write() as connection:
        connection.execute(prospect.update().values(stage="cold"))
        raise ZeroDivisionError
    with database.read() as connection:
        assert connection.execute(select(prospect.c.stage)).scalar_one() is None


@on_sqlite
def test_a_sqlite_write_begins_by_keeping_every_other_process_out(database: Database) -> None:
    assert database.path is not None
    with database.write():  # nothing written yet
        stranger = sqlite3.connect(database.path, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            stranger.execute("BEGIN IMMEDIATE")
        stranger.close()


@on_sqlite
def test_threads_of_one_process_write_one_after_the_other(database: Database) -> None:
    inside: list[int] = []
    most: list[int] = []

    def write() -> None:
        for _ in range(20):
            with database.write() as connection:
                inside.append(1)
                most.append(len(inside))
                connection.execute(select(prospect.c.id)).all()
                inside.pop()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 80


def test_readers_see_what_was_committed_while_somebody_writes(database: Database) -> None:
    with database.write() as connection:
        connection.execute(prospect.update().values(stage="cold"))
        with database.read() as reader:
            assert reader.execute(select(prospect.c.stage)).scalar_one() is None


@on_sqlite
def test_a_write_within_a_write_is_refused_on_sqlite_rather_than_hung(database: Database) -> None:
    with pytest.raises(OperationalError, match="within a transaction"), database.write(), database.write():
        pass


@on_postgresql
def test_postgresql_gives_up_a_lost_senders_transaction_after_fifteen_minutes(database: Database) -> None:
    with database.read() as connection:
        assert connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one() == "15min"
        assert connection.execute(text("SHOW timezone")).scalar_one() == "UTC"


@on_postgresql
def test_the_promises_do_not_hang_on_the_servers_defaults(database: Database) -> None:
    with database.write() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
        known = set(connection.exec_driver_sql("SELECT lower(name) FROM pg_settings").scalars())
        expected = {one: holds for one, (_, holds) in _RESTING_ON.items() if one in known}
        for setting in expected:
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET {setting} = {_RESTING_ON[setting][0]}')
    later = Database(database.url)
    with later.read() as connection:
        kept = {one: connection.exec_driver_sql(f"SHOW {one}").scalar_one() for one in expected}
    later.close()
    assert kept == expected


# What a server may have instead, and what holds. Before release 17 there is no `transaction_timeout`.
_RESTING_ON = {
    "synchronous_commit": ("off", "on"),
    "default_transaction_isolation": ("'repeatable read'", "read committed"),
    "lock_timeout": ("'1ms'", "0"),
    "statement_timeout": ("'1s'", "0"),
    "transaction_timeout": ("'1s'", "0"),
    "client_encoding": ("'LATIN1'", "UTF8"),
    "datestyle": ("'German'", "ISO, MDY"),
}


@on_postgresql
def test_what_the_address_asks_of_the_server_holds_too(database: Database) -> None:
    joint = "&" if "?" in database.url else "?"
    later = Database(f"{database.url}{joint}options=-c%20search_path%3Delsewhere")
    with later.read() as connection:
        assert connection.exec_driver_sql("SHOW search_path").scalar_one() == "elsewhere"
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
    later.close()


def test_the_kill_switch_is_seen_by_every_process_at_its_commit(database: Database, other: Database) -> None:
    with other.read() as connection:
        assert plans.is_sending(connection)
    with database.write() as connection:
        plans.set_sending(connection, is_on=False)
    with other.read() as connection:
        assert not plans.is_sending(connection)


@on_sqlite  # PostgreSQL locks rows
def test_who_waits_to_write_is_next_however_busy_another_process_writes(database: Database, other: Database) -> None:
    written, is_over = [0], threading.Event()

    def write_without_a_pause() -> None:
        while not is_over.is_set():
            with other.write() as connection:
                plans.set_sending(connection, is_on=True)
                time.sleep(0.005)
            written[0] += 1

    busy = threading.Thread(target=write_without_a_pause)
    busy.start()
    waited = []
    for _ in range(20):
        before = written[0]
        with database.write():
            waited.append(written[0] - before)
    is_over.set()
    busy.join()
    assert max(waited) <= 2
