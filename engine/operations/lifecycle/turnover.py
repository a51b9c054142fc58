"""What the tick does about reps: leave that begins or ends, and the work of those who left."""

from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.lifecycle.coming_back import come_back
from engine.operations.lifecycle.going_away import go_away
from engine.operations.lifecycle.leavers import hand_over_due
from engine.store import leaves

_BEGIN_AND_END = 2  # leave that was entered when it was over does both at once


def act_on_due(ctx: Context) -> int:
    """Each once, whoever else ticks: the leave's own row is held meanwhile. Returns how many there were."""
    done = hand_over_due(ctx)
    for _ in range(_BEGIN_AND_END):
        with ctx.database.read() as connection:
            due = leaves.to_act_on(connection, ctx.now())
        if not due:
            break
        done += sum(_act_on(ctx, one) for one in due)
    return done


def _act_on(ctx: Context, leave_id: int) -> bool:
    with begin(ctx) as act:
        leave = leaves.taken(act.connection, leave_id)
        if leave is None:
            return False
        return go_away(act, leave) if leave.begun_at is None else leave.ends_at <= act.now and come_back(act, leave)
