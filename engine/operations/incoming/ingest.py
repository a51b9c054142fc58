"""Inbound facts: stored before they are acknowledged, applied once, in any order."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from engine.contacts.match_keys import match_key
from engine.core.enrollment import EnrollmentStatus, PauseCause, StopReason
from engine.core.errors import BadInput, EngineError, NotFound
from engine.core.sequence import Family, Verb
from engine.core.task import TaskKind
from engine.core.touch import Reason, TouchStatus
from engine.operations.act import Act, act_on
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.incoming import notices
from engine.operations.lifecycle import dead_addresses, follow_ups, pausing, settling, stopping
from engine.operations.lifecycle.follow_ups import About
from engine.operations.reaching import opting_in
from engine.operations.reaching.absences import OUT_OF_OFFICE, absence_in
from engine.operations.safeguards import health
from engine.store import cases, enrollments, events, messages, people, suppressions, touches
from engine.store.connection import Record
from engine.store.locks import ProspectBusy

LONG_ABSENCE = timedelta(days=30)
SOFT_BOUNCES_COUNT_FOR = timedelta(days=30)
STOP_ASKED = "stop_asked"


@dataclass(frozen=True, slots=True)
class Inbound:
    """A fact as it arrived. `at` is when it happened; the same `dedupe_key` of a provider is the same fact.

    `body` by kind: replied {channel, text, subject}; opted_out {channel, text, phone}; opted_in {phone}; bounced
    {address, detail}; undelivered {address, is_dead, detail}; out_of_office {until, delegate}; left_company {text,
    successor}; challenged {text, link}; sender_refused {detail}; meeting_booked {at, title}; hand_sent {subject}.
    """

    kind: str
    prospect_id: int
    at: datetime
    dedupe_key: str
    provider: str = "api"
    touch_id: int | None = None
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    event_id: int
    is_new: bool
    is_applied: bool


def ingest(ctx: Context, fact: Inbound) -> Receipt:
    """Stored, then applied; while a send to the person is under way it is stored and applied by the next tick."""
    with begin(ctx) as act:
        row, is_new = _store(act, fact)
    if row.applied_at is not None:
        return Receipt(row.id, is_new, is_applied=True)
    return Receipt(row.id, is_new, is_applied=_try_apply(ctx, row))


def _store(act: Act, fact: Inbound) -> tuple[Record, bool]:
    people.prospect_row(act.connection, fact.prospect_id)
    touch = cases.one(act.connection, fact.touch_id) if fact.touch_id is not None else None
    if fact.touch_id is not None and (touch is None or touch.prospect_id != fact.prospect_id):
        raise NotFound(f"prospect {fact.prospect_id} has no touch {fact.touch_id}")
    if fact.kind not in _APPLIERS:
        raise BadInput(f"{fact.kind!r} is no kind of event; one of {', '.join(sorted(_APPLIERS))} is expected")
    _check_absence(fact)
    return events.store(
        act.connection,
        provider=fact.provider,
        dedupe_key=fact.dedupe_key,
        kind=fact.kind,
        prospect_id=fact.prospect_id,
        enrollment_id=touch.enrollment_id if touch is not None else None,
        touch_id=fact.touch_id,
        at=fact.at,
        received_at=act.now,
        body={name: _storable(value) for name, value in fact.body.items()},
    )


def _storable(value: object) -> object:
    """PostgreSQL keeps no NUL, and what somebody wrote is never a reason not to apply the fact."""
    return value.replace("\0", " ") if isinstance(value, str) else value


def _check_absence(fact: Inbound) -> None:
    """A date that cannot be read must not be stored: it could never be applied."""
    until = fact.body.get("until")
    if fact.kind == OUT_OF_OFFICE and until:
        try:
            date.fromisoformat(until)
        except (TypeError, ValueError):
            raise BadInput(f"{until!r} is no date; write it as 2026-03-31, or leave it out", field="until") from None


class EventStuck(EngineError):
    """A fact from outside cannot be applied; its person gets nothing automatic until it is."""


def apply_pending(ctx: Context, limit: int = 500) -> list[EventStuck]:
    """Facts whose person was busy when they came. What cannot be applied is returned: it must not hold up the rest."""
    with ctx.database.read() as connection:
        waiting = [events.one(connection, one) for one in events.unapplied(connection, limit)]
    stuck = []
    for row in waiting:
        try:
            _try_apply(ctx, row)
        except Exception as problem:  # noqa: BLE001 - whatever it is, other people's facts and touches go on
            told = f"event {row.id} ({row.kind} of prospect {row.prospect_id}) cannot be applied: {problem!r}"
            stuck.append(EventStuck(told, event=row.id))
    return stuck


def _try_apply(ctx: Context, row: Record) -> bool:
    try:
        with act_on(ctx, row.prospect_id) as act:
            if events.mark_applied(act.connection, row.id, act.now):
                _APPLIERS[row.kind](act, row)
    except ProspectBusy:
        return False
    return True


def _replied(act: Act, event: Record) -> None:
    """A human answer stops everything of this person and asks for triage."""
    _fact(act, event, "replied_at")
    about = _about(act, event)
    people.note_reply(act.connection, event.prospect_id, event.at)
    stopping.stop_person(act, event.prospect_id, StopReason.REPLIED)
    if about is not None:
        script = str(event.body.get("text", ""))
        follow_ups.open_task(act, about, TaskKind.TRIAGE, script=script, event_id=event.id)


def _opted_out(act: Act, event: Record) -> None:
    """Every channel of the person; the address it came from stays closed under any other name."""
    _suppress_person(act, event, "opted_out")
    stopping.stop_person(act, event.prospect_id, StopReason.OPTED_OUT)
    opting_in.honour_later_start(act, event)


def _complained(act: Act, event: Record) -> None:
    _fact(act, event, "complained_at")
    health.charge(act, event)
    _suppress_person(act, event, "complained")
    stopping.stop_person(act, event.prospect_id, StopReason.COMPLAINT)


def _suppress_person(act: Act, event: Record, reason: str) -> None:
    proof, source = str(event.body.get("text", "")), f"event {event.id}"
    scopes = [("person", str(event.prospect_id))]
    known = people.addresses_of(act.connection, [event.prospect_id])[event.prospect_id]
    scopes += [("address", row.match_key) for row in known]
    for scope, key in scopes:
        suppressions.add(
            act.connection, scope=scope, key=key, channel="all", now=act.now, reason=reason, proof=proof, source=source
        )
    act.record("suppress", "prospect", event.prospect_id, reason=reason, event=event.id)


def _bounced(act: Act, event: Record) -> None:
    """Hard: the address is dead; the second one is used, else mails are skipped and the other channels go on."""
    _fact(act, event, "bounced_at")
    if event.touch_id is not None:
        health.judge_batch(act, event.touch_id)
    _bury_bounced(act, event)


def _bury_bounced(act: Act, event: Record) -> None:
    address = _bounced_address(act, event)
    if address is None:
        return
    proof, source = str(event.body.get("detail", "")), f"event {event.id}"
    dead_addresses.bury(act, address, Family.EMAIL, reason="bounced", proof=proof, source=source)
    for row in enrollments.live_of(act.connection, [event.prospect_id]):
        if dead_addresses.stop_if_unreachable(act, row, StopReason.BOUNCED) is None:
            dead_addresses.ask_whether_they_left(act, row, event.id)


def _soft_bounced(act: Act, event: Record) -> None:
    """A full mailbox is no dead one; three mails that came back within a month are, in whatever order we hear of it."""
    times = events.instants_of(act.connection, event.prospect_id, event.kind)
    if any(third - first <= SOFT_BOUNCES_COUNT_FOR for first, third in zip(times, times[2:], strict=False)):
        _bury_bounced(act, event)


def _bounced_address(act: Act, event: Record) -> Record | None:
    """The address that the bounce names, else the one that the mail went to, else the first; None if it is dead."""
    known = people.addresses_of(act.connection, [event.prospect_id])[event.prospect_id]
    rows = [row for row in known if row.kind == "email" and row.dead_reason is None]
    sent = messages.of_touch(act.connection, event.touch_id) if event.touch_id is not None else None
    named = str(event.body.get("address") or (sent.recipient if sent is not None else "")).casefold()
    if named:
        return next((row for row in rows if row.value.casefold() == named), None)
    return rows[0] if rows else None


def _out_of_office(act: Act, event: Record) -> None:
    """Pauses until the date and two business days more; an inbound person's mail alone; a long absence stops."""
    absence = absence_in(act, event)
    is_long = absence.back - event.at.date() > LONG_ABSENCE
    if is_long:
        people.set_prospect(act.connection, event.prospect_id, quiet_until=absence.quiet_until)
    for row in enrollments.live_of(act.connection, [event.prospect_id]):
        if follow_ups.is_inbound(act, row):
            _pause_mail(act, row, absence.quiet_until)
        elif is_long:
            stopping.stop_enrollment(act, row, StopReason.LONG_ABSENCE, f"back on {absence.back}")
            notices.offer_delegate(act, row, event)
            notices.offer_again(act, row, event, at=absence.quiet_until)
        else:
            pausing.pause(
                act, row, PauseCause.OUT_OF_OFFICE, note=f"back on {absence.back}", resume_at=absence.quiet_until
            )


