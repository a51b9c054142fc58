"""May this be done to this person now? Every "no" has a name. Pure: facts in, verdict out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from engine.core.calendar import Calendar
from engine.core.clock import add_gap, is_open, next_window_start
from engine.core.enrollment import EnrollmentStatus
from engine.core.hours import Hours
from engine.core.quiet_hours import Opening
from engine.core.sequence import AgainPolicy, AudienceKind, Family, Gap, Sequence, Unit, Verb
from engine.core.touch import Reason

SEND_MARGIN = timedelta(seconds=60)  # a send that starts now must still be inside its window when it ends
QUIET_AFTER_REPLY = timedelta(days=90)
OUTBOUND_ROUNDS_PER_YEAR = 3


@dataclass(frozen=True, slots=True)
class Allowed:
    pass


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Hold:
    reason: Reason


@dataclass(frozen=True, slots=True)
class Skip:
    """The step is given up, the lane goes on."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Cancel:
    """The whole enrollment ends: nothing may reach this person."""

    reason: Reason
    detail: str = ""


Verdict = Allowed | Wait | Hold | Skip | Cancel


class Refusal(StrEnum):
    """Why somebody may not be enrolled."""

    ALREADY_IN = "already_in"
    IN_ANOTHER = "in_another_sequence"
    TOO_SOON = "too_soon"
    TOO_MANY_ROUNDS = "too_many_rounds"
    NEVER_AGAIN = "never_again"
    RECENTLY_TOUCHED = "recently_touched"
    CUSTOMER = "customer"
    OPEN_OPPORTUNITY = "open_opportunity"
    PARTNER = "partner"
    COMPETITOR = "competitor"
    OTHER_OWNER = "other_owner"
    REPLIED_RECENTLY = "replied_recently"
    STAGE = "stage"
    SUPPRESSED = "suppressed"
    UNREACHABLE = "unreachable"
    NO_CONSENT = "no_consent"
    ACCOUNT_FULL = "account_full"
    NO_REP = "no_rep"
    UNKNOWN_PERSON = "unknown_person"


_RELATIONSHIPS = {
    "customer": Refusal.CUSTOMER,
    "open_opportunity": Refusal.OPEN_OPPORTUNITY,
    "partner": Refusal.PARTNER,
    "competitor": Refusal.COMPETITOR,
}


@dataclass(frozen=True, slots=True)
class Engagement:
    """What the rules of engagement look at. `rep` would work the person, `account_owner` owns the account."""

    relationship: str = "prospect"
    rep: int | None = None
    account_owner: int | None = None
    is_stage_blocked: bool = False
    stage: str | None = None
    last_reply_at: datetime | None = None


def engagement_refusal(facts: Engagement, sequence: Sequence, now: datetime) -> Refusal | None:
    """Rule 10: outbound is refused by name; `allow:` lifts one rule per sequence. Inbound people came to us."""
    if sequence.audience.kind is not AudienceKind.OUTBOUND:
        return None
    named = _RELATIONSHIPS.get(facts.relationship)
    if named is not None and named.value not in sequence.allow:
        return named
    if _is_others(facts) and Refusal.OTHER_OWNER.value not in sequence.allow:
        return Refusal.OTHER_OWNER
    if facts.last_reply_at is not None and now - facts.last_reply_at < QUIET_AFTER_REPLY:
        return Refusal.REPLIED_RECENTLY
    return Refusal.STAGE if facts.is_stage_blocked else None


def _is_others(facts: Engagement) -> bool:
    return facts.account_owner is not None and facts.rep is not None and facts.account_owner != facts.rep


@dataclass(frozen=True, slots=True)
class Candidate:
    """Everything about a person that decides whether a sequence may begin.

    `closed` are the verbs that need a consent which they have not given. `past_rounds` are the starts of earlier
    enrollments in this sequence, `outbound_rounds` those in any outbound one. `is_company_full`: as many of their
    colleagues are in a sequence as may be at a time.
    """

    engagement: Engagement
    families: frozenset[Family]
    zone: ZoneInfo
    calendar: Calendar
    closed: frozenset[Verb] = frozenset()
    is_suppressed: bool = False
    live_sequences: tuple[str, ...] = ()
    past_rounds: tuple[datetime, ...] = ()
    outbound_rounds: tuple[datetime, ...] = ()
    last_touch_at: datetime | None = None
    quiet_until: datetime | None = None
    is_company_full: bool = False


