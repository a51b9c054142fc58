from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.enrollment import EnrollmentStatus
from engine.core.guards import SEND_MARGIN, Allowed, Hold, SendFacts, SendHours, Wait, may_send
from engine.core.hours import Hours, Window
from engine.core.quiet_hours import Opening
from engine.core.schedule import next_touches, plan_repeat
from engine.core.sequence import Family, Verb
from engine.core.slots import Setting
from engine.core.touch import Reason
from tests.support.factories import (
    EVERY_DAY,
    NEW_YORK,
    at,
    calendar,
    ended,
    enrolled,
    having,
    hours,
    sequence,
    setting,
    step,
    window,
)

ZONES = [
    "America/New_York", "Europe/Berlin", "Asia/Shanghai", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu",
    "Pacific/Apia", "Africa/Casablanca", "America/Santiago", "Europe/London",
]  # fmt: skip
LAW = hours("08:00-21:00", days=EVERY_DAY)
TEXT = SendFacts(EnrollmentStatus.ACTIVE, address="+12125550100")
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(
    lambda one: one.replace(tzinfo=ZoneInfo("UTC"))
)


def windows() -> st.SearchStrategy[tuple[Window, ...]]:
    edge = st.integers(0, 23 * 60 + 59)
    pair = st.tuples(edge, edge).filter(lambda both: both[0] < both[1])
    return st.lists(pair.map(_window), max_size=1).map(tuple)


def _window(minutes: tuple[int, int]) -> Window:
    start, end = (f"{one // 60:02}:{one % 60:02}" for one in minutes)
    return window(f"{start}-{end}")


WEEKS = st.lists(windows(), min_size=7, max_size=7).map(lambda days: Hours(tuple(days)))


def verdict(now: datetime, zone: str, open_hours: Hours, law: Hours, **more: Any) -> object:
    return may_send(Verb.SMS, TEXT, now, SendHours(open_hours, calendar(), ZoneInfo(zone), law=law, **more))


def is_within(local: datetime, week: Hours) -> bool:
    return any(one.start <= local.time() < one.end for one in week.on(local.weekday()))


@given(zone=st.sampled_from(ZONES), now=INSTANTS, open_hours=WEEKS, law=WEEKS)
def test_a_text_leaves_inside_the_window_and_the_law_and_expires_before_either_ends(
    zone: str, now: datetime, open_hours: Hours, law: Hours
) -> None:
    if open_hours.is_empty or not isinstance(verdict(now, zone, open_hours, law), Allowed):
        return
    expires = Opening(law, ZoneInfo(zone), calendar(), open_hours).closes_at(now)
    assert expires is not None
    assert now + SEND_MARGIN < expires
    for moment in (now, now + (expires - now) / 2, expires - timedelta(seconds=1)):
        local = moment.astimezone(ZoneInfo(zone))
        assert is_within(local, open_hours)
        assert is_within(local, law)


@given(zone=st.sampled_from(ZONES), now=INSTANTS, law=WEEKS)
def test_who_waits_for_the_law_waits_for_an_instant_at_which_it_allows_a_text(
    zone: str, now: datetime, law: Hours
) -> None:
    all_day = Hours(((Window(datetime.min.time(), datetime.max.time().replace(microsecond=0)),),) * 7)
    found = verdict(now, zone, all_day, law)
    if isinstance(found, Wait) and found.reason is Reason.QUIET_HOURS:
        assert found.until > now
        assert is_within(found.until.astimezone(ZoneInfo(zone)), law)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-04T07:59-05:00", Wait(at("2026-03-04T08:00-05:00"), Reason.QUIET_HOURS)),
        ("2026-03-04T08:00-05:00", Allowed()),
        ("2026-03-04T20:58-05:00", Allowed()),
        ("2026-03-04T20:59-05:00", Wait(at("2026-03-05T08:00-05:00"), Reason.QUIET_HOURS)),
        ("2026-03-04T21:00-05:00", Wait(at("2026-03-05T08:00-05:00"), Reason.QUIET_HOURS)),
    ],
)
def test_the_recipients_night_is_quiet(now: str, expected: object) -> None:
    assert verdict(at(now), "America/New_York", hours("00:00-23:59", days=EVERY_DAY), LAW) == expected


