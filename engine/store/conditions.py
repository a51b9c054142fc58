"""Conditions written out with their values: with bound ones SQLite cannot see that a partial index fits, and scans."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, bindparam, literal_column

from engine.core import enrollment as enrollments
from engine.core import task as tasks
from engine.core.task import TaskStatus
from engine.core.touch import TouchStatus
from engine.store.tables import enrollment, task, touch

STUCK = frozenset({TouchStatus.HELD, TouchStatus.IN_DOUBT, TouchStatus.QUARANTINED})


def literally_in(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """In the order in which the tables write them, so that the expression is the index's own."""
    return column.in_(bindparam(None, sorted(values), expanding=True, literal_execute=True))


IS_OPEN_TASK = literally_in(task.c.status, tasks.OPEN)
IS_LIVE_ENROLLMENT = literally_in(enrollment.c.status, enrollments.LIVE)


def literally(column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
    return column == literal_column(f"'{value}'")


IS_SCHEDULED_TOUCH = literally(touch.c.status, TouchStatus.SCHEDULED)
IS_SENDING_TOUCH = literally(touch.c.status, TouchStatus.SENDING)
IS_SNOOZED_TASK = literally(task.c.status, TaskStatus.SNOOZED)
IS_STUCK_TOUCH = literally_in(touch.c.status, STUCK)