def may_enroll(sequence: Sequence, who: Candidate, now: datetime) -> Refusal | None:
    """The first rule that refuses, or None."""
    if who.is_suppressed:
        return Refusal.SUPPRESSED
    if sequence.key in who.live_sequences:
        return Refusal.ALREADY_IN
    if who.live_sequences and sequence.audience.kind is not AudienceKind.INBOUND:
        return Refusal.IN_ANOTHER
    engaged = engagement_refusal(who.engagement, sequence, now)
    if engaged is not None:
        return engaged
    if who.engagement.rep is None:
        return Refusal.NO_REP
    verbs = {step.do for step in sequence.steps if step.do.is_counted and step.do.family in who.families}
    if not verbs:
        return Refusal.UNREACHABLE
    if verbs <= who.closed:
        return Refusal.NO_CONSENT
    again = _may_again(sequence, who, now) or _is_quiet(sequence, who, now)
    return again or (Refusal.ACCOUNT_FULL if who.is_company_full else None)


def _is_quiet(sequence: Sequence, who: Candidate, now: datetime) -> Refusal | None:
    if sequence.audience.kind is AudienceKind.OUTBOUND and who.quiet_until and who.quiet_until > now:
        return Refusal.TOO_SOON
    gap = sequence.quiet_since_last_touch
    if gap is None or who.last_touch_at is None:
        return None
    return Refusal.RECENTLY_TOUCHED if now < _rests_until(who.last_touch_at, gap, who) else None


def _may_again(sequence: Sequence, who: Candidate, now: datetime) -> Refusal | None:
    """Rule 11: how often, and how soon after the last round."""
    if sequence.audience.kind is AudienceKind.OUTBOUND:
        year = [start for start in who.outbound_rounds if now - start < timedelta(days=365)]
        if len(year) >= OUTBOUND_ROUNDS_PER_YEAR:
            return Refusal.TOO_MANY_ROUNDS
    if not who.past_rounds:
        return None
    match sequence.again.policy:
        case AgainPolicy.NEVER:
            return Refusal.NEVER_AGAIN
        case AgainPolicy.AFTER if sequence.again.after is not None:
            return Refusal.TOO_SOON if now < _rests_until(max(who.past_rounds), sequence.again.after, who) else None
        case _:
            return None


def _rests_until(since: datetime, gap: Gap, who: Candidate) -> datetime:
    """Business days are the person's own; a day is 24 hours."""
    if gap.unit is Unit.BUSINESS_DAY:
        return add_gap(since, gap, who.calendar, who.zone)
    return since + gap.as_timedelta()


@dataclass(frozen=True, slots=True)
class SendFacts:
    """What the guard looks at, read under the prospect's lock immediately before the call.

    `suppressed` says which scope covers this address and channel (`person`, `account`, `domain`: nothing may reach
    them; `address`, `channel`: only this channel is closed). `is_channel_ended`: an outcome gave the channel up for the
    rest of the sequence.
    """

    status: EnrollmentStatus
    is_sequence_paused: bool = False
    is_sending_on: bool = True
    suppressed: str | None = None
    address: str | None = None
    is_address_dead: bool = False
    has_consent: bool = True
    is_friend: bool = True
    is_channel_ended: bool = False
    refusal: Refusal | None = None
    quiet_until: datetime | None = None


# A profile or a video needs no address on file: the rep can look the person up.
_MISSING = {
    Family.EMAIL: Reason.NO_EMAIL,
    Family.SMS: Reason.NO_PHONE,
    Family.PHONE: Reason.NO_PHONE,
    Family.WECHAT: Reason.NO_WECHAT,
}
WHOLE_PERSON = frozenset({"person", "account", "domain"})


