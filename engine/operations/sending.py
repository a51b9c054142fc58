"""One automatic touch: intent, guard, call, record (semantics, section 1). At most one call per attempt.

The intent is committed before anything leaves; the guard, the call and the record happen under the prospect's
lock; a result that cannot be known becomes `in_doubt` and is never retried blindly.
"""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine.channels.envelope import Envelope
from engine.core import caps
from engine.core.clock import add_gap
from engine.core.errors import CannotRender
from engine.core.guards import (
    Allowed,
    Cancel,
    Hold,
    SendFacts,
    Skip,
    Verdict,
    Wait,
    engagement_refusal,
    may_send,
)
from engine.core.outcome import Accepted, Deferred, Rejected, SenderBroken, SendOutcome, Unknown
from engine.core.sequence import Gap, Unit, Verb
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations import advance, queueing, reach, rendering, texts
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.enroll import ACKNOWLEDGEMENT, engagement_of
from engine.operations.plans import calendar_for
from engine.operations.texts import Cast
from engine.store import events, locks, messages, people, plans, suppressions, touches
from engine.store.connection import Record

BACKOFF_MINUTES = (1, 5, 15, 60, 240)
AFTER_HAND_SENT = 2  # business days in which automatic mail keeps away


def send(ctx: Context, touch_id: int) -> None:
    """Takes one reserved touch as far as it can go now."""
    with begin(ctx) as act:
        intended = _intend(act, touch_id)
    if intended is not None:
        _call(ctx, intended)


def _intend(act: Act, touch_id: int) -> Record | None:
    """Renders and commits the intent, where the reservation is still mine; None when there is nothing to send."""
    due = touches.case(act.connection, touch_id)
    if due is None or due.status != TouchStatus.SCHEDULED.value or due.reserved_by != act.ctx.worker:
        return None
    cast = texts.cast_of(act.connection, act.workspace, [due])
    verdict = _verdict(act, due, cast)
    if not isinstance(verdict, Allowed):
        _apply(act, due, verdict)
        return None
    try:
        _store_message(act, due, cast)
    except CannotRender as problem:
        reason = Reason.CANNOT_RENDER.value
        touches.move(act.connection, due, TouchEvent.HOLD, now=act.now, reason=reason, detail=str(problem))
        return None
    lease = act.now + timedelta(seconds=act.ctx.lease_seconds)
    values = {"attempt": due.attempt + 1, "lease_until": lease, "reason": None, "detail": None}
    touches.move(act.connection, due, TouchEvent.INTEND, now=act.now, **values)
    return touches.case(act.connection, touch_id)


def _store_message(act: Act, due: Record, cast: Cast) -> None:
    """A retry finds its bytes stored and never renders again."""
    if messages.of_touch(act.connection, due.id) is not None:
        messages.count_again(act.connection, due.id, act.now)
        return
    covers = suppressions.covering(act.connection, [due.prospect_id]).get(due.prospect_id, [])
    address = reach.address_for(due, cast, covers)
    if address is None:
        raise CannotRender("there is no address to send to")
    mailbox = _mailbox(act, due)
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
        intent_at=act.now,
        is_counted=Verb(due.verb) is Verb.EMAIL,
    )


def _call(ctx: Context, intended: Record) -> None:
    """Guard, call and record under the prospect's lock."""
    with locks.sending(ctx.database, intended.prospect_id, intended.lease_until) as held:
        with held.guard() as connection:
            envelope = _last_check(Act(ctx, connection, ctx.now()), intended)
            if envelope is None:
                locks.release(connection, intended.prospect_id)
                return
        outcome = _transmit(ctx, intended, envelope)
        with held.record() as connection:
            record(Act(ctx, connection, ctx.now()), intended, outcome)


def _last_check(act: Act, intended: Record) -> Envelope | None:
    """Everything once more, now that nobody can change it: is the attempt still mine, and is it still allowed?"""
    due = touches.case(act.connection, intended.id)
    if due is None or due.status != TouchStatus.SENDING.value or due.attempt != intended.attempt:
        return None
    verdict = _verdict(act, due, texts.cast_of(act.connection, act.workspace, [due]))
    if not isinstance(verdict, Allowed):
        messages.release_cap(act.connection, due.id)
        _apply(act, due, verdict)
        return None
    stored = messages.of_touch(act.connection, due.id)
    assert stored is not None  # noqa: S101 - the intent stored it in the same commit
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


def record(act: Act, intended: Record, outcome: SendOutcome) -> None:
    """Writes what came of the call, guarded by (id, attempt, state), with the lane's next touch in the same commit."""
    due = touches.case(act.connection, intended.id)
    if due is None or due.status != TouchStatus.SENDING.value or due.attempt != intended.attempt:
        return
    match outcome:
        case Accepted(provider_id):
            touches.move(act.connection, due, TouchEvent.ACCEPT, now=act.now, provider_id=provider_id, reason=None)
            act.record("send", "touch", due.id, attempt=due.attempt, provider_id=provider_id)
        case Deferred(detail, retry_after):
            _defer(act, due, detail, retry_after)
        case Rejected(detail, is_dead):
            _reject(act, due, detail, is_dead=is_dead)
        case SenderBroken(detail):
            messages.release_cap(act.connection, due.id)
            touches.move(act.connection, due, TouchEvent.HOLD, now=act.now, **_why(Reason.SENDER_BROKEN, detail))
            plans.hold_mailbox(act.connection, due.mailbox_id, detail)
        case Unknown(detail):
            touches.move(
                act.connection, due, TouchEvent.DOUBT, now=act.now, reason=Reason.NO_PROOF.value, detail=detail
            )
            act.record("doubt", "touch", due.id, attempt=due.attempt, detail=detail)
    advance.proceed(act, [due.enrollment_id])


