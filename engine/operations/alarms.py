"""What the person who keeps it running must hear of, though nobody is in front of a screen."""

from datetime import timedelta

from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.store import trail

JUMPED = "clock_jumped"
_CLOCK = "wall"


def clock_jumped(ctx: Context, by: timedelta) -> None:
    with begin(ctx) as act:
        act.record(JUMPED, "clock", _CLOCK, seconds=by.total_seconds())


def last_jump(ctx: Context) -> timedelta | None:
    """How long ago the clock last jumped."""
    with ctx.database.read() as connection:
        at = trail.last_at(connection, action=JUMPED, subject="clock", subject_id=_CLOCK)
    return ctx.now() - at if at is not None else None
