"""What the tick does about reps: leave that begins or ends, and the work of those who left."""

from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.covering import back_at
from engine.operations.lifecycle.coming_back import come_back
from engine.operations.lifecycle.going_away import go_away
from engine.operations.lifecycle.leavers import hand_over_due
from engine.store import leaves
from engine.store.connection import Record

_BEGIN_AND_END = 2  # leave that was entered when it was over does both at once


def act_on_due(ctx: Context) -> int:
    """Each once, whoever else ticks: the leave's own row is held meanwhile. Returns how many there were."""
    done = hand_over_due(ctx)
    for _ in range(_BEGIN_AND_END):
        with ctx.database.read() as connection:
            due = leaves.to_act_on(connection, ctx.now())
        if not due:
            break
        for one in due:
            _act_on(ctx, one)
        done += len(due)
    return done


def _act_on(ctx: Context, leave_id: int) -> None:
    has_more = True
    while has_more:
        with begin(ctx) as act:
            leave = leaves.taken(act.connection, leave_id)
            has_more = leave is not None and _go_on(act, leave)


def _go_on(act: Act, leave: Record) -> bool:
    if leave.begun_at is None:
        go_away(act, leave)
        return False
    if leave.ends_at > act.now:
        return False
    is_late = back_at(act, leave) <= act.now  # else there is time until work begins: the next ticks go on
    return come_back(act, leave) and is_late
