"""Due touches in a worker's hand: reserved in batches, given back, put off, or intended. Never in two hands at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, any_, bindparam, case, exists, func, select, update
from sqlalchemy.sql.dml import ReturningUpdate, Update

from engine.core.sequence import Verb
from engine.core.touch import TouchEvent, TouchStatus, advance
from engine.store.among import among
from engine.store.conditions import IS_SCHEDULED_TOUCH, IS_SENDING_TOUCH
from engine.store.connection import Connection, Record
from engine.store.tables import enrollment, touch

AUTOMATIC = tuple(verb.value for verb in Verb if verb.is_automatic)


def reserve_due(
    connection: Connection, *, worker: str, now: datetime, until: datetime, limit: int, automatic: bool
) -> list[Record]:
    """Marks up to `limit` due touches as mine until `until`; returns id, due_at and prospect_id, the longest due first.

    Two workers never get the same row (SKIP LOCKED); a reservation that ran out is offered again. Of a person's
    automatic touches one is given at a time. Where more work for people is due than that, those who are under way have
    theirs before new ones: their reps' days may be full then.
    """
    taken = _reserving(automatic=automatic, is_sqlite=connection.dialect.name == "sqlite")
    values = {"now": now, "limit": limit, "worker": worker, "until": until}
    rows = sorted(connection.execute(taken, values), key=lambda row: (row.due_at, row.id))
    return _one_a_person(connection, rows) if automatic else rows


@cache
def _reserving(*, automatic: bool, is_sqlite: bool) -> ReturningUpdate[Any]:
    now = bindparam("now", type_=touch.c.due_at.type)
    kind = touch.c.verb.in_(AUTOMATIC) if automatic else touch.c.verb.not_in(AUTOMATIC)
    free = (touch.c.reserved_until.is_(None)) | (touch.c.reserved_until <= now)
    all_due = select(touch.c.id).where(IS_SCHEDULED_TOUCH, touch.c.due_at <= now, kind, free)
    longest = (touch.c.due_at, touch.c.id)
    in_line = all_due.order_by(*longest) if automatic else _under_way_first(all_due, *longest)
    due = in_line.limit(bindparam("limit", type_=Integer)).with_for_update(of=touch, skip_locked=True)
    mine: ColumnElement[bool] = touch.c.id.in_(due)
    if not is_sqlite:  # IN (SELECT ... LIMIT) may be planned as a sequential scan
        mine = touch.c.id == any_(func.array(due.scalar_subquery()))
    reserved = {"reserved_by": bindparam("worker"), "reserved_until": bindparam("until", type_=touch.c.due_at.type)}
    return update(touch).where(mine).values(**reserved).returning(touch.c.id, touch.c.due_at, touch.c.prospect_id)


def _under_way_first(due: Select[Any], *order: Any) -> Select[Any]:
    """What has an hour of its own is nobody's first step that could wait."""
    day_one = select(enrollment.c.day_one).where(enrollment.c.id == touch.c.enrollment_id).scalar_subquery()
    is_new = case(
        ((touch.c.repeat == 0) & touch.c.respond_by.is_(None) & (touch.c.nominal_date == day_one), 1), else_=0
    )
    return due.order_by(is_new, *order)


def next_due(connection: Connection, now: datetime) -> datetime | None:
    """When the first of those that are not due yet falls due."""
    found: datetime | None = connection.execute(_NEXT_DUE, {"now": now}).scalar_one()
    return found


_NEXT_DUE = select(func.min(touch.c.due_at)).where(
    IS_SCHEDULED_TOUCH, touch.c.due_at > bindparam("now", type_=touch.c.due_at.type)
)


def _one_a_person(connection: Connection, rows: Sequence[Record]) -> list[Record]:
    """Everybody's first; the others are given back at once."""
    first: dict[int, Record] = {}
    for row in rows:
        first.setdefault(row.prospect_id, row)
    kept = {row.id for row in first.values()}
    give_back(connection, [row.id for row in rows if row.id not in kept])
    return list(first.values())


_FREE: dict[str, None] = {"reserved_by": None, "reserved_until": None}


def give_back(connection: Connection, ids: Sequence[int]) -> None:
    """Reserved a moment ago in this transaction, and not taken."""
    if ids:
        connection.execute(update(touch).where(among(touch.c.id, ids)).values(**_FREE))


