"""May this touch leave now? The facts of the moment, read for the guard of core."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.core import caps
from engine.core.clock import add_gap
from engine.core.consent import Cover
from engine.core.guards import Allowed, SendFacts, Verdict, Wait, engagement_refusal, may_send
from engine.core.quiet_hours import Opening
from engine.core.sequence import Gap, Hours, Unit, Verb, Window
from engine.core.touch import Reason, TouchStatus
from engine.operations import gates, reach
from engine.operations.act import Act
from engine.operations.enroll import ACKNOWLEDGEMENT, engagement_of
from engine.operations.permission import permit_of
from engine.operations.plans import calendar_for
from engine.operations.reach import Way
from engine.operations.texts import Cast
from engine.store import messages, moments, plans, suppressions
from engine.store.connection import Record

SOON = timedelta(seconds=5)  # when to look again at what another transaction is about to decide
_ANY_HOUR = Hours(((Window(time.min, time.max),),) * 7)  # where no law names any, the sequence's window remains
_AFTER_HAND_SENT = Gap(2, Unit.BUSINESS_DAY)


def verdict_on(act: Act, due: Record, cast: Cast, stored: Record | None) -> Verdict:
    """The whole guard for this touch at this instant. `stored` is its message, if it was rendered before."""
    moment = moments.of_touch(act.connection, due)
    way = Way(_covers(act, due), permit_of(act, due, cast), reach.ended_channels(act, [due]), _recipient(stored))
    verdict = _person_and_hour(act, due, cast, way, moment=moment, at_any_hour=due.step == ACKNOWLEDGEMENT)
    return gates.verdict_on(act, due, moment) if isinstance(verdict, Allowed) else verdict


def call_verdict(act: Act, due: Record, cast: Cast) -> Verdict:
    """May a rep have them called now? What stops machines alone, an inbox that nobody reads for one, does not count;
    a promised hour leaves the sequence's window, never the law's.
    """
    moment = moments.of_touch(act.connection, due)
    way = Way(_covers(act, due), permit_of(act, due, cast), reach.ended_channels(act, [due]))
    return _person_and_hour(act, due, cast, way, moment=moment, at_any_hour=due.is_promised)


def _person_and_hour(
    act: Act, due: Record, cast: Cast, way: Way, *, moment: Record, at_any_hour: bool
) -> Verdict:  # fmt: skip
    if moment.has_unapplied:
        return Wait(act.now + SOON, Reason.STOP_PENDING)
    verb = Verb(due.verb)
    return may_send(
        verb,
        _facts(act, due, cast, way, moment=moment),
        act.now,
        hours=act.plan(due.version_id).sequence.schedule.hours_for(verb),
        calendar=calendar_for(act.workspace, cast.people[due.prospect_id].country, act.now.date()),
        zone=ZoneInfo(due.zone),
        law=way.permit.hours(verb.family),
        at_any_hour=at_any_hour,
    )


def expires_at(act: Act, due: Record, cast: Cast) -> datetime | None:
    """When a text that leaves now must have arrived: the end of the window or of the law's hours. A mail waits."""
    verb, person = Verb(due.verb), cast.people[due.prospect_id]
    if verb is not Verb.SMS:
        return None
    law = permit_of(act, due, cast).hours(verb.family) or _ANY_HOUR
    hours = act.plan(due.version_id).sequence.schedule.hours_for(verb)
    calendar = calendar_for(act.workspace, person.country, act.now.date())
    opening = Opening(law, ZoneInfo(due.zone), calendar, None if due.step == ACKNOWLEDGEMENT else hours)
    return opening.closes_at(act.now)


def _covers(act: Act, due: Record) -> list[Cover]:
    return suppressions.covering(act.connection, [due.prospect_id]).get(due.prospect_id, [])


def _recipient(stored: Record | None) -> str | None:
    return str(stored.recipient) if stored is not None else None


def _facts(act: Act, due: Record, cast: Cast, way: Way, *, moment: Record) -> SendFacts:
    plan, person = act.plan(due.version_id).sequence, cast.people[due.prospect_id]
    blocked = {stage.key for stage in act.workspace.stages if stage.blocks_outbound}
    free = _free_from(act, due)
    return replace(
        reach.facts_of(act, due, cast, way),
        is_sending_on=moment.is_sending,
        is_sequence_paused=moment.is_sequence_paused,
        refusal=engagement_refusal(engagement_of(person, due.rep_id, blocked), plan, act.now),
        free_from=free[0] if free else None,
        cap_reason=free[1] if free else Reason.MAILBOX_CAP,
        quiet_until=_quiet_until(act, due, person, moment.last_hand_sent),
    )


def _free_from(act: Act, due: Record) -> tuple[datetime, Reason] | None:
    """The mailbox's cap; this touch's own unit, reserved with its intent, does not count against itself."""
    is_free = Verb(due.verb) is not Verb.EMAIL or due.status == TouchStatus.SENDING.value
    if is_free or due.mailbox_id is None:
        return None
    plans.lock_mailbox(act.connection, due.mailbox_id)
    used = messages.counted_since(act.connection, due.mailbox_id, act.now - timedelta(days=1))
    return caps.free_from(used, act.workspace.caps, due.id)


def _quiet_until(act: Act, due: Record, person: Record, written: datetime | None) -> datetime | None:
    """Mail that a rep sent by hand keeps automatic mail away for two business days."""
    if written is None or Verb(due.verb) is not Verb.EMAIL:
        return None
    calendar, zone = calendar_for(act.workspace, person.country, act.now.date()), ZoneInfo(due.zone)
    return add_gap(written, _AFTER_HAND_SENT, calendar, zone)
