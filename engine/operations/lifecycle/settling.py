"""A send whose result nobody knows: how the doubt begins, and how it ends. The caller holds the prospect's lock."""

from engine.core.enrollment import EnrollmentStatus
from engine.core.evidence import Search
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations.act import Act
from engine.operations.lifecycle import advance
from engine.store import cases, doubts, hand_offs, journaled, touches, trail
from engine.store.connection import Record

WORKER_DIED = "worker_died"
_DEATHS_ALLOWED = 2
# Whoever tells one of these has had the message: an earlier attempt was certainly not taken.
_FACTS = ("delivered_at", "bounced_at", "clicked_at", "complained_at", "replied_at")


def doubt(act: Act, due: Record, detail: str, event: str = "doubt") -> bool:
    """Never retried blindly. False when it is no longer as it was read."""
    why = {"reason": Reason.NO_PROOF.value, "detail": detail}
    if not touches.move(act.connection, due, TouchEvent.DOUBT, now=act.now, **why):
        return False
    silence = act.ctx.transports[due.verb].silence
    search = Search(act.now, after=silence.after if silence is not None else None)
    doubts.begin(act.connection, due, since=act.now, ask_at=search.first_look())
    act.record(event, "touch", due.id, attempt=due.attempt, detail=detail)
    return True


def remember(act: Act, row: Record, detail: str, *, attempt: int) -> bool:
    """The send journal knows of a call that this database does not. False when it is no longer as it was read."""
    why = {"reason": Reason.SENT_BEFORE_RESTORE.value, "detail": detail, "attempt": attempt}
    if not touches.move(act.connection, row, TouchEvent.REMEMBER, now=act.now, **why):
        return False
    now = cases.one(act.connection, row.id)
    assert now is not None  # noqa: S101 - it was moved in this transaction
    doubts.begin(act.connection, now, since=act.now, ask_at=act.now)
    act.record("doubt", "touch", row.id, attempt=attempt, detail=detail)
    return True


def is_heard_of(row: Record) -> bool:
    return any(getattr(row, fact) is not None for fact in _FACTS)


def prove_by_fact(act: Act, touch_id: int, kind: str) -> None:
    """Something was heard of what we were in doubt about."""
    row = cases.one(act.connection, touch_id)
    if row is not None and row.status == TouchStatus.IN_DOUBT.value:
        prove_sent(act, row, f"it was {kind.replace('_', ' ')}")


def prove_sent(act: Act, row: Record, detail: str = "found where it was sent") -> None:
    _end(act, row)
    touches.move(act.connection, row, TouchEvent.PROVE_SENT, now=act.now, reason=None, detail=detail)
    act.record("settle", "touch", row.id, sent=True, detail=detail)
    advance.proceed(act, [row.enrollment_id])


def _end(act: Act, row: Record) -> None:
    doubts.end(act.connection, row.id)
    journaled.settle(act.connection, row.id, act.now)


def prove_absent(act: Act, row: Record) -> None:
    """Never taken: it may be sent again, unless the enrollment has ended meanwhile, or whoever sends it dies of it."""
    _end(act, row)
    hand_offs.give_back(act.connection, row.id)
    deaths = trail.count(act.connection, action=WORKER_DIED, subject="touch", subject_id=row.id)
    if not EnrollmentStatus(row.enrollment_status).is_live:
        touches.move(act.connection, row, TouchEvent.CANCEL, now=act.now, reason=Reason.STOPPED.value)
    elif deaths > _DEATHS_ALLOWED:
        touches.move(act.connection, row, TouchEvent.QUARANTINE, now=act.now, reason=Reason.WORKERS_DIED.value)
    else:
        touches.move(act.connection, row, TouchEvent.PROVE_ABSENT, now=act.now, reason=None, detail=None)
    act.record("settle", "touch", row.id, sent=False)


def give_up(act: Act, row: Record) -> None:
    """A person says that it was not sent: the step is left out, and the lane goes on."""
    _end(act, row)
    hand_offs.give_back(act.connection, row.id)
    touches.move(act.connection, row, TouchEvent.SKIP, now=act.now, reason=Reason.BY_REP.value)
    act.record("settle", "touch", row.id, sent=False)
    advance.proceed(act, [row.enrollment_id])