def _pause_mail(act: Act, row: Record, until: datetime) -> None:
    """What is planned already; what follows is planned around the absence."""
    for touch in touches.open_of(act.connection, row.id):
        is_waiting = touch.status == TouchStatus.SCHEDULED.value and touch.due_at < until
        if is_waiting and Verb(touch.verb).family is Family.EMAIL:
            touches.postpone(act.connection, touch, until, Reason.OUT_OF_OFFICE.value)


def _meeting_booked(act: Act, event: Record) -> None:
    about = _about(act, event)
    stopping.stop_person(act, event.prospect_id, StopReason.MEETING_BOOKED)
    if about is not None:
        script = " ".join(str(event.body[name]) for name in ("title", "at") if event.body.get(name))
        follow_ups.open_task(act, about, TaskKind.CONFIRM_MEETING, script=script, event_id=event.id)


def _clicked(act: Act, event: Record) -> None:
    _fact(act, event, "clicked_at")


def _delivered(act: Act, event: Record) -> None:
    _fact(act, event, "delivered_at")


def _noted(_act: Act, _event: Record) -> None:
    """Kept in the history; nothing follows."""


def _undelivered(act: Act, event: Record) -> None:
    """A number that takes no texts gets none again; one that is switched off may be on tomorrow."""
    key = match_key("phone", str(event.body.get("address", "")))
    if event.body.get("is_dead") and key:
        told = {"reason": "unreachable", "proof": str(event.body.get("detail", "")), "source": f"event {event.id}"}
        suppressions.add(act.connection, scope="address", key=key, channel="sms", now=act.now, **told)
        act.record("suppress", "address", key, reason="unreachable", event=event.id)


