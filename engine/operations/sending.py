"""One automatic touch: intent, guard, call, record (semantics, section 1). At most one call per attempt.

The intent is committed before anything leaves; the guard, the call and the record happen under the prospect's
lock; a result that cannot be known becomes `in_doubt` and is never retried blindly.
"""

from dataclasses import replace
from datetime import timedelta

from engine.channels.envelope import Envelope
from engine.core.errors import CannotRender
from engine.core.guards import Allowed, Cancel, Hold, Skip, Wait
from engine.core.outcome import SendOutcome, Unknown
from engine.core.sequence import Verb
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations import advance, journaling, queueing, reach, rendering, restoring, results, texts
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.clearance import SOON, expires_at, verdict_on
from engine.operations.context import Context
from engine.operations.gates import mailbox_of
from engine.operations.texts import Cast
from engine.store import cases, locks, messages, suppressions, touches
from engine.store.connection import Record

_JOURNAL_PATIENCE = timedelta(minutes=1)
# These may last: how late a touch is when they open again decides what becomes of it.
_GATES = frozenset({Reason.INBOX_STALE, Reason.RECOVERY})


def send(ctx: Context, touch_id: int) -> None:
    """Takes one reserved touch as far as it can go now."""
    with begin(ctx) as act:
        intended = _intend(act, touch_id)
    if intended is not None:
        _call(ctx, intended)


def _intend(act: Act, touch_id: int) -> Record | None:
    """Renders and commits the intent, where the reservation is still mine; None when there is nothing to send."""
    due = _reserved(act, touch_id)
    if due is None:
        return None
    cast, stored = texts.cast_of(act.connection, act.workspace, [due]), messages.of_touch(act.connection, due.id)
    verdict = verdict_on(act, due, cast, stored)
    if not isinstance(verdict, Allowed):
        _apply(act, due, verdict)
        return None
    try:
        _store_message(act, due, cast, stored)
    except CannotRender as problem:
        reason = Reason.CANNOT_RENDER.value
        touches.move(act.connection, due, TouchEvent.HOLD, now=act.now, reason=reason, detail=str(problem))
        return None
    used = restoring.attempts_used(act)
    if used and restoring.was_sent_before(act, due):
        return None
    lease = act.now + timedelta(seconds=act.ctx.lease_seconds)
    values = {"attempt": max(due.attempt, used) + 1, "lease_until": lease, "reason": None, "detail": None}
    touches.move(act.connection, due, TouchEvent.INTEND, now=act.now, **values)
    return cases.one(act.connection, touch_id)


def _reserved(act: Act, touch_id: int) -> Record | None:
    """The touch if I may take it now: its person is held from here to the commit, and nothing is on its way to them."""
    connection = act.connection
    due = cases.one(connection, touch_id)
    if due is None:
        return None
    is_free = locks.hold_free(connection, [due.prospect_id], act.now)
    if not is_free or touches.is_sending_to(connection, due.prospect_id):
        touches.lay_by(connection, touch_id, act.ctx.worker, act.now + SOON)
        return None
    now = cases.still_in(connection, due)
    is_mine = now is not None and now.reserved_by == act.ctx.worker
    return now if is_mine and due.status == TouchStatus.SCHEDULED.value else None


def _store_message(act: Act, due: Record, cast: Cast, stored: Record | None) -> None:
    """A retry finds its bytes stored and never renders again."""
    is_counted = Verb(due.verb) is Verb.EMAIL
    if stored is not None:
        messages.count_again(act.connection, due.id, act.now if is_counted else None)
        return
    covers = suppressions.covering(act.connection, [due.prospect_id]).get(due.prospect_id, [])
    address = reach.address_for(due, cast, covers)
    if address is None:
        raise CannotRender("there is no address to send to")
    mailbox = mailbox_of(act, due)
    made = rendering.prepare(act, due, cast, address=address, mailbox=mailbox)
    messages.save(
        act.connection,
        due.id,
        channel=due.verb,
        message_id=made.message_id,
        mailbox_id=mailbox.id if mailbox is not None else None,
        sender=made.sender,
        recipient=made.recipient,
        subject=made.subject,
        text=made.text,
        locale=made.locale,
        payload=made.payload,
        segments=made.segments,
        intent_at=act.now,
        counted_at=act.now if is_counted else None,
    )


def _call(ctx: Context, intended: Record) -> None:
    """Guard, call and record under the prospect's lock."""
    with locks.sending(ctx.database, intended.prospect_id) as held:
        with held.guard() as connection:
            act = Act(ctx, connection, ctx.now())
            envelope = _last_check(act, intended)
            if envelope is None:
                return
            held.calling(connection, act.now + timedelta(seconds=ctx.lease_seconds))
        problem = journaling.write(ctx, intended, envelope)
        outcome = _transmit(ctx, intended, envelope) if problem is None else None
        with held.record() as connection:
            act = Act(ctx, connection, ctx.now())
            if outcome is None:
                _put_back(act, intended, problem)
            else:
                results.record(act, intended, outcome)


def _last_check(act: Act, intended: Record) -> Envelope | None:
    """Everything once more, now that nobody can change it: is the attempt still mine, and is it still allowed?"""
    due = cases.still_in(act.connection, intended)
    if due is None:
        return None
    stored = messages.of_touch(act.connection, due.id)
    assert stored is not None  # noqa: S101 - the intent stored it in the same commit
    cast = texts.readers_of(act.connection, act.workspace, [due])
    verdict = verdict_on(act, due, cast, stored)
    if not isinstance(verdict, Allowed):
        messages.release_cap(act.connection, due.id)
        _apply(act, due, verdict)
        return None
    return replace(envelope_of(due, stored), expires_at=expires_at(act, due, cast))


def envelope_of(due: Record, stored: Record) -> Envelope:
    """What the transport is handed, and later asked about."""
    return Envelope(
        touch_id=due.id,
        attempt=due.attempt,
        channel="email" if Verb(due.verb) is Verb.EMAIL else "sms",
        recipient=stored.recipient,
        sender=stored.sender,
        payload=stored.payload,
        message_id=stored.message_id,
        at=stored.intent_at,
    )


def _transmit(ctx: Context, intended: Record, envelope: Envelope) -> SendOutcome:
    """A transport that raises has told us nothing: the message may be out."""
    try:
        return ctx.transports[intended.verb].send(envelope)
    except Exception as surprise:  # noqa: BLE001 - whatever it was, the touch must end as a doubt, not vanish
        return Unknown(f"{type(surprise).__name__}: {surprise}")


def _put_back(act: Act, intended: Record, problem: str | None) -> None:
    """What cannot be written down is not sent; no try is burned."""
    due = cases.still_in(act.connection, intended)
    if due is not None:
        messages.release_cap(act.connection, due.id)
        why = {"reason": Reason.TRANSIENT.value, "detail": problem, "due_at": act.now + _JOURNAL_PATIENCE}
        touches.move(act.connection, due, TouchEvent.DEFER, now=act.now, **why)


def _apply(act: Act, due: Record, verdict: Wait | Hold | Skip | Cancel) -> None:
    connection, now = act.connection, act.now
    match verdict:
        case Wait(until, reason) if due.status == TouchStatus.SCHEDULED.value and reason in _GATES:
            touches.lay_by(connection, due.id, act.ctx.worker, until, reason=reason.value)
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
