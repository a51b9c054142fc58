"""Many held touches at once: let go, or given up, when their common cause has been dealt with."""

from collections.abc import Callable, Sequence

from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations.act import Act, act_on
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.lifecycle import advance, pausing
from engine.store import cases, held, locks, touches
from engine.store.connection import Record
from engine.store.held import Which

Move = Callable[[Act, Sequence[Record]], int]


def release_all(ctx: Context, which: Which, *, actor: str) -> int:
    """Due at once, and paced like everything else; returns how many."""
    return _each(ctx, which, pausing.release_held, actor=actor)


def let_go_as_late_as_they_are(ctx: Context, which: Which, *, actor: str) -> int:
    """Nobody has looked at them: how late they are decides what becomes of them."""
    return _each(ctx, which, _let_go, actor=actor)


def expire_all(ctx: Context, which: Which, *, actor: str) -> int:
    """A person does not want them any more: the steps are left out, and the lanes go on."""
    return _each(ctx, which, _expire, actor=actor)


def _each(ctx: Context, which: Which, move: Move, *, actor: str) -> int:
    """In batches; whoever is held at the moment is waited for."""
    moved, after = 0, 0
    while True:
        with ctx.database.read() as connection:
            found = held.page(connection, which, after=after)
        if not found:
            return moved
        after, people = found[-1].id, {row.id: row.prospect_id for row in found}
        with begin(ctx, actor) as act:
            free = locks.hold_free(act.connection, set(people.values()), act.now)
            moved += move(act, _still_held(act, [one for one in people if people[one] in free], which.reason))
        for one in (one for one in people if people[one] not in free):
            with act_on(ctx, people[one], actor=actor) as act:
                moved += move(act, _still_held(act, [one], which.reason))


def _still_held(act: Act, ids: Sequence[int], reason: Reason) -> list[Record]:
    rows = cases.of(act.connection, ids)
    return [row for row in rows if (row.status, row.reason) == (TouchStatus.HELD.value, reason.value)]


def _let_go(act: Act, rows: Sequence[Record]) -> int:
    for row in rows:
        touches.move(act.connection, row, TouchEvent.RELEASE, now=act.now, reason=None, detail=None)
        act.record("release", "touch", row.id, reason=row.reason)
    return len(rows)


def _expire(act: Act, rows: Sequence[Record]) -> int:
    for row in rows:
        touches.move(act.connection, row, TouchEvent.EXPIRE, now=act.now)
        act.record("expire", "touch", row.id, reason=row.reason)
    advance.proceed(act, {row.enrollment_id for row in rows})
    return len(rows)
