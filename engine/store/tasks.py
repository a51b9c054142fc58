"""The reps' tasks: opened in bulk, closed one at a time under an ETag."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from engine.core.errors import NotFound, Stale
from engine.core.task import OPEN, TaskEvent, TaskStatus, advance
from engine.store.conditions import IS_OPEN_TASK, IS_SNOOZED_TASK
from engine.store.connection import Connection, Record
from engine.store.tables import rep, task


def add_many(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(task), list(rows))


def add(connection: Connection, row: dict[str, Any]) -> int:
    return int(connection.execute(insert(task).values(**row).returning(task.c.id)).scalar_one())


def one(connection: Connection, task_id: int, *, lock: bool = False) -> Record:
    found = connection.execute(_ONE_LOCKED if lock else _ONE, {"one": task_id}).one_or_none()
    if found is None:
        raise NotFound(f"there is no task {task_id}", id=task_id)
    return found


_ONE = select(task).where(task.c.id == bindparam("one"))
_ONE_LOCKED = _ONE.with_for_update()


def of_touches(connection: Connection, touch_ids: Sequence[int]) -> list[Record]:
    wanted = select(task).where(task.c.touch_id.in_(touch_ids), IS_OPEN_TASK).order_by(task.c.id)
    return list(connection.execute(wanted))


def open_counts(connection: Connection) -> dict[int, int]:
    """How much every rep has to do, due or not; those with nothing are left out."""
    wanted = select(task.c.rep_id, func.count()).where(IS_OPEN_TASK).group_by(task.c.rep_id)
    return {rep_id: int(count) for rep_id, count in connection.execute(wanted)}


def settled_notices(connection: Connection, limit: int) -> list[Record]:
    """Open notices of late work that is not open any more."""
    late = task.alias()
    settled = (task.c.late_task_id.is_not(None), IS_OPEN_TASK, late.c.status.not_in(sorted(OPEN)))
    wanted = select(task).join(late, late.c.id == task.c.late_task_id).where(*settled)
    return list(connection.execute(wanted.order_by(task.c.late_task_id).limit(limit)))


def move(connection: Connection, row: Record, event: TaskEvent, **values: Any) -> None:
    """The write of a transition, guarded by the version that was read. Raises IllegalTransition or Stale."""
    status = advance(TaskStatus(row.status), event)
    where = (task.c.id == row.id, task.c.version == row.version)
    changed = update(task).where(*where).values(status=status.value, version=row.version + 1, **values)
    if not connection.execute(changed).rowcount:
        raise Stale(f"task {row.id} was changed by somebody else; read it again", id=row.id)


def reassign(connection: Connection, row: Record, rep_id: int) -> None:
    """A claim of whoever had it ends."""
    where = (task.c.id == row.id, task.c.version == row.version)
    status = TaskStatus(row.status)
    open_again = advance(status, TaskEvent.RELEASE) if status is TaskStatus.CLAIMED else status
    values = {"rep_id": rep_id, "status": open_again.value, "claimed_by": None, "claimed_until": None}
    changed = update(task).where(*where).values(version=row.version + 1, **values)
    if not connection.execute(changed).rowcount:
        raise Stale(f"task {row.id} was changed by somebody else; read it again", id=row.id)


def reclaim(connection: Connection, row: Record, **lease: Any) -> None:
    """Takes or renews the claim; a claim that ran out is taken over."""
    if row.status == TaskStatus.CLAIMED.value:
        where = (task.c.id == row.id, task.c.version == row.version)
        connection.execute(update(task).where(*where).values(version=row.version + 1, **lease))
        return
    move(connection, row, TaskEvent.CLAIM, **lease)


def set_values(connection: Connection, task_id: int, **values: Any) -> None:
    connection.execute(update(task).where(task.c.id == task_id).values(**values))


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Only for the undo of the outcome that opened them a moment ago."""
    connection.execute(delete(task).where(task.c.id.in_(ids)))


def wake_due(connection: Connection, now: datetime, limit: int) -> int:
    """Tasks whose snooze is over are back in the queue. What somebody is changing just now is left to them."""
    status = advance(TaskStatus.SNOOZED, TaskEvent.WAKE)
    over = select(task.c.id).where(IS_SNOOZED_TASK, task.c.snoozed_until <= now)
    ids = list(
        connection.execute(
            over.order_by(task.c.snoozed_until, task.c.id).limit(limit).with_for_update(skip_locked=True)
        ).scalars()
    )
    if ids:
        woken = {"status": status.value, "version": task.c.version + 1, "snoozed_until": None}
        connection.execute(update(task).where(task.c.id.in_(ids)).values(**woken))
    return len(ids)


def due_of_rep(connection: Connection, rep_id: int, now: datetime) -> list[Record]:
    """A rep's open tasks that are due: one range of one index."""
    mine = (task.c.rep_id == rep_id, IS_OPEN_TASK, task.c.status != TaskStatus.SNOOZED.value, task.c.due_at <= now)
    return list(connection.execute(select(task).where(*mine)))


def open_due(connection: Connection, now: datetime, limit: int = 10_000) -> list[Record]:
    """Every rep's, oldest due first; with the rep's key."""
    mine = (IS_OPEN_TASK, task.c.status != TaskStatus.SNOOZED.value, task.c.due_at <= now)
    wanted = select(task, rep.c.key.label("rep_key")).select_from(task.join(rep)).where(*mine)
    return list(connection.execute(wanted.order_by(task.c.due_at, task.c.id).limit(limit)))


def open_of_prospect(connection: Connection, prospect_id: int) -> list[Record]:
    return list(
        connection.execute(select(task).where(task.c.prospect_id == prospect_id, IS_OPEN_TASK).order_by(task.c.id))
    )


def newest_id(connection: Connection, prospect_id: int) -> int:
    wanted = select(func.coalesce(func.max(task.c.id), 0)).where(task.c.prospect_id == prospect_id)
    return int(connection.execute(wanted).scalar_one())


def newer_than(connection: Connection, prospect_id: int, task_id: int) -> list[Record]:
    mine = (task.c.prospect_id == prospect_id, task.c.id > task_id)
    return list(connection.execute(select(task).where(*mine).order_by(task.c.id)))