def _defer(act: Act, due: Record, detail: str, retry_after: int | None) -> None:
    messages.release_cap(act.connection, due.id)
    tries = due.tries + 1
    if tries >= len(BACKOFF_MINUTES):
        why = {"reason": Reason.TOO_MANY_TRIES.value, "detail": detail, "tries": tries}
        touches.move(act.connection, due, TouchEvent.REJECT, now=act.now, **why)
        return
    wait = timedelta(seconds=max(BACKOFF_MINUTES[tries - 1] * 60 + _jitter(due), retry_after or 0))
    why = {"reason": Reason.TRANSIENT.value, "detail": detail, "tries": tries, "due_at": act.now + wait}
    touches.move(act.connection, due, TouchEvent.DEFER, now=act.now, **why)


def _why(reason: Reason, detail: str) -> dict[str, str]:
    return {"reason": reason.value, "detail": detail}


def _jitter(due: Record) -> int:
    """Up to 20 seconds, from the touch itself: the same row waits the same time wherever it is computed."""
    return hashlib.sha256(f"{due.id}:{due.attempt}".encode()).digest()[0] % 20


def _reject(act: Act, due: Record, detail: str, *, is_dead: bool) -> None:
    messages.release_cap(act.connection, due.id)
    why = {"reason": Reason.REJECTED.value, "detail": detail, "tries": due.tries + 1}
    touches.move(act.connection, due, TouchEvent.REJECT, now=act.now, **why)
    stored = messages.of_touch(act.connection, due.id)
    if is_dead and stored is not None:
        for row in people.addresses_of(act.connection, [due.prospect_id])[due.prospect_id]:
            if row.value == stored.recipient:
                people.mark_dead(act.connection, row.id, "rejected")


def _apply(act: Act, due: Record, verdict: Wait | Hold | Skip | Cancel) -> None:
    connection, now = act.connection, act.now
    match verdict:
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


def _verdict(act: Act, due: Record, cast: Cast) -> Verdict:
    """The whole guard for this touch at this instant."""
    if events.has_unapplied(act.connection, due.prospect_id):
        return Wait(act.now + timedelta(seconds=5), Reason.STOP_PENDING)
    mailbox = _mailbox(act, due)
    if Verb(due.verb) is Verb.EMAIL and (mailbox is None or mailbox.held_reason):
        return Hold(Reason.NO_MAILBOX if mailbox is None else Reason.SENDER_BROKEN)
    plan, person = act.plan(due.version_id).sequence, cast.people[due.prospect_id]
    return may_send(
        Verb(due.verb),
        _facts(act, due, cast, mailbox),
        act.now,
        hours=plan.schedule.hours_for(Verb(due.verb)),
        calendar=calendar_for(act.workspace, person.country, act.now.date()),
        zone=ZoneInfo(due.zone),
        at_any_hour=due.step == ACKNOWLEDGEMENT,
    )


def _facts(act: Act, due: Record, cast: Cast, mailbox: Record | None) -> SendFacts:
    covers = suppressions.covering(act.connection, [due.prospect_id]).get(due.prospect_id, [])
    plan, person = act.plan(due.version_id).sequence, cast.people[due.prospect_id]
    blocked = {stage.key for stage in act.workspace.stages if stage.blocks_outbound}
    free = _free_from(act, due, mailbox)
    return replace(
        reach.facts_of(due, cast, covers),
        is_sending_on=plans.is_sending(act.connection),
        is_sequence_paused=plans.is_sequence_paused(act.connection, due.sequence_key),
        refusal=engagement_refusal(engagement_of(person, due.rep_id, blocked), plan, act.now),
        free_from=free[0] if free else None,
        cap_reason=free[1] if free else Reason.MAILBOX_CAP,
        quiet_until=_quiet_until(act, due, person),
    )


def _free_from(act: Act, due: Record, mailbox: Record | None) -> tuple[datetime, Reason] | None:
    """The mailbox's cap; this touch's own unit, reserved with its intent, does not count against itself."""
    if mailbox is None or due.status == TouchStatus.SENDING.value:
        return None
    used = messages.recent_intents(act.connection, mailbox.id, act.now)
    return caps.free_from(used, act.workspace.caps, due.id)


def _quiet_until(act: Act, due: Record, person: Record) -> datetime | None:
    """Mail that a rep sent by hand keeps automatic mail away for two business days."""
    written = events.last_hand_sent(act.connection, due.prospect_id)
    if written is None or Verb(due.verb) is not Verb.EMAIL:
        return None
    calendar, zone = calendar_for(act.workspace, person.country, act.now.date()), ZoneInfo(due.zone)
    return add_gap(written, Gap(AFTER_HAND_SENT, Unit.BUSINESS_DAY), calendar, zone)


def _mailbox(act: Act, due: Record) -> Record | None:
    return plans.mailbox_row(act.connection, due.mailbox_id) if due.mailbox_id is not None else None
