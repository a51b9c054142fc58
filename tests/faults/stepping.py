"""Days of the engine in seconds: real processes and sockets, on a clock that goes on when nothing is left to do."""

import time
from datetime import datetime, timedelta

from sqlalchemy import func, select

from engine.store.reservations import AUTOMATIC
from engine.store.tables import touch
from tests.faults.arena import IN_HAND, Arena
from tests.faults.clocks import SteppedClock

_STEP = timedelta(minutes=5)
_LONGEST = timedelta(hours=1)
_LOOK_AGAIN = 0.03
_LAID_BY, _SLOW = 0.4, 10.0  # seconds without a change
_DUE = (touch.c.verb.in_(AUTOMATIC), touch.c.status == "scheduled")


def step_until(arena: Arena, clock: SteppedClock, end: datetime) -> None:
    """A dispatcher of the arena is running."""
    while clock() < end:
        _await_stillness(arena)
        clock.set(min(max(_next_due(arena, clock()), clock() + _STEP), end))
    _await_stillness(arena)


def _await_stillness(arena: Arena) -> None:
    since, before = time.monotonic(), arena.restless()
    while before and time.monotonic() - since < _patience(before):
        time.sleep(_LOOK_AGAIN)
        now = arena.restless()
        if now != before:
            since, before = time.monotonic(), now


def _patience(left: list[str]) -> float:
    """What was laid by for a few seconds waits for the clock itself; everything else only for a slow machine."""
    return _LAID_BY if all(one.endswith(IN_HAND) for one in left) else _SLOW


def _next_due(arena: Arena, now: datetime) -> datetime:
    with arena.context() as ctx, ctx.database.read() as connection:
        first = connection.execute(select(func.min(touch.c.due_at)).where(*_DUE, touch.c.due_at > now)).scalar_one()
    return min(first or now + _LONGEST, now + _LONGEST)
