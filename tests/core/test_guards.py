"""Who may be enrolled, and what may reach somebody now; each "no" by its name, and in which order they speak."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.clock import is_open
from engine.core.enrollment import EnrollmentStatus
from engine.core.guards import (
    SEND_MARGIN,
    Allowed,
    Cancel,
    Candidate,
    Engagement,
    Hold,
    Refusal,
    SendFacts,
    SendHours,
    Skip,
    Verdict,
    Wait,
    engagement_refusal,
    may_enroll,
    may_reach,
    may_send,
)
from engine.core.sequence import Again, AgainPolicy, AudienceKind, Family, Gap, Sequence, Verb
from engine.core.touch import Reason
from tests.support.factories import NEW_YORK, OFFICE_HOURS, at, calendar, hours, outbound_7x3x21, sequence, step
from tests.support.strategies import calendars, open_hours, zoned_instants

NOW = at("2026-03-04T10:00-05:00")
A_DAY, A_SECOND = timedelta(days=1), timedelta(seconds=1)
OUTBOUND = outbound_7x3x21()
INBOUND = outbound_7x3x21(kind=AudienceKind.INBOUND)
NURTURE = outbound_7x3x21(kind=AudienceKind.NURTURE)
MINE = Engagement(rep=1, account_owner=1)
WELCOME = Candidate(MINE, frozenset(Family), NEW_YORK, calendar("2026-02-27"))
READY = SendFacts(EnrollmentStatus.ACTIVE, address="ana@example.com")


def enrolling(who: Candidate = WELCOME, plan: Sequence = OUTBOUND) -> Refusal | None:
    return may_enroll(plan, who, NOW)


def quiet(gap: str) -> Sequence:
    return outbound_7x3x21(quiet_since_last_touch=Gap.parse(gap))


def again(policy: AgainPolicy, after: str | None = None) -> Sequence:
    return outbound_7x3x21(again=Again(policy, Gap.parse(after) if after else None))


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"relationship": "customer"}, Refusal.CUSTOMER),
        ({"relationship": "open_opportunity"}, Refusal.OPEN_OPPORTUNITY),
        ({"relationship": "partner"}, Refusal.PARTNER),
        ({"relationship": "competitor"}, Refusal.COMPETITOR),
        ({"account_owner": 2}, Refusal.OTHER_OWNER),
        ({"last_reply_at": NOW - 90 * A_DAY + A_SECOND}, Refusal.REPLIED_RECENTLY),
        ({"last_reply_at": NOW - 90 * A_DAY}, None),
        ({"is_stage_blocked": True, "stage": "replied"}, Refusal.STAGE),
        ({"account_owner": None}, None),
        ({}, None),
    ],
)
def test_outbound_is_refused_by_name(facts: dict[str, Any], refusal: Refusal | None) -> None:
    engagement = replace(MINE, **facts)
    assert engagement_refusal(engagement, OUTBOUND, NOW) is refusal
    assert enrolling(replace(WELCOME, engagement=engagement)) is refusal
    assert engagement_refusal(engagement, INBOUND, NOW) is None
    assert engagement_refusal(engagement, NURTURE, NOW) is None


@pytest.mark.parametrize("lifted", ["customer", "open_opportunity", "partner", "competitor", "other_owner"])
def test_allow_lifts_exactly_one_rule(lifted: str) -> None:
    plan = replace(OUTBOUND, allow=frozenset({lifted}))
    refused = {
        name: engagement_refusal(replace(MINE, relationship=name), plan, NOW)
        for name in ("customer", "open_opportunity", "partner", "competitor")
    }
    refused["other_owner"] = engagement_refusal(replace(MINE, account_owner=2), plan, NOW)
    assert [name for name, refusal in refused.items() if refusal is None] == [lifted]


def test_what_is_lifted_does_not_hide_the_next_rule() -> None:
    plan = replace(OUTBOUND, allow=frozenset({"customer"}))
    customer = replace(MINE, relationship="customer", is_stage_blocked=True)
    assert engagement_refusal(customer, plan, NOW) is Refusal.STAGE


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"is_suppressed": True}, Refusal.SUPPRESSED),
        ({"live_sequences": ("sample",)}, Refusal.ALREADY_IN),
        ({"live_sequences": ("another",)}, Refusal.IN_ANOTHER),
        ({"engagement": Engagement()}, Refusal.NO_REP),
        ({"families": frozenset({Family.WECHAT})}, Refusal.UNREACHABLE),
        ({"families": frozenset({Family.PHONE})}, None),
        ({"quiet_until": NOW + A_SECOND}, Refusal.TOO_SOON),
        ({"quiet_until": NOW}, None),
        ({"outbound_rounds": (NOW - A_DAY,) * 3}, Refusal.TOO_MANY_ROUNDS),
        ({"outbound_rounds": (NOW - A_DAY, NOW - 2 * A_DAY, NOW - 365 * A_DAY)}, None),
    ],
)
def test_somebody_may_not_be_enrolled_for_a_named_reason(changes: dict[str, Any], refusal: Refusal | None) -> None:
    assert enrolling(replace(WELCOME, **changes)) is refusal


def test_a_suppression_speaks_before_every_other_rule_in_every_sequence() -> None:
    everything_wrong = replace(
        WELCOME,
        engagement=Engagement("customer"),
        families=frozenset(),
        is_suppressed=True,
        live_sequences=("sample",),
        quiet_until=NOW + A_DAY,
    )
    for plan in (OUTBOUND, INBOUND, NURTURE):
        assert enrolling(everything_wrong, plan) is Refusal.SUPPRESSED


def test_inbound_comes_in_beside_outbound_but_never_twice() -> None:
    assert enrolling(replace(WELCOME, live_sequences=("another",)), INBOUND) is None
    assert enrolling(replace(WELCOME, live_sequences=("another",)), NURTURE) is Refusal.IN_ANOTHER
    assert enrolling(replace(WELCOME, live_sequences=("another", "sample")), INBOUND) is Refusal.ALREADY_IN


def test_rounds_and_promises_of_peace_bind_outbound_alone() -> None:
    tired = replace(WELCOME, outbound_rounds=(NOW - A_DAY,) * 5, quiet_until=NOW + A_DAY)
    assert enrolling(tired) is Refusal.TOO_MANY_ROUNDS
    assert enrolling(tired, INBOUND) is None


def test_an_internal_step_reaches_nobody() -> None:
    plan = sequence(step("research", 1, Verb.TASK), step("call", 2, Verb.CALL))
    assert enrolling(replace(WELCOME, families=frozenset({Family.OTHER})), plan) is Refusal.UNREACHABLE


@pytest.mark.parametrize(
    ("plan", "days_ago", "refusal"),
    [
        (again(AgainPolicy.NEVER), 5000, Refusal.NEVER_AGAIN),
        (again(AgainPolicy.ALWAYS), 0, None),
        (again(AgainPolicy.IF_INACTIVE), 0, None),
        (again(AgainPolicy.AFTER, "90d"), 89, Refusal.TOO_SOON),
        (again(AgainPolicy.AFTER, "90d"), 90, None),
        (again(AgainPolicy.AFTER, "36h"), 1, Refusal.TOO_SOON),
        (again(AgainPolicy.AFTER, "36h"), 2, None),
        (again(AgainPolicy.AFTER, "5bd"), 7, Refusal.TOO_SOON),  # Wednesday to Wednesday, and the Friday is a holiday
        (again(AgainPolicy.AFTER, "5bd"), 8, None),
    ],
)
def test_another_round_waits_for_its_turn(plan: Sequence, days_ago: int, refusal: Refusal | None) -> None:
    rounds = (NOW - 900 * A_DAY, NOW - days_ago * A_DAY)
    assert enrolling(replace(WELCOME, past_rounds=rounds), plan) is refusal
    assert enrolling(WELCOME, plan) is None


def test_a_recent_touch_of_another_enrollment_is_too_recent() -> None:
    touched = replace(WELCOME, last_touch_at=NOW - 2 * A_DAY)
    assert enrolling(touched, quiet("3d")) is Refusal.RECENTLY_TOUCHED
    assert enrolling(touched, quiet("2d")) is None
    assert enrolling(touched) is None
    assert enrolling(WELCOME, quiet("3d")) is None


def test_quiet_business_days_are_counted_by_the_persons_own_holidays() -> None:
    on_thursday = replace(WELCOME, last_touch_at=at("2026-02-26T10:00-05:00"))
    assert enrolling(on_thursday, quiet("4bd")) is Refusal.RECENTLY_TOUCHED
    assert enrolling(on_thursday, quiet("3bd")) is None


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, Allowed()),
        ({"status": EnrollmentStatus.PAUSED}, Hold(Reason.PAUSED)),
        ({"status": EnrollmentStatus.PENDING}, Hold(Reason.PAUSED)),
        ({"status": EnrollmentStatus.STOPPED}, Cancel(Reason.STOPPED)),
        ({"status": EnrollmentStatus.FINISHED}, Cancel(Reason.STOPPED)),
        ({"suppressed": "person"}, Cancel(Reason.OPTED_OUT, "person")),
        ({"suppressed": "account"}, Cancel(Reason.OPTED_OUT, "account")),
        ({"suppressed": "domain"}, Cancel(Reason.OPTED_OUT, "domain")),
        ({"suppressed": "address"}, Skip(Reason.CHANNEL_OPTED_OUT)),
        ({"suppressed": "channel"}, Skip(Reason.CHANNEL_OPTED_OUT)),
        ({"suppressed": "person", "status": EnrollmentStatus.PAUSED}, Cancel(Reason.OPTED_OUT, "person")),
        ({"suppressed": "channel", "status": EnrollmentStatus.PAUSED}, Hold(Reason.PAUSED)),
        ({"refusal": Refusal.CUSTOMER}, Cancel(Reason.ENGAGEMENT, "customer")),
        ({"address": None}, Skip(Reason.NO_EMAIL)),
        ({"address": None, "is_address_dead": True}, Skip(Reason.DEAD_ADDRESS)),
    ],
)
def test_a_person_is_reached_only_when_nothing_forbids_it(changes: dict[str, Any], verdict: Verdict) -> None:
    facts = replace(READY, **changes)
    assert may_reach(Verb.EMAIL, facts) == verdict
    assert sending(facts) == verdict
    if not isinstance(verdict, Allowed):
        assert sending(facts, at_any_hour=True) == verdict


@pytest.mark.parametrize(
    ("verb", "verdict"),
    [
        (Verb.CALL, Skip(Reason.NO_PHONE)),
        (Verb.SMS, Skip(Reason.NO_PHONE)),
        (Verb.PERSONAL_EMAIL, Skip(Reason.NO_EMAIL)),
        (Verb.WECHAT_ADD, Skip(Reason.NO_WECHAT)),
        (Verb.LINKEDIN, Allowed()),
        (Verb.VIDEO, Allowed()),
        (Verb.TASK, Allowed()),
    ],
)
def test_a_channel_without_an_address_is_skipped_by_name(verb: Verb, verdict: Verdict) -> None:
    assert may_reach(verb, replace(READY, address=None)) == verdict


def test_only_friends_get_a_wechat_message() -> None:
    stranger = replace(READY, is_friend=False)
    assert may_reach(Verb.WECHAT_MESSAGE, stranger) == Skip(Reason.NOT_FRIENDS)
    assert may_reach(Verb.WECHAT_ADD, stranger) == Allowed()


def sending(facts: SendFacts = READY, now: str = "2026-03-04T10:00-05:00", **more: Any) -> Verdict:
    place = {"hours": OFFICE_HOURS, "calendar": calendar("2026-03-05"), "zone": NEW_YORK}
    return may_send(Verb.EMAIL, facts, at(now), SendHours(**{**place, **more}))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-04T08:59:59-05:00", "2026-03-04T09:00-05:00"),
        ("2026-03-04T11:59-05:00", "2026-03-04T13:30-05:00"),  # a minute later the window is over
        ("2026-03-04T12:00-05:00", "2026-03-04T13:30-05:00"),
        ("2026-03-04T17:29:30-05:00", "2026-03-06T09:00-05:00"),  # tomorrow is a holiday
        ("2026-03-07T10:00-05:00", "2026-03-09T09:00-04:00"),  # over a weekend with a change of the clocks
    ],
)
def test_a_send_waits_for_the_next_window(now: str, until: str) -> None:
    assert sending(now=now) == Wait(at(until), Reason.OUTSIDE_WINDOW)


def test_a_send_must_end_inside_its_window() -> None:
    assert sending(now="2026-03-04T09:00-05:00") == Allowed()
    assert sending(now="2026-03-04T11:58:59-05:00") == Allowed()


def test_windows_that_touch_are_one() -> None:
    assert sending(now="2026-03-04T11:59:30-05:00", hours=hours("09:00-12:00", "12:00-13:00")) == Allowed()


def test_a_switched_off_engine_or_sequence_sends_nothing_not_even_an_acknowledgement() -> None:
    later = NOW + SEND_MARGIN
    off, paused = replace(READY, is_sending_on=False), replace(READY, is_sequence_paused=True)
    for any_hour in (False, True):
        assert sending(off, at_any_hour=any_hour) == Wait(later, Reason.SENDING_OFF)
        assert sending(paused, at_any_hour=any_hour) == Wait(later, Reason.SEQUENCE_PAUSED)


def test_an_acknowledgement_leaves_at_any_hour_whatever_the_rep_has_written() -> None:
    written = replace(READY, quiet_until=NOW + A_DAY * 9)
    assert sending(written, now="2026-03-08T03:00-04:00", at_any_hour=True) == Allowed()


def test_the_reps_own_mail_delays_and_never_hastens() -> None:
    soon = NOW + timedelta(minutes=4)
    assert sending(replace(READY, quiet_until=soon)) == Wait(soon, Reason.REP_WROTE)
    assert sending(replace(READY, quiet_until=NOW)) == Allowed()


@given(st.data())
def test_a_send_is_allowed_only_inside_the_window_and_otherwise_waits_for_one(data: st.DataObject) -> None:
    zone, now = data.draw(zoned_instants())
    open_hours_, cal = data.draw(open_hours()), data.draw(calendars(now.date()))
    when = SendHours(open_hours_, cal, zone)
    verdict = may_send(Verb.EMAIL, READY, now, when)
    if isinstance(verdict, Allowed):
        assert is_open(open_hours_, cal, zone, now)
        assert is_open(open_hours_, cal, zone, now + SEND_MARGIN)
    else:
        assert isinstance(verdict, Wait)
        assert verdict.until > now
        assert may_send(Verb.EMAIL, READY, verdict.until, when) == Allowed()


@given(st.builds(SendFacts, status=st.sampled_from(EnrollmentStatus)), st.sampled_from(Verb))
def test_nothing_reaches_a_suppressed_person_or_an_enrollment_that_is_not_active(facts: SendFacts, verb: Verb) -> None:
    if facts.suppressed is not None or facts.status is not EnrollmentStatus.ACTIVE:
        assert not isinstance(may_reach(verb, facts), Allowed)
