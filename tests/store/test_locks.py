"""Whoever sends to a person holds them through the call; whoever stops them waits for its end."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engine.store import locks
from engine.store.database import Database
from engine.store.tables import prospect
from tests.support import rows
from tests.support.databases import on_sqlite
from tests.support.rows import NOW

UNTIL = NOW + timedelta(minutes=2)
_A_WHILE = 0.15  # long enough for a thread that does not wait to have finished
_LONG = 10


def _now() -> datetime:
    return NOW


@contextmanager
def _a_call(database: Database, prospect_id: int = 1, until: datetime = UNTIL) -> Iterator[None]:
    """A send whose call is under way while the block runs."""
    with locks.sending(database, prospect_id) as held:
        with held.guard() as connection:
            held.calling(connection, until)
        yield
        with held.record():
            pass


@contextmanager
def _meanwhile(act: Callable[[], None]) -> Iterator[threading.Thread]:
    """Runs `act` beside the block and sees it end."""
    thread = threading.Thread(target=act)
    thread.start()
    yield thread
    thread.join(_LONG)
    assert not thread.is_alive()


def _is_busy(database: Database, prospect_id: int = 1, now: datetime = NOW) -> bool:
    with database.write() as connection:
        return not locks.hold_free(connection, [prospect_id], now)


def _stop(database: Database, *people: int, then: Callable[[], None] = lambda: None) -> None:
    with locks.stopping(database, people, _now):
        then()


def test_a_stop_waits_for_a_send_under_way(database: Database, other: Database) -> None:
    story: list[str] = []
    call = _a_call(database)
    call.__enter__()
    with _meanwhile(lambda: _stop(other, 1, then=lambda: story.append("stopped"))) as stop:
        stop.join(_A_WHILE)
        assert stop.is_alive()
        story.append("call over")
        call.__exit__(None, None, None)
    assert story == ["call over", "stopped"]


def test_a_stop_of_somebody_else_does_not_wait(database: Database, other: Database) -> None:
    with database.write() as connection:
        rows.put(connection, "prospect", id=2)
    with _a_call(database, 2):
        _stop(other, 1)


def test_a_stop_of_several_people_waits_for_each_of_them(
    database: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "STOP_WAIT_SECONDS", 0.1)
    with database.write() as connection:
        rows.put(connection, "prospect", id=2)
    with _a_call(database, 2), pytest.raises(locks.ProspectBusy):
        _stop(other, 2, 1)


def test_a_stop_gives_up_by_name_when_the_call_takes_too_long(
    database: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "STOP_WAIT_SECONDS", 0.1)
    changed: list[str] = []
    with _a_call(database), pytest.raises(locks.ProspectBusy, match="under way"):
        _stop(other, 1, then=lambda: changed.append("stopped"))
    assert changed == []
    _stop(other, 1)


def test_a_guard_that_comes_second_sees_what_the_stop_committed(database: Database, other: Database) -> None:
    seen: list[str | None] = []

    def guard() -> None:
        with locks.sending(other, 1) as held, held.guard() as connection:
            seen.append(connection.execute(select(prospect.c.stage).where(prospect.c.id == 1)).scalar_one())

    with locks.stopping(database, [1], _now) as connection:
        thread = threading.Thread(target=guard)
        thread.start()
        thread.join(_A_WHILE)
        assert thread.is_alive()
        connection.execute(prospect.update().values(stage="do-not-contact"))
    thread.join(_LONG)
    assert seen == ["do-not-contact"]


def test_who_may_not_wait_is_told_at_once_that_a_person_is_held(database: Database, other: Database) -> None:
    with _a_call(database):
        assert _is_busy(other)
    assert not _is_busy(other)


def test_a_guard_after_which_no_call_follows_leaves_nothing_held(database: Database, other: Database) -> None:
    with locks.sending(database, 1) as held, held.guard():
        pass
    assert not _is_busy(other)


def test_a_sender_that_breaks_during_the_call_leaves_the_person_held_no_longer_than_its_lease(
    database: Database, other: Database
) -> None:
    with pytest.raises(ZeroDivisionError), _a_call(database):
        raise ZeroDivisionError
    assert not _is_busy(other, now=UNTIL)
    assert _is_busy(other, now=NOW) is database.is_sqlite  # PostgreSQL sees at once that the connection is gone


@on_sqlite  # on PostgreSQL the lock is the sender's own row lock, which nobody else can give back
def test_a_sender_that_comes_back_too_late_does_not_take_away_anothers_mark(
    database: Database, other: Database
) -> None:
    late = _a_call(database, until=NOW)
    late.__enter__()
    with _a_call(other, until=UNTIL):
        late.__exit__(None, None, None)
        assert _is_busy(other)


def test_tasks_and_events_for_a_held_person_can_still_be_stored(database: Database, other: Database) -> None:
    with _a_call(database), other.write() as connection:
        rows.put(connection, "event", id=2, dedupe_key="2")
        rows.put(connection, "task", id=2, touch_id=None)


def test_two_stops_of_the_same_people_in_any_order_do_not_block_each_other_for_ever(
    database: Database, other: Database
) -> None:
    with database.write() as connection:
        rows.put(connection, "prospect", id=2)
    done: list[str] = []

    def stop(mine: Database, *people: int) -> None:
        for _ in range(20):
            _stop(mine, *people, then=lambda: done.append(mine.url))

    with _meanwhile(lambda: stop(database, 1, 2)), _meanwhile(lambda: stop(other, 2, 1)):
        pass
    assert len(done) == 40


def test_thousands_of_people_are_held_at_once(database: Database) -> None:
    with locks.stopping(database, range(1, 40_001), _now) as connection:
        assert locks.hold_free(connection, range(1, 40_001), NOW) >= {1}
