"""I5: attempts grow, and whoever comes back with an old one changes nothing."""

from typing import Any

import pytest

from engine.core.enrollment import EnrollmentStatus
from engine.core.errors import Conflict, IllegalTransition
from engine.core.task import TaskEvent
from engine.core.touch import TouchEvent
from engine.store import cases, enrollments, reservations, tasks, touches
from engine.store.connection import Record
from engine.store.database import Database
from engine.store.tables import touch
from tests.support.rows import NOW

_LEASE = {"attempt": 1, "lease_until": NOW}


def _touch(database: Database) -> Record:
    with database.read() as connection:
        found = cases.one(connection, 1)
    assert found is not None
    return found


def _move(database: Database, row: Record, event: TouchEvent, **values: Any) -> bool:
    with database.write() as connection:
        return touches.move(connection, row, event, now=NOW, **values)


def test_a_move_from_the_state_that_was_read_is_made(database: Database) -> None:
    assert _move(database, _touch(database), TouchEvent.INTEND, **_LEASE)
    assert (_touch(database).status, _touch(database).attempt) == ("sending", 1)


def test_a_move_that_is_not_in_the_table_is_refused_before_it_reaches_the_database(database: Database) -> None:
    with pytest.raises(IllegalTransition):
        _move(database, _touch(database), TouchEvent.ACCEPT)


@pytest.mark.parametrize("late", [TouchEvent.ACCEPT, TouchEvent.DEFER, TouchEvent.REJECT, TouchEvent.DOUBT])
def test_a_stale_attempt_changes_nothing(database: Database, late: TouchEvent) -> None:
    _move(database, _touch(database), TouchEvent.INTEND, **_LEASE)
    first = _touch(database)
    _move(database, first, TouchEvent.DEFER)
    _move(database, _touch(database), TouchEvent.INTEND, attempt=2, lease_until=NOW)
    second = _touch(database)
    assert not _move(database, first, late)
    assert _touch(database) == second


def test_a_row_that_has_moved_on_is_left_as_it_is(database: Database) -> None:
    read_before = _touch(database)
    _move(database, read_before, TouchEvent.SKIP, reason="by_rep")
    assert not _move(database, read_before, TouchEvent.INTEND, **_LEASE)
    assert _touch(database).status == "skipped"


def test_postponing_touches_only_what_is_still_scheduled(database: Database) -> None:
    read_before = _touch(database)
    _move(database, read_before, TouchEvent.INTEND, **_LEASE)
    sending = _touch(database)
    with database.write() as connection:
        touches.postpone(connection, read_before, NOW, "outside_window")
    assert _touch(database) == sending


def test_still_in_gives_the_row_only_while_nobody_moved_it(database: Database) -> None:
    read_before = _touch(database)
    with database.write() as connection:
        assert cases.still_in(connection, read_before) == read_before
        touches.move(connection, read_before, TouchEvent.INTEND, now=NOW, **_LEASE)
        assert cases.still_in(connection, read_before) is None


def test_an_end_is_stamped_and_what_belonged_to_the_send_is_cleared(database: Database) -> None:
    with database.write() as connection:
        reservations.reserve_due(connection, worker="a", now=NOW, until=NOW, limit=1, automatic=True)
    _move(database, _touch(database), TouchEvent.INTEND, **_LEASE)
    _move(database, _touch(database), TouchEvent.ACCEPT)
    sent = _touch(database)
    kept = (sent.ended_at, sent.reserved_by, sent.reserved_until, sent.lease_until)
    assert kept == (NOW, None, None, None)


def test_the_earliest_instant_of_a_fact_stays(database: Database) -> None:
    with database.write() as connection:
        for later in (NOW, NOW.replace(hour=12), NOW.replace(hour=20)):
            touches.set_fact(connection, 1, touch.c.delivered_at.name, later)
    assert _touch(database).delivered_at == NOW.replace(hour=12)


def test_an_enrollment_that_has_moved_on_is_left_as_it_is(database: Database) -> None:
    with database.write() as connection:
        active = enrollments.one(connection, 1)
        end = {"end_reason": "manual", "ended_at": NOW}
        assert enrollments.move(connection, active, EnrollmentStatus.STOPPED, **end)
        assert not enrollments.move(connection, active, EnrollmentStatus.PAUSED)
        assert enrollments.one(connection, 1).status == "stopped"


def test_a_task_that_somebody_else_changed_is_a_conflict(database: Database) -> None:
    with database.write() as connection:
        read_before = tasks.one(connection, 1)
        tasks.move(connection, read_before, TaskEvent.SNOOZE, snoozed_until=NOW)
    with pytest.raises(Conflict, match="read it again"), database.write() as connection:
        tasks.move(connection, read_before, TaskEvent.COMPLETE, closed_at=NOW)


def test_a_snooze_that_is_over_ends_for_everybody_who_read_the_task_before(database: Database) -> None:
    with database.write() as connection:
        tasks.move(connection, tasks.one(connection, 1), TaskEvent.SNOOZE, snoozed_until=NOW)
        asleep = tasks.one(connection, 1)
        assert tasks.wake_due(connection, NOW, 10) == 1
        assert tasks.wake_due(connection, NOW, 10) == 0
        awake = tasks.one(connection, 1)
    assert (awake.status, awake.version, awake.snoozed_until) == ("open", asleep.version + 1, None)