def may_reach(verb: Verb, facts: SendFacts) -> Allowed | Hold | Skip | Cancel:
    """The part of the guard that concerns the person, not the moment; work for people passes it too."""
    return next(personal_objections(verb, facts), Allowed())


def personal_objections(verb: Verb, facts: SendFacts) -> Iterator[Hold | Skip | Cancel]:
    """All that speaks against reaching them; the first decides."""
    if not facts.status.is_live:
        yield Cancel(Reason.STOPPED)
    if facts.suppressed in WHOLE_PERSON:
        yield Cancel(Reason.OPTED_OUT, facts.suppressed or "")
    if facts.status.is_live and facts.status is not EnrollmentStatus.ACTIVE:
        yield Hold(Reason.PAUSED)
    if facts.refusal is not None:
        yield Cancel(Reason.ENGAGEMENT, facts.refusal.value)
    if facts.suppressed is not None and facts.suppressed not in WHOLE_PERSON:
        yield Skip(Reason.CHANNEL_OPTED_OUT)
    if verb.family in _MISSING and facts.address is None:
        yield Skip(Reason.DEAD_ADDRESS if facts.is_address_dead else _MISSING[verb.family])
    if not facts.has_consent:
        yield Skip(Reason.NO_CONSENT)
    if facts.is_channel_ended:
        yield Skip(Reason.CHANNEL_ENDED)
    if verb is Verb.WECHAT_MESSAGE and not facts.is_friend:
        yield Skip(Reason.NOT_FRIENDS)


@dataclass(frozen=True, slots=True)
class SendHours:
    """The hours of a step by the recipient's clock, and those of the law. `at_any_hour` is the acknowledgement's
    privilege, but for `law`.
    """

    hours: Hours
    calendar: Calendar
    zone: ZoneInfo
    law: Hours | None = None
    at_any_hour: bool = False


def may_send(verb: Verb, facts: SendFacts, now: datetime, when: SendHours) -> Verdict:
    """May it leave, but for its caps?"""
    return next(objections(verb, facts, now, when), Allowed())


def objections(verb: Verb, facts: SendFacts, now: datetime, when: SendHours) -> Iterator[Wait | Hold | Skip | Cancel]:
    """All that speaks against sending it now; the first decides."""
    yield from personal_objections(verb, facts)
    if not facts.is_sending_on:
        yield Wait(now + SEND_MARGIN, Reason.SENDING_OFF)
    if facts.is_sequence_paused:
        yield Wait(now + SEND_MARGIN, Reason.SEQUENCE_PAUSED)
    yield from _untimely(now, when)
    if not when.at_any_hour and facts.quiet_until is not None and facts.quiet_until > now:
        yield Wait(facts.quiet_until, Reason.REP_WROTE)


def first_send(hours: Hours, calendar: Calendar, zone: ZoneInfo, at: datetime) -> datetime:
    """The first instant from `at` on at which a send begins inside a window and ends inside it."""
    if is_open(hours, calendar, zone, at) and is_open(hours, calendar, zone, at + SEND_MARGIN):
        return at
    return next_window_start(hours, calendar, zone, at)


def _untimely(now: datetime, when: SendHours) -> Iterator[Wait | Hold]:
    hours, calendar, zone = when.hours, when.calendar, when.zone
    start = now if when.at_any_hour else first_send(hours, calendar, zone, now)
    if start > now:
        yield Wait(start, Reason.OUTSIDE_WINDOW)
    quiet = _quiet_hours(when.law, now, hours=None if when.at_any_hour else hours, calendar=calendar, zone=zone)
    if quiet is not None:
        yield quiet


def _quiet_hours(
    law: Hours | None, now: datetime, *, hours: Hours | None, calendar: Calendar, zone: ZoneInfo
) -> Wait | Hold | None:
    """Until the law and the window are open together; held where they never are."""
    if law is None:
        return None
    opening = Opening(law, zone, calendar, hours)
    closes = opening.closes_at(now)
    if closes is not None and now + SEND_MARGIN < closes:
        return None
    start = opening.next_start(now)
    return Hold(Reason.QUIET_HOURS) if start is None else Wait(start, Reason.QUIET_HOURS)
