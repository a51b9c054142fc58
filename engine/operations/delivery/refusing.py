"""What becomes of a touch that may not leave now: it waits, is held, is skipped, or ends with its enrollment."""

from engine.core.guards import Cancel, Hold, Skip, Wait
from engine.core.sequence import Verb
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations.act import Act
from engine.operations.delivery import queueing
from engine.operations.lifecycle import advance
from engine.store import reservations, touches, turns
from engine.store.connection import Record

# These may last: how late a touch is when they open again decides what becomes of it.
_GATES = frozenset({Reason.INBOX_STALE, Reason.RECOVERY})


def refuse(act: Act, due: Record, verdict: Wait | Hold | Skip | Cancel) -> None:
    """The caller holds the person."""
    connection, now = act.connection, act.now
    match verdict:
        case Wait(until, reason) if due.status == TouchStatus.SCHEDULED.value and reason in _GATES:
            reservations.lay_by(connection, [due.id], act.ctx.worker, until, reason=reason.value)
        case Wait(until, reason) if due.status == TouchStatus.SCHEDULED.value:
            touches.postpone(connection, due, until, reason.value)
        case Wait(until, reason):
            touches.move(connection, due, TouchEvent.DEFER, now=now, due_at=until, reason=reason.value)
        case Hold(reason):
            touches.move(connection, due, TouchEvent.HOLD, now=now, reason=reason.value)
        case Skip(reason):
            touches.move(connection, due, TouchEvent.SKIP, now=now, reason=reason.value)
            advance.proceed(act, [due.enrollment_id])
        case Cancel():
            queueing.cancel(act, due, verdict)
    if not isinstance(verdict, Wait) and due.verb == Verb.EMAIL.value and due.mailbox_id is not None:
        turns.move_up(connection, due.mailbox_id, now)
