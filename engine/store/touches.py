"""The schedulable rows: reserved in batches, moved by conditional updates, never twice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.sql.dml import Update

from engine.core.enrollment import EnrollmentStatus
from engine.core.schedule import PlannedTouch
from engine.core.sequence import Verb
from engine.core.touch import OPEN, TERMINAL, TouchEvent, TouchStatus, advance
from engine.store.among import among
from engine.store.conditions import IS_SENDING_TOUCH
from engine.store.connection import Connection, Record
from engine.store.tables import enrollment, message, touch

_OPEN = touch.c.status.in_(sorted(OPEN))


def planned_row(planned: PlannedTouch, enrollment_id: int, prospect_id: int) -> dict[str, Any]:
    held = planned.hold is not None
    return {
        "enrollment_id": enrollment_id,
        "prospect_id": prospect_id,
        "step": planned.step,
        "repeat": planned.repeat,
        "lane": planned.lane,
        "verb": planned.verb.value,
        "status": TouchStatus.HELD.value if held else TouchStatus.SCHEDULED.value,
        "reason": planned.hold.value if planned.hold is not None else None,
        "nominal_date": planned.nominal_date,
        "due_date": planned.due_date,
        "due_at": planned.due_at,
        "callable_from": planned.callable_from,
        "callable_until": planned.callable_until,
        "late_at": planned.late_at,
        "respond_by": planned.respond_by,
        "is_promised": False,
    }


def add_many(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(touch), list(rows))


def add(connection: Connection, row: dict[str, Any]) -> int:
    return int(connection.execute(insert(touch).values(**row).returning(touch.c.id)).scalar_one())


def add_voicemail(connection: Connection, call: Record, now: datetime) -> None:
    """Left within that call: its step's next repeat, done at once."""
    kept = ("enrollment_id", "prospect_id", "step", "lane", "nominal_date", "due_date", "due_at")
    mine = (touch.c.enrollment_id == call.enrollment_id, touch.c.step == call.step)
    repeat = connection.execute(select(func.max(touch.c.repeat) + 1).where(*mine)).scalar_one()
    row = {name: getattr(call, name) for name in kept}
    done = {"verb": Verb.VOICEMAIL.value, "status": TouchStatus.DONE.value, "outcome": "sent", "ended_at": now}
    connection.execute(insert(touch).values(**row, **done, repeat=repeat))


_OF_ENROLLMENTS = select(touch).where(among(touch.c.enrollment_id)).order_by(touch.c.id)


def of_enrollments(connection: Connection, ids: Sequence[int]) -> dict[int, list[Record]]:
    found: dict[int, list[Record]] = defaultdict(list)
    for row in connection.execute(_OF_ENROLLMENTS, {"ids": ids}):
        found[row.enrollment_id].append(row)
    return found


def last_message_before(connection: Connection, ids: Sequence[int]) -> dict[int, Record]:
    """For each enrollment its latest touch that reached out: step, verb, ended_at, and the subject of a mail."""
    return {row.enrollment_id: row for row in connection.execute(_REACHED, {"ids": ids})}


def _reached() -> Select[Any]:
    joined = touch.outerjoin(message, message.c.touch_id == touch.c.id)
    columns = (touch.c.enrollment_id, touch.c.step, touch.c.verb, touch.c.ended_at, message.c.subject)
    reached = touch.c.status.in_(("sent", "done")) & among(touch.c.enrollment_id)
    return select(*columns).select_from(joined).where(reached).order_by(touch.c.ended_at, touch.c.id)


_REACHED = _reached()


def move(connection: Connection, row: Record, event: TouchEvent, *, now: datetime, **values: Any) -> bool:
    """The write of a transition, guarded by (id, attempt, status); False when the row is not as it was read.

    Clears the reservation and, on a terminal state, stamps `ended_at`. Raises IllegalTransition.
    """
    status = advance(TouchStatus(row.status), event)
    values = {"status": status.value, "reserved_by": None, "reserved_until": None, **values}
    values["ended_at"] = now if status in TERMINAL else None
    if status is not TouchStatus.SENDING:
        values.setdefault("lease_until", None)
    read = {"one": row.id, "old": row.status, "read": row.attempt}
    moving = _moving(tuple(sorted(values)))
    return bool(connection.execute(moving, {**read, **{f"new_{name}": values[name] for name in values}}).rowcount)


def release_as(connection: Connection, row: Record, planned: PlannedTouch, *, now: datetime) -> bool:
    """A held touch goes on at the time that it would be planned for today."""
    new = planned_row(planned, row.enrollment_id, row.prospect_id)
    times = {name: new[name] for name in _TIMES}
    return move(connection, row, TouchEvent.RELEASE, now=now, reason=None, detail=None, **times)


_TIMES = ("nominal_date", "due_date", "due_at", "callable_from", "callable_until", "late_at", "respond_by")


