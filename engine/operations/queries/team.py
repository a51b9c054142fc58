"""Reps, what they have done today, and the sequences they work."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from engine.core.clock import day_start, local_date
from engine.core.errors import NotFound
from engine.core.sequence import tasks_for_people
from engine.operations.context import Context
from engine.operations.queries.leaves import away_now
from engine.store import browse, plans, queue
from engine.store.connection import Connection, Record


@dataclass(frozen=True, slots=True)
class RepView:
    """`away_until` is the last day of the leave under way; `stands_in` the rep who was named for it."""

    key: str
    name: str
    title: str
    team: str
    zone: str
    locale: str
    is_active: bool
    away_until: date | None = None
    stands_in: str | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """What a rep has finished since midnight on their own clock, and what is due."""

    rep: str
    since: datetime
    zone: str
    done: int
    skipped: int
    left: int


@dataclass(frozen=True, slots=True)
class StepView:
    key: str
    day: int
    verb: str
    lane: str
    template: str | None


@dataclass(frozen=True, slots=True)
class SequenceView:
    """The live version. `formula` as declared; `tasks` is what one person puts in front of a rep."""

    key: str
    title: str
    audience: str
    formula: str
    version: int
    hash: str
    applied_at: datetime
    is_paused: bool
    tasks: int
    live_enrollments: int
    steps: tuple[StepView, ...]


def reps(ctx: Context) -> tuple[RepView, ...]:
    with ctx.database.read() as connection:
        away = away_now(connection, ctx.now())
        return tuple(_rep(row, away.get(row.id)) for row in plans.reps(connection, only_active=False))


def rep(ctx: Context, key: str) -> RepView:
    """Raises NotFound."""
    found = next((one for one in reps(ctx) if one.key == key), None)
    if found is None:
        raise NotFound(f"there is no rep {key!r}; GET /api/v1/reps lists them", key=key)
    return found


def busiest(ctx: Context) -> RepView:
    """The active rep with most to do: where somebody who has not said who they are should look first.

    Raises NotFound before anything was applied.
    """
    now = ctx.now()
    with ctx.database.read() as connection:
        due, active = queue.due_counts(connection, now), plans.reps(connection)
    if not active:
        raise NotFound("there are no reps yet; `touchline apply sequences/` reads them from workspace.yaml")
    return _rep(max(active, key=lambda row: due.get(row.id, 0)))


def _rep(row: Record, leave: Record | None = None) -> RepView:
    away = (leave.last_day, leave.to_key) if leave is not None else (None, None)
    return RepView(row.key, row.name, row.title, row.team, row.zone, row.locale, row.is_active, *away)


def today(ctx: Context, rep_key: str) -> Today:
    """Raises NotFound."""
    now = ctx.now()
    with ctx.database.read() as connection:
        row = plans.rep_by_key(connection, rep_key)
        zone = ZoneInfo(row.zone)
        since = day_start(local_date(now, zone), zone)
        closed = {one.status: one.number for one in queue.closed_since(connection, row.id, since)}
        left = len(queue.due(connection, row.id, now))
    return Today(row.key, since, row.zone, closed.get("done", 0), closed.get("skipped", 0), left)


def sequences(ctx: Context) -> tuple[SequenceView, ...]:
    with ctx.database.read() as connection:
        live = browse.live_counts(connection)
        return tuple(_sequence(ctx, connection, row, live.get(row.key, 0)) for row in plans.sequences(connection))


def _sequence(ctx: Context, connection: Connection, row: Record, live: int) -> SequenceView:
    sequence = ctx.shelf.plan(connection, row.live_version_id).sequence
    steps = sorted(sequence.steps, key=lambda step: step.day)
    return SequenceView(
        key=row.key,
        title=row.title,
        audience=row.audience,
        formula=str(sequence.formula),
        version=row.number,
        hash=row.hash,
        applied_at=row.applied_at,
        is_paused=row.is_paused,
        tasks=tasks_for_people(sequence),
        live_enrollments=live,
        steps=tuple(StepView(step.key, step.day, step.do.value, step.lane, step.use) for step in steps),
    )