def test_not_even_the_answer_to_a_request_is_texted_at_night() -> None:
    late = at("2026-03-04T23:00-05:00")
    found = verdict(late, "America/New_York", hours("09:00-17:00"), LAW, at_any_hour=True)
    assert found == Wait(at("2026-03-05T08:00-05:00"), Reason.QUIET_HOURS)
    assert (
        verdict(at("2026-03-04T20:00-05:00"), "America/New_York", hours("09:00-17:00"), LAW, at_any_hour=True)
        == Allowed()
    )


def test_a_window_that_never_meets_the_law_is_held_by_name() -> None:
    evening = hours("22:00-23:00", days=EVERY_DAY)
    assert verdict(at("2026-03-04T22:10-05:00"), "America/New_York", evening, LAW) == Hold(Reason.QUIET_HOURS)


def test_a_minute_that_is_left_of_a_window_is_none() -> None:
    """In the last one of a window nothing begins: it would wait from day to day."""
    late = hours("20:59-22:00", days=EVERY_DAY)
    assert verdict(at("2026-03-04T20:59-05:00"), "America/New_York", late, LAW) == Hold(Reason.QUIET_HOURS)
    early = at("2026-03-04T08:00-05:00")
    plan = sequence(step("call", 1, Verb.CALL))
    (touch,) = next_touches(plan, enrolled(plan, lawful(hours("08:00-09:01")), early), early)
    assert touch.hold is Reason.QUIET_HOURS


def lawful(law: Hours) -> Setting:
    return replace(setting(), law={Family.PHONE: law})


def test_a_call_is_planned_inside_the_window_and_the_law() -> None:
    plan = sequence(step("call", 1, Verb.CALL))
    where = lawful(hours("10:00-11:00", "15:00-20:00"))
    (touch,) = next_touches(plan, enrolled(plan, where, at("2026-03-04T08:00-05:00")), at("2026-03-04T08:00-05:00"))
    assert touch.callable_from == at("2026-03-04T10:00-05:00")
    assert touch.callable_until == at("2026-03-04T17:30-05:00")
    assert touch.hold is None


def test_a_mail_knows_no_hours_but_its_own() -> None:
    plan = sequence(step("mail", 1))
    now = at("2026-03-04T08:00-05:00")
    (touch,) = next_touches(plan, enrolled(plan, lawful(hours("10:00-11:00")), now), now)
    assert touch.due_at == at("2026-03-04T09:00-05:00")


def test_a_call_whose_window_never_meets_the_law_is_held_by_name() -> None:
    plan = sequence(step("call", 1, Verb.CALL))
    now = at("2026-03-04T08:00-05:00")
    (touch,) = next_touches(plan, enrolled(plan, lawful(hours("20:00-21:00")), now), now)
    assert touch.hold is Reason.QUIET_HOURS


@pytest.mark.parametrize(
    ("promised", "callable_from", "until"),
    [
        ("2026-03-07T19:00-05:00", "2026-03-07T19:00-05:00", "2026-03-07T20:00-05:00"),
        ("2026-03-07T20:30-05:00", "2026-03-08T12:00-04:00", "2026-03-08T20:00-04:00"),
        ("2026-03-08T09:00-04:00", "2026-03-08T12:00-04:00", "2026-03-08T20:00-04:00"),
    ],
)
def test_a_promised_call_keeps_the_hours_of_the_law(promised: str, callable_from: str, until: str) -> None:
    law = Hours((*hours("09:00-20:00", days=range(6)).days[:6], (window("12:00-20:00"),)))
    plan, where = sequence(step("call", 1, Verb.CALL)), lawful(law)
    now = at("2026-03-04T10:00-05:00")
    begun = enrolled(plan, where, now)
    (first,) = next_touches(plan, begun, now)
    over = ended(first, now)
    again = plan_repeat(plan, over, at(promised), progress=having(begun, over), now=now)
    assert (again.callable_from, again.callable_until) == (at(callable_from), at(until))
    assert again.due_date == at(callable_from).astimezone(NEW_YORK).date()