@cache
def _moving(names: tuple[str, ...]) -> Update:
    """Built once for the same columns: building a statement costs more than running it."""
    as_read = (
        touch.c.id == bindparam("one"),
        touch.c.status == bindparam("old"),
        touch.c.attempt == bindparam("read"),
    )
    return update(touch).where(*as_read).values({name: bindparam(f"new_{name}") for name in names})


def postpone(connection: Connection, row: Record, until: datetime, reason: str, *, worker: str | None = None) -> None:
    """Still scheduled, later: a touch that must wait moves forward in time and says why. With a `worker` only while it
    is reserved by that one: else somebody has decided meanwhile when it is due.
    """
    where = [touch.c.id == row.id, touch.c.status == TouchStatus.SCHEDULED.value, touch.c.attempt == row.attempt]
    where += [touch.c.reserved_by == worker] if worker is not None else []
    values = {"due_at": until, "reason": reason, "reserved_by": None, "reserved_until": None}
    connection.execute(update(touch).where(*where).values(**values))


def move_many(connection: Connection, ids: Sequence[int], old: TouchStatus, event: TouchEvent, **values: Any) -> None:
    """One transition for many rows that are all in the same state."""
    status = advance(old, event)
    where = (among(touch.c.id, ids), touch.c.status == old.value)
    row = {"status": status.value, "reserved_by": None, "reserved_until": None, **values}
    connection.execute(update(touch).where(*where).values(**row))


def set_deadlines(connection: Connection, touch_id: int, **values: datetime | None) -> None:
    """`callable_from`, `callable_until`, `late_at` of a touch that is in somebody's queue."""
    connection.execute(update(touch).where(touch.c.id == touch_id).values(**values))


def open_of(connection: Connection, enrollment_id: int) -> list[Record]:
    wanted = select(touch).where(touch.c.enrollment_id == enrollment_id, _OPEN).order_by(touch.c.id)
    return list(connection.execute(wanted))


def set_fact(connection: Connection, touch_id: int, fact: str, at: datetime) -> None:
    """A monotone fact (`delivered_at`, `replied_at`, ...): the earliest instant stays."""
    column = touch.c[fact]
    where = (touch.c.id == touch_id, (column.is_(None)) | (column > at))
    connection.execute(update(touch).where(*where).values({fact: at}))


def by_message_id(connection: Connection, message_id: str) -> Record | None:
    joined = message.join(touch, touch.c.id == message.c.touch_id)
    wanted = select(touch, message.c.recipient).select_from(joined).where(message.c.message_id == message_id)
    return connection.execute(wanted).one_or_none()


def overdue_leases(connection: Connection, now: datetime) -> list[Record]:
    wanted = select(touch).where(IS_SENDING_TOUCH, touch.c.lease_until <= now)
    return list(connection.execute(wanted.order_by(touch.c.lease_until, touch.c.id)))


def too_late(connection: Connection, now: datetime, limit: int) -> list[Record]:
    """Queued touches whose `if_late` has run out; a pause is no lateness."""
    is_active = enrollment.c.status == EnrollmentStatus.ACTIVE.value
    late = (touch.c.status == TouchStatus.QUEUED.value, touch.c.late_at <= now, is_active)
    wanted = select(touch).join(enrollment, enrollment.c.id == touch.c.enrollment_id).where(*late)
    return list(connection.execute(wanted.order_by(touch.c.late_at, touch.c.id).limit(limit)))


def newest_id(connection: Connection, prospect_id: int) -> int:
    wanted = select(func.coalesce(func.max(touch.c.id), 0)).where(touch.c.prospect_id == prospect_id)
    return int(connection.execute(wanted).scalar_one())


def newer_than(connection: Connection, prospect_id: int, touch_id: int) -> list[Record]:
    mine = (touch.c.prospect_id == prospect_id, touch.c.id > touch_id)
    return list(connection.execute(select(touch).where(*mine).order_by(touch.c.id)))


def restore(connection: Connection, touch_id: int, *, status: str, reason: str | None, detail: str | None) -> None:
    """Puts back what an outcome cancelled a moment ago."""
    row = {"status": status, "reason": reason, "detail": detail, "ended_at": None}
    connection.execute(update(touch).where(touch.c.id == touch_id).values(**row))


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Only for the undo of the outcome that planned them a moment ago."""
    connection.execute(delete(touch).where(touch.c.id.in_(ids)))


def with_outcomes(connection: Connection, enrollment_ids: Sequence[int], outcomes: Iterable[str]) -> list[Record]:
    """The touches of these enrollments that ended with one of these outcomes: `enrollment_id`, `verb`, `outcome`."""
    return list(connection.execute(_WITH_OUTCOMES, {"ids": enrollment_ids, "words": sorted(outcomes)}))


_WITH_OUTCOMES = select(touch.c.enrollment_id, touch.c.verb, touch.c.outcome).where(
    among(touch.c.enrollment_id), touch.c.outcome.in_(bindparam("words", expanding=True))
)
