"""Signs of life of workers, also of those who begin together."""

import threading

from engine.store import heartbeats
from engine.store.database import Database
from tests.support.rows import NOW

_LONG = 10


def test_two_processes_may_begin_as_one_worker_at_the_same_moment(database: Database, other: Database) -> None:
    problems: list[Exception] = []

    def begin_too() -> None:
        try:
            with other.write() as connection:
                heartbeats.beat(connection, "twin", NOW)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the test tells it
            problems.append(problem)

    with database.write() as connection:
        heartbeats.beat(connection, "twin", NOW)
        second = threading.Thread(target=begin_too)
        second.start()
        second.join(0.15)  # it finds no row yet, and waits for ours
    second.join(_LONG)
    assert (second.is_alive(), problems) == (False, [])


def test_whoever_takes_webhooks_is_no_sender(database: Database) -> None:
    with database.write() as connection:
        sender = heartbeats.last_beat(connection)
        heartbeats.beat(connection, heartbeats.WEB, NOW)
    with database.read() as connection:
        assert heartbeats.listening_since(connection) == NOW
        assert heartbeats.last_beat(connection) == sender
