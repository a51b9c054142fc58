"""The reps' leave: who is away from when until when, and how far that has been acted on."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from engine.core.errors import NotFound
from engine.store.connection import Connection, Record
from engine.store.tables import rep, rep_leave, workspace

_TO = rep.alias()
_IS_OPEN = rep_leave.c.ended_at.is_(None)


def _leaves(*conditions: Any) -> Select[Any]:
    """Each with `rep_key`, `rep_name`, `rep_zone`, `team_id`, and `to_key`, `to_name` of whoever stands in."""
    columns = (
        rep_leave,
        rep.c.key.label("rep_key"),
        rep.c.name.label("rep_name"),
        rep.c.zone.label("rep_zone"),
        rep.c.team_id,
        _TO.c.key.label("to_key"),
        _TO.c.name.label("to_name"),
    )
    joined = rep_leave.join(rep, rep.c.id == rep_leave.c.rep_id).outerjoin(_TO, _TO.c.id == rep_leave.c.to_id)
    wanted = select(*columns).select_from(joined).where(*conditions)
    return wanted.order_by(rep_leave.c.begins_at, rep_leave.c.id)


def changing(connection: Connection) -> None:
    """Before anything is judged or written: nobody else enters leave until the transaction ends, and whoever keeps the
    workspace in memory reads the leaves anew.
    """
    connection.execute(update(workspace).values(leave_revision=uuid.uuid4().hex))


def add(connection: Connection, **values: Any) -> int:
    made = insert(rep_leave).values(**values).returning(rep_leave.c.id)
    return int(connection.execute(made).scalar_one())


def change(connection: Connection, leave_id: int, **values: Any) -> None:
    connection.execute(update(rep_leave).where(rep_leave.c.id == leave_id).values(**values))


def one(connection: Connection, leave_id: int) -> Record:
    found = connection.execute(_leaves(rep_leave.c.id == leave_id)).one_or_none()
    if found is None:
        raise NotFound(f"there is no leave {leave_id}; `touchline leave list` shows them", id=leave_id)
    return found


def standing(connection: Connection) -> list[Record]:
    """All that were not cancelled, those of long ago included."""
    return list(connection.execute(_leaves(rep_leave.c.cancelled_at.is_(None))))


def unfinished(connection: Connection) -> list[Record]:
    """Those to come, those under way, and those from which somebody is just coming back."""
    return list(connection.execute(_UNFINISHED))


_UNFINISHED = _leaves(_IS_OPEN)


def every(connection: Connection) -> list[Record]:
    return list(connection.execute(_leaves()))


def of_rep(connection: Connection, rep_id: int) -> list[Record]:
    return list(connection.execute(_leaves(_IS_OPEN, rep_leave.c.rep_id == rep_id)))


def to_act_on(connection: Connection, now: datetime) -> list[int]:
    """Those that have begun or ended since they were last acted on."""
    has_begun = rep_leave.c.begun_at.is_(None) & (rep_leave.c.begins_at <= now)
    has_ended = rep_leave.c.begun_at.is_not(None) & (rep_leave.c.ends_at <= now)
    wanted = select(rep_leave.c.id).where(_IS_OPEN, has_begun | has_ended).order_by(rep_leave.c.begins_at)
    return list(connection.execute(wanted).scalars())


def taken(connection: Connection, leave_id: int) -> Record | None:
    """The leave, which nobody else acts on until the transaction ends; None where somebody does already."""
    mine = select(rep_leave.c.id).where(rep_leave.c.id == leave_id, _IS_OPEN).with_for_update(skip_locked=True)
    return one(connection, leave_id) if connection.execute(mine).scalar_one_or_none() is not None else None


def begin_again(connection: Connection, rep_ids: Sequence[int], now: datetime) -> None:
    """Work has come to reps who are away: what becomes of it is decided once more."""
    under_way = (_IS_OPEN, rep_leave.c.begun_at.is_not(None), rep_leave.c.ends_at > now)
    mine = rep_leave.c.rep_id.in_(rep_ids)
    connection.execute(update(rep_leave).where(*under_way, mine).values(begun_at=None))
