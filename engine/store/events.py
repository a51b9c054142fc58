"""Inbound facts: stored once by their provider's id, applied once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from engine.store.among import among
from engine.store.connection import Connection, Record
from engine.store.inserting import insert_unless_there
from engine.store.tables import event


def store(connection: Connection, *, provider: str, dedupe_key: str, **values: Any) -> tuple[Record, bool]:
    """The row, and whether it is new. `values`: kind, prospect_id, enrollment_id, touch_id, at, received_at, body."""
    row = {"provider": provider, "dedupe_key": dedupe_key, **values}
    made = insert_unless_there(connection, event, row, unique=("provider", "dedupe_key"))
    if made is not None:
        return made, True
    known = select(event).where(event.c.provider == provider, event.c.dedupe_key == dedupe_key)
    return connection.execute(known).one(), False


def one(connection: Connection, event_id: int) -> Record:
    return connection.execute(select(event).where(event.c.id == event_id)).one()


def mark_applied(connection: Connection, event_id: int, now: datetime) -> bool:
    """False when it was applied before."""
    where = (event.c.id == event_id, event.c.applied_at.is_(None))
    return bool(connection.execute(update(event).where(*where).values(applied_at=now)).rowcount)


def unapplied(connection: Connection, limit: int) -> list[int]:
    wanted = select(event.c.id).where(event.c.applied_at.is_(None)).order_by(event.c.id).limit(limit)
    return list(connection.execute(wanted).scalars())


def people_who_wait(connection: Connection, prospect_ids: Collection[int]) -> set[int]:
    """Those of whom a fact is stored and not applied yet."""
    waiting = select(event.c.prospect_id).where(among(event.c.prospect_id, prospect_ids), event.c.applied_at.is_(None))
    return set(connection.execute(waiting).scalars())


def of_prospect(connection: Connection, prospect_id: int, limit: int = 50) -> list[Record]:
    mine = select(event).where(event.c.prospect_id == prospect_id).order_by(event.c.at.desc(), event.c.id.desc())
    return list(connection.execute(mine.limit(limit)))


def last_of(connection: Connection, prospect_id: int, kind: str) -> Record | None:
    mine = (event.c.prospect_id == prospect_id, event.c.kind == kind, event.c.applied_at.is_not(None))
    latest = select(event).where(*mine).order_by(event.c.at.desc(), event.c.id.desc()).limit(1)
    return connection.execute(latest).one_or_none()


def latest(connection: Connection, prospect_ids: Collection[int], kinds: Iterable[str]) -> dict[int, list[Record]]:
    """The last of each kind, by person."""
    theirs = (
        among(event.c.prospect_id, prospect_ids),
        event.c.kind.in_(sorted(kinds)),
        event.c.applied_at.is_not(None),
    )
    found: dict[tuple[int, str], Record] = {}
    for row in connection.execute(select(event).where(*theirs).order_by(event.c.at, event.c.id)):
        found[row.prospect_id, row.kind] = row
    by_person: dict[int, list[Record]] = defaultdict(list)
    for (person, _), row in found.items():
        by_person[person].append(row)
    return by_person


def of_kind(connection: Connection, prospect_id: int, kind: str) -> list[Record]:
    """The oldest first."""
    mine = (event.c.prospect_id == prospect_id, event.c.kind == kind)
    return list(connection.execute(select(event).where(*mine).order_by(event.c.at, event.c.id)))


def instants_of(connection: Connection, prospect_id: int, kind: str) -> list[datetime]:
    """When facts of this kind happened, the oldest first."""
    mine = (event.c.prospect_id == prospect_id, event.c.kind == kind)
    return list(connection.execute(select(event.c.at).where(*mine).order_by(event.c.at)).scalars())


def has_any_after(connection: Connection, prospect_ids: Sequence[int], kinds: Iterable[str], after: datetime) -> bool:
    """Whether one of these kinds reached us later than that, from any of these people."""
    mine = (event.c.prospect_id.in_(prospect_ids), event.c.kind.in_(sorted(kinds)), event.c.received_at > after)
    return connection.execute(select(event.c.id).where(*mine).limit(1)).first() is not None
