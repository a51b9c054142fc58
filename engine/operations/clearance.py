"""May this touch leave now? The facts of the moment, read for the guard of core."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine.core import caps
from engine.core.clock import add_gap
from engine.core.guards import Allowed, SendFacts, Verdict, Wait, engagement_refusal, may_send
from engine.core.sequence import Gap, Unit, Verb
from engine.core.touch import Reason, TouchStatus
from engine.operations import gates, reach
from engine.operations.act import Act
from engine.operations.enroll import ACKNOWLEDGEMENT, engagement_of
from engine.operations.plans import calendar_for
from engine.operations.texts import Cast
from engine.store import events, messages, plans, suppressions
from engine.store.connection import Record

SOON = timedelta(seconds=5)  # when to look again at what another transaction is about to decide
_AFTER_HAND_SENT = Gap(2, Unit.BUSINESS_DAY)


def verdict_on(act: Act, due: Record, cast: Cast, stored: Record | None) -> Verdict:
    """The whole guard for this touch at this instant. `stored` is its message, if it was rendered before."""
    if events.has_unapplied(act.connection, due.prospect_id):
        return Wait(act.now + SOON, Reason.STOP_PENDING)
    plan, person = act.plan(due.version_id).sequence, cast.people[due.prospect_id]
    verdict = may_send(
        Verb(due.verb),
        _facts(act, due, cast, stored),
        act.now,
        hours=plan.schedule.hours_for(Verb(due.verb)),
        calendar=calendar_for(act.workspace, person.country, act.now.date()),
        zone=ZoneInfo(due.zone),
        at_any_hour=due.step == ACKNOWLEDGEMENT,
    )
    return gates.verdict_on(act, due) if isinstance(verdict, Allowed) else verdict


def _facts(act: Act, due: Record, cast: Cast, stored: Record | None) -> SendFacts:
    covers = suppressions.covering(act.connection, [due.prospect_id]).get(due.prospect_id, [])
    plan, person = act.plan(due.version_id).sequence, cast.people[due.prospect_id]
    blocked = {stage.key for stage in act.workspace.stages if stage.blocks_outbound}
    free = _free_from(act, due)
    facts = replace(
        reach.facts_of(due, cast, covers, reach.ended_channels(act, [due])),
        is_sending_on=plans.is_sending(act.connection),
        is_sequence_paused=plans.is_sequence_paused(act.connection, due.sequence_key),
        refusal=engagement_refusal(engagement_of(person, due.rep_id, blocked), plan, act.now),
        free_from=free[0] if free else None,
        cap_reason=free[1] if free else Reason.MAILBOX_CAP,
        quiet_until=_quiet_until(act, due, person),
    )
    if stored is None or stored.recipient in {row.value for row in reach.usable_addresses(due, cast, covers)}:
        return facts
    # The bytes are written to an address that has died since; they go nowhere else.
    return replace(facts, address=None, is_address_dead=True)


def _free_from(act: Act, due: Record) -> tuple[datetime, Reason] | None:
    """The mailbox's cap; this touch's own unit, reserved with its intent, does not count against itself."""
    is_free = Verb(due.verb) is not Verb.EMAIL or due.status == TouchStatus.SENDING.value
    if is_free or due.mailbox_id is None:
        return None
    plans.lock_mailbox(act.connection, due.mailbox_id)
    used = messages.counted_since(act.connection, due.mailbox_id, act.now - timedelta(days=1))
    return caps.free_from(used, act.workspace.caps, due.id)


def _quiet_until(act: Act, due: Record, person: Record) -> datetime | None:
    """Mail that a rep sent by hand keeps automatic mail away for two business days."""
    written = events.last_hand_sent(act.connection, due.prospect_id)
    if written is None or Verb(due.verb) is not Verb.EMAIL:
        return None
    calendar, zone = calendar_for(act.workspace, person.country, act.now.date()), ZoneInfo(due.zone)
    return add_gap(written, _AFTER_HAND_SENT, calendar, zone)
