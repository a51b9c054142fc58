"""Who is away, until when, and who stands in: as a list, and as a rep reads it above the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from engine.core.leave import LeavePolicy
from engine.operations import wording
from engine.operations.context import Context
from engine.store import leaves, plans
from engine.store.connection import Connection, Record


@dataclass(frozen=True, slots=True)
class LeaveView:
    """`first` and `last` are the rep's own days, both away. `state`: to_come, away, over or cancelled; `source` says
    where it was entered: file, cli or api.
    """

    id: int
    rep: str
    first: date
    last: date
    policy: str
    to: str | None
    state: str
    source: str
    entered_by: str


def view(row: Record, now: datetime) -> LeaveView:
    return LeaveView(
        id=row.id,
        rep=row.rep_key,
        first=row.first_day,
        last=row.last_day,
        policy=row.policy,
        to=row.to_key,
        state=_state(row, now),
        source=row.source,
        entered_by=row.actor,
    )


def _state(row: Record, now: datetime) -> str:
    if row.cancelled_at is not None:
        return "cancelled"
    if row.ends_at <= now:
        return "over"
    return "away" if row.begins_at <= now else "to_come"


def list_leaves(ctx: Context, *, everything: bool = False) -> tuple[LeaveView, ...]:
    """What is to come and under way, the first to begin in front; `everything`: what is over, too."""
    now = ctx.now()
    with ctx.database.read() as connection:
        rows = leaves.every(connection) if everything else leaves.unfinished(connection)
    shown = [view(row, now) for row in rows]
    return tuple(one for one in shown if everything or one.state in ("away", "to_come"))


def away_now(connection: Connection, now: datetime) -> dict[int, Record]:
    """By rep."""
    return {row.rep_id: row for row in leaves.unfinished(connection) if row.begins_at <= now < row.ends_at}


def told(ctx: Context, rep_key: str) -> tuple[str, ...]:
    """In the rep's language: that the rep is away, and which colleagues of the team are."""
    with ctx.database.read() as connection:
        rep, away = plans.rep_by_key(connection, rep_key), away_now(connection, ctx.now())
    mine = [row for row in away.values() if row.team_id == rep.team_id or row.to_id == rep.id]
    return tuple(_in_words(row, rep) for row in _own_first(mine, rep.id))


def _own_first(rows: Sequence[Record], rep_id: int) -> list[Record]:
    return sorted(rows, key=lambda row: (row.rep_id != rep_id, row.ends_at, row.id))


def _in_words(row: Record, reader: Record) -> str:
    name = None if row.rep_id == reader.id else str(row.rep_name)
    stands_in = None if row.to_key is None else "" if row.to_id == reader.id else str(row.to_name)
    away = wording.away_until(name, row.last_day, reader.locale)
    return f"{away} {wording.covered_by(stands_in, LeavePolicy(row.policy), reader.locale)}"
