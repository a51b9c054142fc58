"""Sends that the journal knows and this database does not: what left after the backup that it was put back from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert, select, update

from engine.store.among import among
from engine.store.connection import Connection, Record
from engine.store.journal import Entry
from engine.store.tables import journaled_send, touch

_OPEN = journaled_send.c.settled_at.is_(None)


def unknown(connection: Connection, entries: Sequence[Entry]) -> list[Entry]:
    """Those of which there is no trace here: no such touch, or one that has not come to that attempt."""
    ids = {entry.touch_id for entry in entries}
    reached = select(touch.c.id, touch.c.attempt).where(among(touch.c.id, ids))
    attempts = {row.id: row.attempt for row in connection.execute(reached)}
    noted = select(journaled_send.c.touch_id, journaled_send.c.attempt).where(among(journaled_send.c.touch_id, ids))
    known = {(row.touch_id, row.attempt) for row in connection.execute(noted)}
    return [
        entry
        for entry in entries
        if entry.attempt > attempts.get(entry.touch_id, 0) and (entry.touch_id, entry.attempt) not in known
    ]


def add_many(connection: Connection, entries: Collection[Entry], mailboxes: Mapping[str, int]) -> None:
    """`mailboxes` are known by Message-ID."""
    rows = [asdict(entry) | {"mailbox_id": mailboxes.get(entry.message_id)} for entry in entries]
    for row in rows:
        del row["enrollment_id"]  # enrollments that are made again get other ids
    connection.execute(insert(journaled_send), rows)


def open_for(connection: Connection, *, recipient_key: str, sequence_key: str, step: str, repeat: int) -> list[Record]:
    """What went to this address for this step of this sequence, and no touch has met yet; the latest first."""
    same = (
        journaled_send.c.recipient_key == recipient_key,
        journaled_send.c.sequence_key == sequence_key,
        journaled_send.c.step == step,
        journaled_send.c.repeat == repeat,
    )
    wanted = select(journaled_send).where(_OPEN, journaled_send.c.met_by.is_(None), *same)
    return list(connection.execute(wanted.order_by(journaled_send.c.at.desc())))


def meet(connection: Connection, ids: Collection[int], touch_id: int) -> None:
    """What the touch stands for from now on."""
    connection.execute(update(journaled_send).where(among(journaled_send.c.id, ids)).values(met_by=touch_id))


def of_touch(connection: Connection, touch_id: int) -> list[Record]:
    """The sends that this touch has met, the latest first."""
    mine = select(journaled_send).where(journaled_send.c.met_by == touch_id, _OPEN)
    return list(connection.execute(mine.order_by(journaled_send.c.at.desc())))


def settle(connection: Connection, touch_id: int, now: datetime) -> None:
    """The doubt about that touch is over."""
    mine = (journaled_send.c.met_by == touch_id, _OPEN)
    connection.execute(update(journaled_send).where(*mine).values(settled_at=now))


def of_ids(connection: Connection, entries: Collection[Entry]) -> list[Record]:
    """The rows of these entries."""
    keys = {(entry.touch_id, entry.attempt) for entry in entries}
    wanted = select(journaled_send).where(among(journaled_send.c.touch_id, {touch_id for touch_id, _ in keys}))
    return [row for row in connection.execute(wanted) if (row.touch_id, row.attempt) in keys]


def knows(connection: Connection, touch_id: int) -> bool:
    mine = select(journaled_send.c.id).where(journaled_send.c.touch_id == touch_id).limit(1)
    return connection.execute(mine).first() is not None


def count_open(connection: Connection) -> int:
    """Touches, not attempts."""
    wanted = select(journaled_send.c.touch_id).where(_OPEN).distinct()
    return len(connection.execute(wanted).all())