def give_back_of(connection: Connection, prospect_id: int) -> None:
    """What is reserved of theirs is judged anew before it goes on."""
    theirs = (touch.c.prospect_id == prospect_id, touch.c.status == TouchStatus.SCHEDULED.value)
    connection.execute(update(touch).where(*theirs, touch.c.reserved_by.is_not(None)).values(**_FREE))


def give_back_all(connection: Connection, worker: str) -> None:
    mine = (touch.c.reserved_by == worker, touch.c.status == TouchStatus.SCHEDULED.value)
    connection.execute(update(touch).where(*mine).values(**_FREE))


def put_off(connection: Connection, later: Sequence[tuple[int, datetime, str]]) -> None:
    """Reserved touches move forward in time, each to its own instant and for its own reason, and are free again."""
    if later:
        moved = update(touch).where(touch.c.id == bindparam("one"), touch.c.status == TouchStatus.SCHEDULED.value)
        new = {"due_at": bindparam("until", type_=touch.c.due_at.type), "reason": bindparam("why")}
        rows = [{"one": one, "until": until, "why": why} for one, until, why in later]
        connection.execute(moved.values(**new, **_FREE), rows)


def roll(connection: Connection, later: Sequence[dict[str, Any]]) -> None:
    """Reserved work of people is planned anew, each touch (`one`) for its own reason (`why`), and is free again."""
    if later:
        moved = update(touch).where(touch.c.id == bindparam("one"), touch.c.status == TouchStatus.SCHEDULED.value)
        names = [name for name in later[0] if name not in ("one", "why")]
        new = {name: bindparam(f"new_{name}", type_=touch.c[name].type) for name in names}
        rows = [{"one": row["one"], "why": row["why"], **{f"new_{name}": row[name] for name in names}} for row in later]
        connection.execute(moved.values(reason=bindparam("why"), **new, **_FREE), rows)


def lay_by(
    connection: Connection, ids: Sequence[int], worker: str, until: datetime, *, reason: str | None = None
) -> None:
    """What this worker has reserved and cannot take further now is offered again from `until` on; as late as it is."""
    if ids:
        told = {"reserved_until": until} | ({"reason": reason} if reason else {})
        mine = (among(touch.c.id, ids), touch.c.reserved_by == worker)
        connection.execute(update(touch).where(*mine).values(**told))


def people_sent_to(connection: Connection, prospect_ids: Sequence[int]) -> frozenset[int]:
    """Those of the people to whom a send has begun and is not recorded yet."""
    return frozenset(connection.execute(_SENT_TO, {"ids": prospect_ids}).scalars())


_SENT_TO = select(touch.c.prospect_id).where(IS_SENDING_TOUCH, among(touch.c.prospect_id))


@dataclass(frozen=True, slots=True)
class Claim:
    """What an intent is made by: this worker, as this attempt, at this instant; it must be over at `lease_until`."""

    worker: str
    attempt: int
    now: datetime
    lease_until: datetime


def intend(connection: Connection, row: Record, claim: Claim) -> bool:
    """The write of an intent. False where the reservation is not the one under which the touch was read, the touch is
    not as it was read, or something is on its way to the person. A later reservation of the same worker is another
    judgement: what that one finds goes, not this.
    """
    status = advance(TouchStatus(row.status), TouchEvent.INTEND)
    read = {"one": row.id, "old": row.status, "person": row.prospect_id, "read": row.attempt}
    new = {"new": status.value, "next": claim.attempt, "until": claim.lease_until}
    mine = {"worker": claim.worker, "now": claim.now, "reserved": row.reserved_until}
    return bool(connection.execute(_INTEND, {**read, **new, **mine}).rowcount)


def _intending() -> Update:
    other, due = touch.alias(), touch.c.due_at.type
    under_way = exists().where(other.c.prospect_id == bindparam("person"), other.c.status == TouchStatus.SENDING.value)
    as_read = (
        touch.c.id == bindparam("one"),
        touch.c.status == bindparam("old"),
        touch.c.attempt == bindparam("read"),
        touch.c.reserved_by == bindparam("worker"),
        touch.c.reserved_until == bindparam("reserved", type_=due),
        touch.c.reserved_until > bindparam("now", type_=due),
    )
    values = {"status": bindparam("new"), "attempt": bindparam("next"), "lease_until": bindparam("until", type_=due)}
    emptied = dict.fromkeys(("reserved_by", "reserved_until", "reason", "detail", "ended_at"))
    return update(touch).where(*as_read, ~under_way).values(**values, **emptied)


_INTEND = _intending()
