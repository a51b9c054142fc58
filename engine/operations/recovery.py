"""What a dead worker left behind: its sends become doubts, and a doubt is settled by evidence or by a person."""

from engine.core.errors import EngineError
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations import advance
from engine.operations.act import Act, act_on
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.store import locks, messages, touches
from engine.store.connection import Record

_DEAD_OWNER = "the worker that sent it ended before it could record the result"


def recover(ctx: Context, *, at_start: bool = False) -> int:
    """Settles what can be settled; returns how many touches moved.

    `at_start`: this process alone may send (SQLite's file lock), so every unfinished send has a dead owner.
    """
    with begin(ctx) as act:
        stale = _unfinished(act, at_start=at_start)
        moved = sum(_doubt(act, row) for row in stale)
        doubts = touches.in_state(act.connection, TouchStatus.IN_DOUBT)
    return moved + sum(_settle(ctx, row) for row in doubts)


def _unfinished(act: Act, *, at_start: bool) -> list[Record]:
    if at_start and act.ctx.database.is_sqlite:
        return touches.in_state(act.connection, TouchStatus.SENDING)
    return touches.overdue_leases(act.connection, act.now)


def _doubt(act: Act, row: Record) -> bool:
    """A paused owner still holds its lock and is left alone."""
    if not locks.try_hold(act.connection, row.prospect_id):
        return False
    locks.release(act.connection, row.prospect_id)
    why = {"reason": Reason.NO_PROOF.value, "detail": _DEAD_OWNER}
    touches.move(act.connection, row, TouchEvent.DOUBT, now=act.now, **why)
    act.record("doubt", "touch", row.id, attempt=row.attempt, detail=_DEAD_OWNER)
    return True


def _settle(ctx: Context, row: Record) -> bool:
    """Asks the transport for proof. Where there is none, the doubt stays in front of a person."""
    evidence = ctx.transports[row.verb].find(row.id, row.attempt)
    if evidence is None:
        return False
    with act_on(ctx, row.prospect_id) as act:
        if evidence:
            _prove_sent(act, row)
        else:
            _prove_absent(act, row)
    return True


def _prove_sent(act: Act, row: Record) -> None:
    touches.move(act.connection, row, TouchEvent.PROVE_SENT, now=act.now, reason=None, detail="found where it was sent")
    act.record("settle", "touch", row.id, sent=True)
    advance.proceed(act, [row.enrollment_id])


def _prove_absent(act: Act, row: Record) -> None:
    """Never taken: it may be sent again, unless the enrollment has ended meanwhile."""
    messages.release_cap(act.connection, row.id)
    now = touches.case(act.connection, row.id)
    if now is not None and now.enrollment_status in ("stopped", "finished"):
        touches.move(act.connection, row, TouchEvent.CANCEL, now=act.now, reason=Reason.STOPPED.value)
    else:
        touches.move(act.connection, row, TouchEvent.PROVE_ABSENT, now=act.now, reason=None, detail=None)
    act.record("settle", "touch", row.id, sent=False)


def settle_by_hand(ctx: Context, touch_id: int, *, was_sent: bool, actor: str) -> None:
    """A person says what became of a doubt. Raises EngineError when the touch is not in doubt."""
    with ctx.database.read() as connection:
        row = touches.case(connection, touch_id)
    if row is None or row.status != TouchStatus.IN_DOUBT.value:
        raise EngineError(f"touch {touch_id} is not in doubt", touch=touch_id)
    with act_on(ctx, row.prospect_id, actor=actor) as act:
        if was_sent:
            _prove_sent(act, row)
            return
        messages.release_cap(act.connection, row.id)
        touches.move(act.connection, row, TouchEvent.SKIP, now=act.now, reason=Reason.BY_REP.value)
        act.record("settle", "touch", row.id, sent=False)
        advance.proceed(act, [row.enrollment_id])
