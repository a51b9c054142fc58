"""What a dead worker left behind: its sends become doubts, and a doubt is settled by evidence or by a person."""

from engine.core.enrollment import EnrollmentStatus
from engine.core.errors import EngineError
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations import advance
from engine.operations.act import Act, act_on
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.sending import envelope_of
from engine.store import locks, messages, touches, trail
from engine.store.connection import Connection, Record

_DEAD_OWNER = "the worker that sent it ended before it could record the result"
_WORKER_DIED = "worker_died"
_DEATHS_ALLOWED = 2
# What is in quarantine is known not to have been sent.
_OPEN_TO_PEOPLE = {
    True: {TouchStatus.IN_DOUBT.value},
    False: {TouchStatus.IN_DOUBT.value, TouchStatus.QUARANTINED.value},
}


def recover(ctx: Context, *, at_start: bool = False) -> int:
    """Settles what can be settled, each touch in a transaction of its own; returns how many moved.

    `at_start`: this process alone may send (SQLite's file lock), so every unfinished send has a dead owner.
    """
    with ctx.database.read() as connection:
        stale = _unfinished(ctx, connection, at_start=at_start)
    moved = sum(_doubt(ctx, row, at_start=at_start) for row in stale)
    with ctx.database.read() as connection:
        doubts = touches.in_state(connection, TouchStatus.IN_DOUBT)
    return moved + sum(_settle(ctx, row) for row in doubts)


def _unfinished(ctx: Context, connection: Connection, *, at_start: bool) -> list[Record]:
    if at_start and ctx.database.is_sqlite:
        return touches.in_state(connection, TouchStatus.SENDING)
    return touches.overdue_leases(connection, ctx.now())


def _doubt(ctx: Context, row: Record, *, at_start: bool) -> bool:
    """A paused owner still holds its lock and is left alone."""
    with begin(ctx) as act:
        if at_start:
            locks.release(act.connection, row.prospect_id)
        if not locks.hold_free(act.connection, [row.prospect_id], act.now):
            return False
        why = {"reason": Reason.NO_PROOF.value, "detail": _DEAD_OWNER}
        is_moved = touches.move(act.connection, row, TouchEvent.DOUBT, now=act.now, **why)
        if is_moved:
            act.record(_WORKER_DIED, "touch", row.id, attempt=row.attempt)
        return is_moved


def _settle(ctx: Context, row: Record) -> bool:
    """Asks the transport for proof. Where there is none, the doubt stays in front of a person."""
    with ctx.database.read() as connection:
        stored = messages.of_touch(connection, row.id)
    transport = ctx.transports[row.verb]
    was_sent = transport.find(envelope_of(row, stored)) if stored is not None else None
    if was_sent is None or (not was_sent and transport.silence is None):
        return False
    with begin(ctx) as act:
        is_free = locks.hold_free(act.connection, [row.prospect_id], act.now)
        doubt = touches.still_in(act.connection, row) if is_free else None
        if doubt is None:
            return False
        if was_sent:
            _prove_sent(act, doubt)
        else:
            _prove_absent(act, doubt)
        return True


def _prove_sent(act: Act, doubt: Record) -> None:
    why = {"reason": None, "detail": "found where it was sent"}
    touches.move(act.connection, doubt, TouchEvent.PROVE_SENT, now=act.now, **why)
    act.record("settle", "touch", doubt.id, sent=True)
    advance.proceed(act, [doubt.enrollment_id])


def _prove_absent(act: Act, doubt: Record) -> None:
    """Never taken: it may be sent again, unless the enrollment has ended meanwhile, or whoever sends it dies of it."""
    messages.release_cap(act.connection, doubt.id)
    deaths = trail.count(act.connection, action=_WORKER_DIED, subject="touch", subject_id=doubt.id)
    if not EnrollmentStatus(doubt.enrollment_status).is_live:
        touches.move(act.connection, doubt, TouchEvent.CANCEL, now=act.now, reason=Reason.STOPPED.value)
    elif deaths > _DEATHS_ALLOWED:
        touches.move(act.connection, doubt, TouchEvent.QUARANTINE, now=act.now, reason=Reason.WORKERS_DIED.value)
    else:
        touches.move(act.connection, doubt, TouchEvent.PROVE_ABSENT, now=act.now, reason=None, detail=None)
    act.record("settle", "touch", doubt.id, sent=False)


def settle_by_hand(ctx: Context, touch_id: int, *, was_sent: bool, actor: str) -> None:
    """A person says what became of a doubt, or gives up what kills its workers. Raises EngineError for any other."""
    with ctx.database.read() as connection:
        row = touches.case(connection, touch_id)
    if row is None:
        raise _not_in_doubt(touch_id)
    with act_on(ctx, row.prospect_id, actor=actor) as act:
        doubt = touches.case(act.connection, touch_id)
        if doubt is None or doubt.status not in _OPEN_TO_PEOPLE[was_sent]:
            raise _not_in_doubt(touch_id)
        if was_sent:
            _prove_sent(act, doubt)
        else:
            _give_up(act, doubt)


def _give_up(act: Act, doubt: Record) -> None:
    messages.release_cap(act.connection, doubt.id)
    touches.move(act.connection, doubt, TouchEvent.SKIP, now=act.now, reason=Reason.BY_REP.value)
    act.record("settle", "touch", doubt.id, sent=False)
    advance.proceed(act, [doubt.enrollment_id])


def _not_in_doubt(touch_id: int) -> EngineError:
    return EngineError(f"touch {touch_id} is not in doubt", touch=touch_id)
