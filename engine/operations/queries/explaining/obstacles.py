"""What stands in the way of an open touch: the guards that will decide are asked now, and tell all that they object."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.core.caps import HandOff, Limit, Usage, counters_asked, limits_on
from engine.core.guards import Cancel, Hold, Refusal, Skip, Wait, personal_objections
from engine.core.sequence import Family, Verb
from engine.core.touch import Reason
from engine.operations import texts
from engine.operations.queries import reasons
from engine.operations.queries.explaining.case import Case
from engine.operations.queries.explaining.values import Link
from engine.operations.reaching import reach
from engine.operations.reaching.reach import Ways
from engine.operations.safeguards import clearance, gates
from engine.operations.safeguards.capping import hand_off_of
from engine.store import cases, hand_offs, moments
from engine.store.connection import Record

_CHANNELS = {Family.EMAIL: "email", Family.SMS: "sms", Family.PHONE: "phone"}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """`link` tells of it; `reason` and `detail` name what would lift it."""

    reason: Reason
    link: Link
    detail: str | None = None


def channel_of(verb: str) -> str:
    """In which a consent would be recorded."""
    return _CHANNELS.get(Verb(verb).family, "email")


def in_the_way(case: Case, row: Record) -> Iterator[Obstacle]:
    """Of a touch that is open and not with anybody yet, as things stand now; nothing is written."""
    verb = Verb(row.verb)
    due = moments.one(case.act.connection, row.id) if verb.is_automatic else cases.one(case.act.connection, row.id)
    if due is None:
        return
    ways = reach.ways_to(case.act, [due], texts.cast_of(case.act.connection, case.act.workspace, [due]))
    found = _sending(case, due, ways) if verb.is_automatic else _for_people(case, due, ways)
    is_decided = False
    for objection in found:
        yield _told(case, due, objection, is_decided=is_decided)
        is_decided |= not isinstance(objection, Wait)
    yield from _caps(case, due, ways)


def _sending(case: Case, due: Record, ways: Ways) -> Iterator[Wait | Hold | Skip | Cancel]:
    """The person and the hour are asked about the moment at which it is due; what stops everybody, about now."""
    then = replace(case.act, now=max(case.act.now, due.due_at))
    yield from clearance.objections_to(then, due, ways)
    yield from gates.objections(case.act, due)


def _for_people(case: Case, due: Record, ways: Ways) -> Iterator[Hold | Skip | Cancel]:
    yield from personal_objections(Verb(due.verb), reach.facts_of(case.act, due, ways.cast, ways.to(due)))


def _told(case: Case, due: Record, objection: Wait | Hold | Skip | Cancel, *, is_decided: bool) -> Obstacle:
    """`is_decided`: by one before it, which says what becomes of the touch."""
    voice, reason = case.voice, objection.reason
    why = reasons.of_touch(reason.value, voice.locale)
    detail = objection.detail if isinstance(objection, Cancel) else None
    if reason is Reason.ENGAGEMENT and detail in set(Refusal):
        why = reasons.of_refusal(Refusal(detail), voice.locale)
    until = voice.at(objection.until) if isinstance(objection, Wait) else ""
    rule = "also" if is_decided else _rule(objection, is_due=due.due_at <= voice.now)
    told = voice.link(rule, reason.value, why=why, until=until)
    return Obstacle(reason, replace(told, rule=reason.value), detail)


def _rule(objection: Wait | Hold | Skip | Cancel, *, is_due: bool) -> str:
    match objection:
        case Wait():
            return "waits_now" if is_due else "waits"
        case Hold():
            return "hold"
        case Skip():
            return "skip"
        case Cancel():
            return "cancel"


def _caps(case: Case, due: Record, ways: Ways) -> Iterator[Obstacle]:
    """Each counter that is full, with what it holds."""
    at, caps = max(case.act.now, due.due_at), case.act.workspace.caps
    address = ways.address_for(due)
    is_guessed = address is not None and address.quality == "guessed"
    leaving = hand_off_of(case.act, due, ways.cast.people[due.prospect_id], is_guessed=is_guessed)
    usage = hand_offs.usage_of(case.act.connection, counters_asked(leaving, caps, at), at)
    for limit in limits_on(leaving, caps, usage, at):
        counted = _Counted.of(limit, leaving, usage, at)
        if counted.free_at > at:
            yield Obstacle(limit.reason, _full(case, counted))


@dataclass(frozen=True, slots=True)
class _Counted:
    limit: Limit
    used: int
    most: int
    free_at: datetime

    @classmethod
    def of(cls, limit: Limit, leaving: HandOff, usage: Usage, at: datetime) -> "_Counted":
        instants = limit.instants(usage.of(limit.counter), leaving.person)
        return cls(limit, limit.inside(instants, at), limit.ceiling.at(at), limit.free_from(instants, at))


def _full(case: Case, counted: _Counted) -> Link:
    voice, reason = case.voice, counted.limit.reason
    told = {"why": reasons.of_touch(reason.value, voice.locale), "until": voice.at(counted.free_at)}
    if reason is Reason.MAILBOX_GAP:
        made = voice.link("gap", counted.free_at.isoformat(), **told)
    else:
        hours = counted.limit.window // timedelta(hours=1)
        window = voice.say(f"{hours} h", f"{hours} 小时")
        used = {"used": counted.used, "most": counted.most, "window": window}
        made = voice.link("cap_full", f"{counted.used}/{counted.most}", **used, **told)
    return replace(made, rule=reason.value)