def _stop_asked(act: Act, event: Record) -> None:
    """A stop by hand that found its person busy; by now somebody else may have ended the enrollment."""
    row = enrollments.one(act.connection, event.body["enrollment"])
    if EnrollmentStatus(row.status).is_live:
        by_hand = replace(act, actor=event.body["actor"])
        stopping.stop_enrollment(by_hand, row, StopReason.MANUAL, event.body["text"])


def _fact(act: Act, event: Record, name: str) -> None:
    if event.touch_id is not None:
        touches.set_fact(act.connection, event.touch_id, name, event.at)
        settling.prove_by_fact(act, event.touch_id, event.kind)


def _about(act: Act, event: Record) -> About | None:
    return follow_ups.about_whom(act, event.prospect_id, event.enrollment_id)


_APPLIERS = {
    "replied": _replied,
    "opted_out": _opted_out,
    "complained": _complained,
    "bounced": _bounced,
    "soft_bounced": _soft_bounced,
    "auto_replied": _noted,
    "challenged": notices.challenged,
    "left_company": notices.left_company,
    "sender_refused": notices.sender_refused,
    "machine_clicked": _noted,
    OUT_OF_OFFICE: _out_of_office,
    "meeting_booked": _meeting_booked,
    "clicked": _clicked,
    "delivered": _delivered,
    "undelivered": _undelivered,
    "opted_in": opting_in.reopen,
    "hand_sent": _noted,
    STOP_ASKED: _stop_asked,
}
