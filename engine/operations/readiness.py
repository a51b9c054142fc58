"""Is this installation able to work? Asked from outside, every few seconds."""

from dataclasses import dataclass
from datetime import timedelta

from engine.operations import alarms
from engine.operations.context import Context
from engine.store import arrivals, heartbeats, migrations

OLDEST_BEAT = timedelta(seconds=60)
_ALARMED_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    is_good: bool
    detail: str


def checks(ctx: Context) -> tuple[Check, ...]:
    """Database, migrations, heartbeat, and what nobody could read. What cannot even be asked is bad, and says how."""
    try:
        is_new = migrations.is_at_head(ctx.database)
    except Exception as problem:  # noqa: BLE001 - whatever the driver raises, the answer is the same: not ready
        return (Check("database", is_good=False, detail=f"cannot be read: {type(problem).__name__}"),)
    first = Check("database", is_good=True, detail="answers")
    if not is_new:
        return first, Check("migrations", is_good=False, detail="behind; run `touchline db upgrade`")
    return first, Check("migrations", is_good=True, detail="newest"), _heartbeat(ctx), _clock(ctx), _arrivals(ctx)


def _heartbeat(ctx: Context) -> Check:
    with ctx.database.read() as connection:
        last = heartbeats.last_beat(connection)
    if last is None:
        return Check("heartbeat", is_good=False, detail="no tick yet; start `touchline serve`")
    age = ctx.now() - last
    return Check("heartbeat", is_good=age <= OLDEST_BEAT, detail=f"last tick {age.total_seconds():.0f} s ago")


def _clock(ctx: Context) -> Check:
    ago = alarms.last_jump(ctx)
    if ago is None or ago > _ALARMED_FOR:
        return Check("clock", is_good=True, detail="steady")
    return Check("clock", is_good=False, detail=f"jumped {ago.total_seconds():.0f} s ago; look at the time service")


def _arrivals(ctx: Context) -> Check:
    """Something for a person to look at, and no reason to take the service away from everybody."""
    with ctx.database.read() as connection:
        stuck = arrivals.count(connection, "stuck")
    detail = f"{stuck} could not be read; see GET /api/v1/arrivals" if stuck else "all are read"
    return Check("arrivals", is_good=True, detail=detail)
