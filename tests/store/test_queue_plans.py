"""The reads of every screen and of every tick stay on their indexes, however large the tables grow."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from engine.core.touch import TouchStatus
from engine.store import doubts, enrollments, events, migrations, queue, tasks, touches
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.tables import metadata

NOW = datetime(2026, 3, 4, 15, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path}/plans.db", durable=False)
    migrations.upgrade(made)
    with made.write() as connection:
        connection.exec_driver_sql("ANALYZE")
        for table in metadata.tables:
            counted = (table, None, "1000000")
            connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", counted)
    made.close()  # a new connection reads what is known of the tables: a million rows in each
    yield made
    made.close()


@pytest.mark.parametrize(
    ("read", "index"),
    [
        (lambda c: queue.due(c, 1, NOW), "ix_task_queue"),
        (lambda c: queue.recent_clicks(c, 1, NOW), "ix_touch_clicked"),
        (lambda c: queue.closed_since(c, 1, NOW), "ix_task_closed"),
        (lambda c: queue.stuck(c, [TouchStatus.IN_DOUBT], rep_id=None), "ix_touch_stuck"),
        (lambda c: queue.stuck(c, [TouchStatus.HELD], rep_id=1), "ix_touch_stuck"),
        (lambda c: touches.overdue_leases(c, NOW), "ix_touch_lease"),
        (lambda c: touches.too_late(c, NOW, 500), "ix_touch_late"),
        (lambda c: doubts.due(c, NOW, 500), "ix_doubt_ask_at"),
        (lambda c: tasks.wake_due(c, NOW, 500), "ix_task_snoozed"),
        (lambda c: tasks.settled_notices(c, 500), "ix_task_notice"),
        (lambda c: enrollments.pauses_over(c, NOW, 500), "ix_pause_resume"),
        (lambda c: events.unapplied(c, 500), "ix_event_unapplied"),
    ],
)
def test_a_read_uses_its_index_and_scans_nothing(
    database: Database, read: Callable[[Connection], Any], index: str
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    with database.read() as connection:
        event.listen(connection, "before_cursor_execute", note)
        read(connection)
        statement, parameters = asked[-1]
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert any(index in step for step in plan), plan
    assert not [step for step in plan if step.startswith("SCAN") and "USING INDEX" not in step], plan
