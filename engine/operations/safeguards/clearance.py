"""May this touch leave now? The facts of the moment, read for the guard of core."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.core.guards import (
    Allowed,
    Cancel,
    Hold,
    SendFacts,
    SendHours,
    Skip,
    Verdict,
    Wait,
    engagement_refusal,
    objections,
)
from engine.core.hours import Hours, Window
from engine.core.quiet_hours import Opening
from engine.core.sequence import AudienceKind, Family, Verb
from engine.core.touch import Reason
from engine.operations.act import Act
from engine.operations.admission.beginnings import ACKNOWLEDGEMENT
from engine.operations.days.open_days import calendar_for, place_of
from engine.operations.enroll import engagement_of
from engine.operations.reaching import reach
from engine.operations.reaching.absences import away_until, rests_until
from engine.operations.reaching.reach import Way, Ways
from engine.operations.safeguards import gates
from engine.operations.texts import Cast
from engine.store.connection import Record

SOON = timedelta(seconds=5)  # when to look again at what another transaction is about to decide
_ANY_HOUR = Hours(((Window(time.min, time.max),),) * 7)  # where no law names any, the sequence's window remains
_UNTIL_HANDED_OVER = timedelta(minutes=2)


def verdict_on(act: Act, due: Record, ways: Ways) -> Verdict:
    """The whole guard for this touch at this instant, but for its caps. `due` is read by `store.moments`."""
    return next(objections_to(act, due, ways), None) or gates.verdict_on(act, due)


def objections_to(act: Act, due: Record, ways: Ways) -> Iterator[Wait | Hold | Skip | Cancel]:
    """All that speaks against this touch at this instant, but for caps and what stops everybody; the first decides."""
    way = ways.to(due, recipient=due.recipient)
    yield from _person_and_hour(act, due, ways.cast, way, at_any_hour=due.step == ACKNOWLEDGEMENT)
    yield from filter(None, (find(act, due) for find in (_absence, _unread)))


def _unread(act: Act, due: Record) -> Wait | None:
    """Nothing leaves that asks for an answer while nobody of ours would read it; whoever asked us gets theirs."""
    if act.plan(due.version_id).sequence.audience.kind is AudienceKind.INBOUND:
        return None
    if not due.is_rep_active:
        return Wait(act.now + _UNTIL_HANDED_OVER, Reason.REP_AWAY)
    alone = due.unread_until is not None and due.unread_until > act.now
    return Wait(due.unread_until, Reason.REP_AWAY) if alone else None


def _absence(act: Act, due: Record) -> Wait | None:
    """Whoever asked us goes on while away, but for mail. Who did not is paused whole."""
    is_inbound = act.plan(due.version_id).sequence.audience.kind is AudienceKind.INBOUND
    if not is_inbound or Verb(due.verb).family is not Family.EMAIL or due.step == ACKNOWLEDGEMENT:
        return None
    until = away_until(act, due.prospect_id)
    return Wait(until, Reason.OUT_OF_OFFICE) if until is not None else None


def call_verdict(act: Act, due: Record, ways: Ways) -> Verdict:
    """May a rep have them called now? What stops machines alone, an inbox that nobody reads for one, does not count;
    a promised hour leaves the sequence's window, never the law's.
    """
    found = _person_and_hour(act, due, ways.cast, ways.to(due), at_any_hour=due.is_promised)
    return next(found, Allowed())


def _person_and_hour(
    act: Act, due: Record, cast: Cast, way: Way, *, at_any_hour: bool
) -> Iterator[Wait | Hold | Skip | Cancel]:
    if due.has_unapplied:
        yield Wait(act.now + SOON, Reason.STOP_PENDING)
    verb = Verb(due.verb)
    when = SendHours(
        hours=act.plan(due.version_id).sequence.schedule.hours_for(verb),
        calendar=calendar_for(act.workspace, place_of(cast.people[due.prospect_id]), act.now.date()),
        zone=ZoneInfo(due.zone),
        law=way.permit.hours(verb.family),
        at_any_hour=at_any_hour,
    )
    yield from objections(verb, _facts(act, due, cast, way), act.now, when)


def expires_at(act: Act, due: Record, ways: Ways) -> datetime | None:
    """When a text that leaves now must have arrived: the end of the window or of the law's hours. A mail waits."""
    verb, person = Verb(due.verb), ways.cast.people[due.prospect_id]
    if verb is not Verb.SMS:
        return None
    law = ways.permits[due.prospect_id].hours(verb.family) or _ANY_HOUR
    hours = act.plan(due.version_id).sequence.schedule.hours_for(verb)
    calendar = calendar_for(act.workspace, place_of(person), act.now.date())
    opening = Opening(law, ZoneInfo(due.zone), calendar, None if due.step == ACKNOWLEDGEMENT else hours)
    return opening.closes_at(act.now)


def _facts(act: Act, due: Record, cast: Cast, way: Way) -> SendFacts:
    plan, person = act.plan(due.version_id).sequence, cast.people[due.prospect_id]
    blocked = {stage.key for stage in act.workspace.stages if stage.blocks_outbound}
    return replace(
        reach.facts_of(act, due, cast, way),
        is_sending_on=due.is_sending,
        is_sequence_paused=due.is_sequence_paused,
        refusal=engagement_refusal(engagement_of(person, due.rep_id, blocked), plan, act.now),
        quiet_until=_quiet_until(act, due, person),
    )


def _quiet_until(act: Act, due: Record, person: Record) -> datetime | None:
    """Mail that a rep sent by hand keeps automatic mail away for two business days."""
    if due.last_hand_sent is None or Verb(due.verb) is not Verb.EMAIL:
        return None
    return rests_until(act, person, due.zone, written_at=due.last_hand_sent)
