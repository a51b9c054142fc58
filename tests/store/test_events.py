"""A fact from outside is stored once by its provider's key, and applied once."""

import threading
import time
from typing import Any

from engine.store import events
from engine.store.database import Database
from tests.support.rows import NOW


def _store(database: Database, key: str, *, provider: str = "api", pause: float = 0, **values: Any) -> tuple[int, bool]:
    given = {"kind": "replied", "prospect_id": 1, "at": NOW, "received_at": NOW} | values
    with database.write() as connection:
        row, is_new = events.store(connection, provider=provider, dedupe_key=key, **given)
        time.sleep(pause)
        return row.id, is_new


def test_the_same_key_of_a_provider_is_the_same_fact_and_the_first_body_stays(database: Database) -> None:
    first, is_new = _store(database, "a", body={"text": "first"})
    again, is_new_again = _store(database, "a", body={"text": "second"})
    assert (is_new, is_new_again, again) == (True, False, first)
    with database.read() as connection:
        assert events.one(connection, first).body == {"text": "first"}


def test_another_provider_may_use_the_same_key(database: Database) -> None:
    assert _store(database, "a", provider="twilio")[0] != _store(database, "a", provider="sendgrid")[0]


def test_a_fact_that_two_processes_hear_at_once_is_stored_once(database: Database, other: Database) -> None:
    heard: list[tuple[int, bool]] = []
    first = threading.Thread(target=lambda: heard.append(_store(database, "a", pause=0.2)))
    second = threading.Thread(target=lambda: heard.append(_store(other, "a", pause=0.2)))
    first.start()
    second.start()
    first.join()
    second.join()
    assert sorted(is_new for _, is_new in heard) == [False, True]
    assert len({event_id for event_id, _ in heard}) == 1


def test_a_fact_is_applied_once(database: Database) -> None:
    stored, _ = _store(database, "a")
    with database.write() as connection:
        assert stored in events.unapplied(connection, 10)
        assert events.mark_applied(connection, stored, NOW)
        assert not events.mark_applied(connection, stored, NOW)
        assert stored not in events.unapplied(connection, 10)
