"""Links in mails that lead through us: where they go, and who has followed them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from engine.store.connection import Connection, Record
from engine.store.tables import touch, tracked_link


def add_many(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(tracked_link), list(rows))


_WITH_TOUCH = select(tracked_link, touch.c.prospect_id, touch.c.ended_at).join(
    touch, touch.c.id == tracked_link.c.touch_id
)


def find(connection: Connection, link_id: str) -> Record | None:
    """With its `prospect_id`, and `ended_at`: when its mail was taken over."""
    return connection.execute(_WITH_TOUCH.where(tracked_link.c.id == link_id)).one_or_none()


def note_visit(connection: Connection, link_id: str, at: datetime) -> None:
    """It waits for judgement; the first of several stays."""
    waiting = (tracked_link.c.id == link_id, tracked_link.c.visited_at.is_(None), tracked_link.c.clicked_at.is_(None))
    connection.execute(update(tracked_link).where(*waiting).values(visited_at=at))


def note_machine(connection: Connection, link_id: str, at: datetime) -> None:
    connection.execute(update(tracked_link).where(tracked_link.c.id == link_id).values(machine_at=at, visited_at=None))


def note_click(connection: Connection, link_id: str, at: datetime) -> None:
    connection.execute(update(tracked_link).where(tracked_link.c.id == link_id).values(clicked_at=at, visited_at=None))


def waiting(connection: Connection, before: datetime, limit: int) -> list[Record]:
    """Those whose visit is old enough to be judged."""
    due = (tracked_link.c.visited_at.is_not(None), tracked_link.c.visited_at <= before)
    return list(connection.execute(_WITH_TOUCH.where(*due).order_by(tracked_link.c.visited_at).limit(limit)))


def of_touch(connection: Connection, touch_id: int) -> list[Record]:
    return list(connection.execute(select(tracked_link).where(tracked_link.c.touch_id == touch_id)))
