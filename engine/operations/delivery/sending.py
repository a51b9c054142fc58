"""One automatic touch: intent, guard, call, record (semantics, section 1). At most one call per attempt.

The intent is committed before anything leaves; the guard, the call and the record happen under the prospect's
lock; a result that cannot be known becomes `in_doubt` and is never retried blindly.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from engine.channels.envelope import Envelope
from engine.core.caps import Delay
from engine.core.guards import Allowed
from engine.core.outcome import SendOutcome, Unknown
from engine.core.sequence import Verb
from engine.core.touch import TouchStatus
from engine.operations import texts
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.delivery import results
from engine.operations.delivery.preparing import Ready, keep
from engine.operations.delivery.refusing import refuse
from engine.operations.reaching import reach
from engine.operations.safeguards import journaling
from engine.operations.safeguards.capping import delay_on, slot_from
from engine.operations.safeguards.clearance import SOON, expires_at, verdict_on
from engine.store import hand_offs, locks, moments, people, reservations, touches
from engine.store.connection import Record
from engine.store.reservations import Claim


def send(ctx: Context, ready: Ready) -> None:
    """Takes one prepared touch as far as it can go now."""
    with begin(ctx) as act:
        is_intended = _intend(act, ready)
    if is_intended:
        _call(ctx, ready)


def _intend(act: Act, ready: Ready) -> bool:
    """Stores the intent with the bytes and a unit of the caps, where the reservation is still mine."""
    due, worker = ready.due, act.ctx.worker
    if not locks.hold_free(act.connection, [due.prospect_id], act.now):
        reservations.lay_by(act.connection, [due.id], worker, act.now + SOON)
        return False
    delay = delay_on(act.connection, ready.hand_off, ready.caps, act.now)
    if delay is not None:
        _put_off(act, due, delay)
        return False
    claim = Claim(worker, ready.attempt, act.now, act.now + timedelta(seconds=act.ctx.lease_seconds))
    is_mine = reservations.intend(act.connection, due, claim)
    if is_mine:
        hand_offs.add(act.connection, ready.hand_off, act.now, due.id)
        if ready.message is not None:
            keep(act, due, ready.message)
    return is_mine


def _put_off(act: Act, due: Record, delay: Delay) -> None:
    (person,) = people.with_accounts(act.connection, [due.prospect_id])
    slot = slot_from(act, due, person, delay.until)
    touches.postpone(act.connection, due, slot, delay.reason.value, worker=act.ctx.worker)


def _call(ctx: Context, ready: Ready) -> None:
    """Guard, call and record under the prospect's lock."""
    with locks.sending(ctx.database, ready.due.prospect_id) as held:
        with held.guard() as connection:
            act = Act(ctx, connection, ctx.now())
            cleared = _last_check(act, ready)
            if cleared is None:
                return
            held.calling(connection, act.now + timedelta(seconds=ctx.lease_seconds))
        due, envelope = cleared.due, cleared.envelope
        problem = journaling.write(ctx, due, envelope)
        outcome = _transmit(ctx, envelope) if problem is None else None
        with held.record() as connection:
            after = act.later(connection)
            if outcome is not None:
                results.record(after, due, outcome)
            elif problem is not None:
                results.put_back(after, due, problem)


@dataclass(frozen=True, slots=True)
class _Cleared:
    """The touch as the guard read it, and what may leave."""

    due: Record
    envelope: Envelope


def _last_check(act: Act, ready: Ready) -> _Cleared | None:
    """Everything once more, now that nobody can change it: is the attempt still mine, and is it still allowed?"""
    due = moments.one(act.connection, ready.due.id)
    if due is None or not _is_attempt(due, ready.attempt):
        return None
    ways = reach.ways_to(act, [due], texts.readers_of(act.connection, act.workspace, [due]))
    verdict = verdict_on(act, due, ways)
    if not isinstance(verdict, Allowed):
        hand_offs.give_back(act.connection, due.id)
        refuse(act, due, verdict)
        return None
    return _Cleared(due, replace(envelope_of(due), expires_at=expires_at(act, due, ways)))


def _is_attempt(due: Record, attempt: int) -> bool:
    """The fence: whoever was taken for dead and settled meanwhile finds another state or another attempt."""
    return (due.status, due.attempt) == (TouchStatus.SENDING.value, attempt)


def envelope_of(due: Record) -> Envelope:
    """What the transport is handed, and later asked about. `due` is read by `store.moments`, its message stored."""
    return Envelope(
        touch_id=due.id,
        attempt=due.attempt,
        channel="email" if Verb(due.verb) is Verb.EMAIL else "sms",
        recipient=due.recipient,
        sender=due.sender,
        payload=due.payload,
        message_id=due.message_id,
        at=due.intent_at,
    )


def _transmit(ctx: Context, envelope: Envelope) -> SendOutcome:
    """A transport that raises has told us nothing: the message may be out."""
    try:
        return ctx.transports[envelope.channel].send(envelope)
    except Exception as surprise:  # noqa: BLE001 - whatever it was, the touch must end as a doubt, not vanish
        return Unknown(f"{type(surprise).__name__}: {surprise}")
