import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from engine.store import enrollments, reservations
from engine.store.database import Database
from tests.support import rows
from tests.support.databases import on_postgresql
from tests.support.rows import NOW, TODAY

_MINUTE = timedelta(minutes=1)


def _reserve(
    database: Database, worker: str = "a", *, now: datetime = NOW, limit: int = 500, automatic: bool = True
) -> list[int]:
    with database.write() as connection:
        due = reservations.reserve_due(
            connection, worker=worker, now=now, until=now + _MINUTE, limit=limit, automatic=automatic
        )
    return [row.id for row in due]


def _add_people(database: Database, count: int) -> None:
    """Each with an enrollment and a mail that is due."""
    with database.write() as connection:
        for one in range(2, count + 1):
            rows.put(connection, "prospect", id=one)
            rows.put(connection, "enrollment", id=one, prospect_id=one)
            rows.put(connection, "touch", id=one, enrollment_id=one, prospect_id=one)


def test_what_is_due_is_given_once(database: Database) -> None:
    assert _reserve(database) == [1]
    assert _reserve(database, "b") == []


def test_what_is_not_due_yet_is_not_given(database: Database) -> None:
    assert _reserve(database, now=NOW - timedelta(microseconds=1)) == []


def test_a_reservation_that_ran_out_is_offered_again_and_not_a_moment_earlier(database: Database) -> None:
    _reserve(database)
    assert _reserve(database, "b", now=NOW + _MINUTE - timedelta(microseconds=1)) == []
    assert _reserve(database, "b", now=NOW + _MINUTE) == [1]


def test_what_was_laid_by_is_offered_again_sooner_but_only_by_its_owner(database: Database) -> None:
    _reserve(database)
    soon = NOW + timedelta(seconds=5)
    with database.write() as connection:
        reservations.lay_by(connection, [1], "b", NOW)
        reservations.lay_by(connection, [1], "a", soon)
    assert _reserve(database, "b") == []
    assert _reserve(database, "b", now=soon) == [1]


def test_people_and_machines_are_given_different_touches(database: Database) -> None:
    with database.write() as connection:
        rows.put(connection, "touch", id=2, step="call", lane="phone", verb="call")
    assert _reserve(database, automatic=False) == [2]
    assert _reserve(database, automatic=True) == [1]


def test_the_longest_due_is_given_first(database: Database) -> None:
    with database.write() as connection:
        rows.put(connection, "prospect", id=2)
        rows.put(connection, "enrollment", id=2, prospect_id=2)
        rows.put(connection, "touch", id=2, enrollment_id=2, prospect_id=2, due_at=NOW - _MINUTE)
    assert _reserve(database, limit=1) == [2]
    assert _reserve(database, limit=1) == [1]


def test_of_work_for_people_that_of_new_ones_is_given_last_unless_it_has_an_hour(database: Database) -> None:
    call = {"step": "call", "lane": "phone", "verb": "call"}
    lines: list[dict[str, Any]] = [
        {}, {"nominal_date": TODAY + timedelta(days=1)}, {"repeat": 1}, {"respond_by": NOW},
    ]  # fmt: skip
    with database.write() as connection:
        for one, values in enumerate(lines, 2):
            rows.put(connection, "prospect", id=one)
            rows.put(connection, "enrollment", id=one, prospect_id=one)
            rows.put(connection, "touch", id=one, enrollment_id=one, prospect_id=one, **call, **values)
    given = [_reserve(database, limit=1, automatic=False) for _ in range(4)]
    assert given == [[3], [4], [5], [2]]


def test_of_one_person_one_send_is_given_at_a_time_and_the_other_stays_free(database: Database) -> None:
    with database.write() as connection:
        rows.put(connection, "touch", id=2, step="@ack", lane="extra:1")
    assert _reserve(database) == [1]
    assert _reserve(database, "b") == [2]


@pytest.mark.parametrize("limit", [3, 20])
def test_two_workers_at_once_share_the_rows_and_get_none_twice(database: Database, other: Database, limit: int) -> None:
    _add_people(database, 60)
    given: list[int] = []
    both_ready = threading.Barrier(2)

    def work(mine: Database, name: str) -> None:
        both_ready.wait()
        while ids := _reserve(mine, name, limit=limit):
            given.extend(ids)

    workers = [threading.Thread(target=work, args=pair) for pair in ((database, "a"), (other, "b"))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Counter(given) == Counter(range(1, 61))


@on_postgresql  # elsewhere there is one writer at a time
def test_a_tick_that_gives_a_touch_back_does_not_wait_for_the_stop_of_its_person(
    database: Database, other: Database
) -> None:
    """It would hold the touches which that stop is about to cancel: each would wait for the other."""
    with database.write() as connection:
        rows.put(connection, "touch", id=2, step="@ack", lane="extra:1")
    with other.write() as stop, database.write() as connection:
        assert enrollments.live_of(stop, [1])
        connection.execute(text("SET LOCAL lock_timeout = 500"))
        reservations.reserve_due(connection, worker="a", now=NOW, until=NOW + _MINUTE, limit=500, automatic=True)
