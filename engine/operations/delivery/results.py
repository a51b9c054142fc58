"""What came of a call, written with the lane's next touch in the same commit: the five classes of a result."""

import hashlib
from datetime import timedelta
from typing import Any

from engine.core.backoff import wait_after
from engine.core.enrollment import StopReason
from engine.core.outcome import Accepted, Deferred, Rejected, SenderBroken, SendOutcome, Unknown
from engine.core.sequence import Verb
from engine.core.touch import Reason, TouchEvent
from engine.operations.act import Act
from engine.operations.lifecycle import advance, dead_addresses, settling
from engine.operations.safeguards import health, senders
from engine.store import enrollments, hand_offs, people, suppressions, touches
from engine.store.connection import Record

_JOURNAL_PATIENCE = timedelta(minutes=1)


def record(act: Act, due: Record, outcome: SendOutcome) -> None:
    """`due` is the touch as the guard read it. Guarded by (id, attempt, state): who comes too late changes nothing."""
    match outcome:
        case Accepted(provider_id):
            is_mine = _accept(act, due, provider_id)
        case Deferred(detail, retry_after):
            is_mine = _defer(act, due, detail, retry_after)
        case Rejected():
            is_mine = _reject(act, due, outcome)
        case SenderBroken(detail):
            is_mine = _hold_sender(act, due, detail)
        case Unknown(detail):
            is_mine = settling.doubt(act, due, detail)
    if is_mine:
        advance.proceed(act, [due.enrollment_id])


def put_back(act: Act, due: Record, problem: str) -> None:
    """Nothing was tried: it comes again in a minute, and no try is burned."""
    again = act.now + _JOURNAL_PATIENCE
    _say_no(act, due, TouchEvent.DEFER, reason=Reason.TRANSIENT.value, detail=problem, due_at=again)


def _accept(act: Act, due: Record, provider_id: str | None) -> bool:
    if not touches.move(act.connection, due, TouchEvent.ACCEPT, now=act.now, provider_id=provider_id, reason=None):
        return False
    act.record("send", "touch", due.id, attempt=due.attempt, provider_id=provider_id)
    return True


def _say_no(act: Act, due: Record, event: TouchEvent, **why: Any) -> bool:
    """A definite no gives its unit of the caps back."""
    if not touches.move(act.connection, due, event, now=act.now, **why):
        return False
    hand_offs.give_back(act.connection, due.id)
    return True


def _defer(act: Act, due: Record, detail: str, retry_after: int | None) -> bool:
    tries = due.tries + 1
    why = {"detail": detail, "tries": tries}
    wait = wait_after(tries, _seed(due), retry_after)
    if wait is None:
        return _say_no(act, due, TouchEvent.REJECT, reason=Reason.TOO_MANY_TRIES.value, **why)
    return _say_no(act, due, TouchEvent.DEFER, reason=Reason.TRANSIENT.value, due_at=act.now + wait, **why)


def _seed(due: Record) -> int:
    """From the touch itself: the same row waits the same time wherever it is computed."""
    return hashlib.sha256(f"{due.id}:{due.attempt}".encode()).digest()[0]


def _hold_sender(act: Act, due: Record, detail: str) -> bool:
    """No try is burned and the person is not blamed."""
    if not _say_no(act, due, TouchEvent.HOLD, reason=Reason.SENDER_BROKEN.value, detail=detail):
        return False
    senders.hold(act, due, detail)
    return True


def _reject(act: Act, due: Record, outcome: Rejected) -> bool:
    why = {"reason": Reason.REJECTED.value, "detail": outcome.detail, "tries": due.tries + 1}
    if not _say_no(act, due, TouchEvent.REJECT, **why):
        return False
    if outcome.opted_out:
        _close(act, due, outcome.detail)
    elif outcome.suppress:
        _bury(act, due, outcome.detail)
    return True


def _close(act: Act, due: Record, detail: str) -> None:
    """They have said no to the provider: an opt-out of that channel, by that address."""
    for row in _recipients(act, due):
        cover = {"scope": "address", "key": row.match_key, "channel": due.verb}
        told = {"reason": "opted_out", "proof": detail, "source": f"touch {due.id}"}
        suppressions.add(act.connection, now=act.now, **cover, **told)
        act.record("suppress", "address", row.id, channel=due.verb, reason="opted_out")


def _bury(act: Act, due: Record, detail: str) -> None:
    """The address itself is dead: nobody writes to it again, under whatever name it comes back."""
    for row in _recipients(act, due):
        family, source = Verb(due.verb).family, f"touch {due.id}"
        dead_addresses.bury(act, row, family, reason="rejected", proof=detail, source=source)
    for live in enrollments.live_of(act.connection, [due.prospect_id]):
        if dead_addresses.stop_if_unreachable(act, live, StopReason.BOUNCED) is None:
            dead_addresses.ask_whether_they_left(act, live, None)
    health.judge_batch(act, due.id)


def _recipients(act: Act, due: Record) -> list[Record]:
    rows = people.addresses_of(act.connection, [due.prospect_id])[due.prospect_id]
    return [row for row in rows if row.value == due.recipient]
