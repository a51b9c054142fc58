"""What came of a call, written with the lane's next touch in the same commit: the five classes of a result."""

import hashlib

from engine.core.backoff import wait_after
from engine.core.enrollment import StopReason
from engine.core.outcome import Accepted, Deferred, Rejected, SenderBroken, SendOutcome, Unknown
from engine.core.sequence import Verb
from engine.core.touch import Reason, TouchEvent
from engine.operations import advance, dead_addresses, health, senders, settling
from engine.operations.act import Act
from engine.store import cases, enrollments, messages, people, suppressions, touches
from engine.store.connection import Record


def record(act: Act, intended: Record, outcome: SendOutcome) -> None:
    """Guarded by (id, attempt, state): whoever comes too late changes nothing."""
    due = cases.still_in(act.connection, intended)
    if due is None:
        return
    match outcome:
        case Accepted(provider_id):
            touches.move(act.connection, due, TouchEvent.ACCEPT, now=act.now, provider_id=provider_id, reason=None)
            act.record("send", "touch", due.id, attempt=due.attempt, provider_id=provider_id)
        case Deferred(detail, retry_after):
            _defer(act, due, detail, retry_after)
        case Rejected():
            _reject(act, due, outcome)
        case SenderBroken(detail):
            _hold_sender(act, due, detail)
        case Unknown(detail):
            settling.doubt(act, due, detail)
    advance.proceed(act, [due.enrollment_id])


def _defer(act: Act, due: Record, detail: str, retry_after: int | None) -> None:
    messages.release_cap(act.connection, due.id)
    tries = due.tries + 1
    wait = wait_after(tries, _seed(due), retry_after)
    if wait is None:
        why = {"reason": Reason.TOO_MANY_TRIES.value, "detail": detail, "tries": tries}
        touches.move(act.connection, due, TouchEvent.REJECT, now=act.now, **why)
        return
    why = {"reason": Reason.TRANSIENT.value, "detail": detail, "tries": tries, "due_at": act.now + wait}
    touches.move(act.connection, due, TouchEvent.DEFER, now=act.now, **why)


def _seed(due: Record) -> int:
    """From the touch itself: the same row waits the same time wherever it is computed."""
    return hashlib.sha256(f"{due.id}:{due.attempt}".encode()).digest()[0]


def _hold_sender(act: Act, due: Record, detail: str) -> None:
    """No try is burned and the person is not blamed."""
    messages.release_cap(act.connection, due.id)
    why = {"reason": Reason.SENDER_BROKEN.value, "detail": detail}
    touches.move(act.connection, due, TouchEvent.HOLD, now=act.now, **why)
    senders.hold(act, due, detail)


def _reject(act: Act, due: Record, outcome: Rejected) -> None:
    messages.release_cap(act.connection, due.id)
    why = {"reason": Reason.REJECTED.value, "detail": outcome.detail, "tries": due.tries + 1}
    touches.move(act.connection, due, TouchEvent.REJECT, now=act.now, **why)
    stored = messages.of_touch(act.connection, due.id)
    if stored is None:
        return
    if outcome.opted_out:
        _close(act, due, stored, outcome.detail)
    elif outcome.suppress:
        _bury(act, due, stored, outcome.detail)


def _close(act: Act, due: Record, stored: Record, detail: str) -> None:
    """They have said no to the provider: an opt-out of that channel, by that address."""
    for row in _recipients(act, due, stored):
        cover = {"scope": "address", "key": row.match_key, "channel": due.verb}
        told = {"reason": "opted_out", "proof": detail, "source": f"touch {due.id}"}
        suppressions.add(act.connection, now=act.now, **cover, **told)
        act.record("suppress", "address", row.id, channel=due.verb, reason="opted_out")


def _bury(act: Act, due: Record, stored: Record, detail: str) -> None:
    """The address itself is dead: nobody writes to it again, under whatever name it comes back."""
    for row in _recipients(act, due, stored):
        family, source = Verb(due.verb).family, f"touch {due.id}"
        dead_addresses.bury(act, row, family, reason="rejected", proof=detail, source=source)
    for live in enrollments.live_of(act.connection, [due.prospect_id]):
        if dead_addresses.stop_if_unreachable(act, live, StopReason.BOUNCED) is None:
            dead_addresses.ask_whether_they_left(act, live, None)
    health.judge_batch(act, due.id)


def _recipients(act: Act, due: Record, stored: Record) -> list[Record]:
    rows = people.addresses_of(act.connection, [due.prospect_id])[due.prospect_id]
    return [row for row in rows if row.value == stored.recipient]
