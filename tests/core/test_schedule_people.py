"""Touches that people work: when they enter the queue, until when they can be done, repeats and promises."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.clock import local_date
from engine.core.hours import Hours
from engine.core.schedule import PastTouch, PlannedTouch, Progress, next_touches, plan_for_another, plan_repeat
from engine.core.sequence import (
    After,
    AudienceKind,
    Family,
    Gap,
    IfLate,
    Late,
    Sequence,
    Verb,
)
from engine.core.slots import Setting
from tests.support.factories import (
    NEW_YORK,
    SHANGHAI,
    at,
    calendar,
    ended,
    enrolled,
    having,
    hours,
    schedule,
    sequence,
    setting,
    step,
    waiting,
)
from tests.support.strategies import calendars, zoned_instants, zones

CALL_HOURS = hours("09:30-11:30", "14:00-17:00")
CALLS = sequence(
    *(step(f"call-{day}", day, Verb.CALL) for day in (1, 2, 8)),
    schedule=schedule(channel_hours={Family.PHONE: CALL_HOURS}),
)
WEDNESDAY = "2026-03-04T08:00-05:00"


def first_of(plan: Sequence, where: Setting, now: str = WEDNESDAY) -> PlannedTouch:
    return next_touches(plan, enrolled(plan, where, at(now)), at(now))[0]


def called(moment: str, wait: str | None = None, now: str = WEDNESDAY) -> tuple[Progress, PastTouch]:
    """The first call of CALLS, over at that moment."""
    progress = enrolled(CALLS, setting(), at(now))
    call = ended(next_touches(CALLS, progress, at(now))[0], at(moment), Gap.parse(wait) if wait else None)
    return having(progress, call), call


def repeated(moment: str, when: Gap | datetime) -> PlannedTouch:
    progress, call = called(moment)
    return plan_repeat(CALLS, call, when, progress=progress, now=at(moment))


def test_a_call_is_in_the_mornings_queue_and_callable_in_the_prospects_window() -> None:
    afternoons = replace(CALLS, schedule=schedule(open_hours=hours("14:00-17:00")))
    call = first_of(afternoons, setting())
    assert call.due_at == at("2026-03-04T09:00-05:00")
    assert (call.callable_from, call.callable_until) == (at("2026-03-04T14:00-05:00"), at("2026-03-04T17:00-05:00"))


def test_an_automatic_touch_has_no_window_to_be_called_in() -> None:
    mail = first_of(sequence(step(if_late=IfLate(Late.SKIP_AFTER, Gap.parse("1d")))), setting())
    assert (mail.callable_from, mail.callable_until, mail.late_at, mail.respond_by) == (None,) * 4


def test_a_call_is_not_due_before_the_rep_begins_though_its_window_is_open() -> None:
    call = first_of(CALLS, setting(rep_hours=hours("11:00-19:00")))
    assert (call.due_at, call.callable_from) == (at("2026-03-04T11:00-05:00"), at("2026-03-04T09:30-05:00"))


def test_whoever_asked_us_is_in_the_queue_when_their_window_opens_though_the_rep_begins_later() -> None:
    asked = replace(CALLS, audience=replace(CALLS.audience, kind=AudienceKind.INBOUND))
    call = first_of(asked, setting(rep_hours=hours("11:00-19:00")))
    assert call.due_at == call.callable_from == at("2026-03-04T09:30-05:00")


@pytest.mark.parametrize(
    ("rep", "prospect", "windows", "due", "opens"),
    [
        # Tuesday morning in Shanghai is Monday evening in New York, and belongs to Monday's queue there
        (NEW_YORK, SHANGHAI, CALL_HOURS, "2026-03-09T09:00-04:00", "2026-03-10T09:30+08:00"),
        (SHANGHAI, NEW_YORK, CALL_HOURS, "2026-03-10T09:00+08:00", "2026-03-10T09:30-04:00"),
        # an afternoon in New York is over before the next day begins in Shanghai
        (SHANGHAI, NEW_YORK, hours("14:00-17:00"), "2026-03-10T09:00+08:00", "2026-03-10T14:00-04:00"),
        # nobody in New York is at work when Berlin's window opens
        (NEW_YORK, ZoneInfo("Europe/Berlin"), CALL_HOURS, "2026-03-10T09:00-04:00", "2026-03-10T09:30+01:00"),
        (ZoneInfo("Asia/Kathmandu"), SHANGHAI, CALL_HOURS, "2026-03-10T09:00+05:45", "2026-03-10T09:30+08:00"),
        (ZoneInfo("Pacific/Apia"), ZoneInfo("Pacific/Pago_Pago"), CALL_HOURS,
         "2026-03-11T09:00+13:00", "2026-03-10T09:30-11:00"),
    ],
)  # fmt: skip
def test_a_call_to_another_zone_is_due_on_the_reps_own_day(
    rep: ZoneInfo, prospect: ZoneInfo, windows: Hours, *, due: str, opens: str
) -> None:
    plan = replace(CALLS, schedule=schedule(open_hours=windows))
    saturday = at("2026-03-07T12:00+00:00")
    tuesday = Progress(date(2026, 3, 10), saturday, setting(prospect, rep_zone=rep))
    call = next_touches(plan, tuesday, saturday)[0]
    assert (call.due_at, call.callable_from) == (at(due), at(opens))


@given(zoned_instants(), zones())
def test_a_call_enters_the_queue_within_a_day_before_it_can_be_made_and_before_it_cannot_any_more(
    where: tuple[ZoneInfo, datetime], rep_zone: ZoneInfo
) -> None:
    zone, now = where
    progress = enrolled(CALLS, setting(zone, rep_zone=rep_zone), now)
    call = next_touches(CALLS, progress, now)[0]
    assert call.callable_from is not None
    assert call.callable_until is not None
    assert now <= call.due_at < call.callable_until
    assert call.callable_from < call.due_at + timedelta(hours=25)


def test_a_make_up_saturday_has_a_morning_even_for_a_rep_without_saturdays() -> None:
    saturday = calendar(extra_workdays=["2026-03-07"])
    call = first_of(CALLS, setting(open_days=saturday), "2026-03-06T20:00-05:00")
    assert call.due_at == at("2026-03-07T09:00-05:00")


@pytest.mark.parametrize(
    ("reps_days", "due_date", "due"),
    [
        ((), date(2026, 3, 4), "2026-03-04T09:00-05:00"),
        (("2026-03-04",), date(2026, 3, 5), "2026-03-05T09:00-05:00"),
        (("2026-03-04", "2026-03-05", "2026-03-06"), date(2026, 3, 9), "2026-03-09T09:00-04:00"),
    ],
)
def test_a_call_moves_to_the_next_day_on_which_the_rep_works_and_that_is_no_lateness(
    reps_days: tuple[str, ...], due_date: date, due: str
) -> None:
    where = setting(rep_days=calendar(*reps_days))
    call = first_of(CALLS, where)
    assert (call.nominal_date, call.due_date, call.due_at) == (date(2026, 3, 4), due_date, at(due))
    made = having(enrolled(CALLS, where, at(WEDNESDAY)), ended(call, call.due_at))
    (following,) = next_touches(CALLS, made, call.due_at)
    assert following.nominal_date == date(2026, 3, 5)


def test_the_reps_day_off_moves_no_mail() -> None:
    mail = first_of(sequence(step()), setting(rep_days=calendar("2026-03-04")))
    assert mail.due_date == date(2026, 3, 4)


def test_a_window_that_falls_on_the_reps_sunday_evening_is_passed_over() -> None:
    where = setting(SHANGHAI, rep_zone=NEW_YORK)
    call = first_of(CALLS, where, "2026-03-07T12:00+00:00")
    assert (call.callable_from, call.due_at) == (at("2026-03-10T09:30+08:00"), at("2026-03-09T09:00-04:00"))


def test_a_make_up_saturday_of_the_prospect_waits_for_a_rep_who_keeps_none() -> None:
    where = setting(open_days=calendar(extra_workdays=["2026-03-07"]), rep_days=calendar())
    assert first_of(CALLS, where, "2026-03-06T20:00-05:00").due_date == date(2026, 3, 9)


def test_where_the_two_never_meet_the_prospects_window_alone_counts() -> None:
    weekends = replace(CALLS, schedule=schedule(open_hours=hours("10:00-12:00", days=[5, 6])))
    call = first_of(weekends, setting())
    assert (call.due_date, call.callable_from) == (date(2026, 3, 7), at("2026-03-07T10:00-05:00"))


def test_the_inbound_clock_stands_still_on_the_reps_holiday() -> None:
    plan = sequence(step(do=Verb.CALL), kind=AudienceKind.INBOUND, respond_within=Gap.parse("4h"))
    call = first_of(plan, setting(rep_days=calendar("2026-03-04")))
    assert call.respond_by == at("2026-03-05T14:30-05:00")


@given(zoned_instants(), zones(), st.data())
def test_a_planned_call_stands_in_the_queue_of_a_day_on_which_the_rep_works(
    where: tuple[ZoneInfo, datetime], rep_zone: ZoneInfo, data: st.DataObject
) -> None:
    zone, now = where
    theirs, reps = data.draw(calendars(now.date())), data.draw(calendars(now.date()))
    both = setting(zone, theirs, rep_zone, rep_days=reps)
    call = next_touches(CALLS, enrolled(CALLS, both, now), now)[0]
    assert call.callable_from is not None
    assert call.callable_until is not None
    assert both.rep.is_workday(both.rep.day_for(call.callable_from, call.callable_until))


def test_an_outcome_may_ask_for_peace_before_the_lanes_next_step() -> None:
    progress, _ = called("2026-03-04T10:00-05:00", wait="2bd")
    (next_call,) = next_touches(CALLS, progress, at("2026-03-04T10:00-05:00"))
    assert (next_call.nominal_date, next_call.due_date) == (date(2026, 3, 5), date(2026, 3, 6))


def test_a_redial_stays_within_the_day_and_moves_nothing() -> None:
    redial = repeated("2026-03-04T09:40-05:00", Gap.parse("1h"))
    assert (redial.step, redial.repeat, redial.nominal_date) == ("call-1", 1, date(2026, 3, 4))
    assert redial.due_at == redial.callable_from == at("2026-03-04T10:40-05:00")


def test_a_redial_is_not_in_the_queue_before_its_gap_is_over() -> None:
    over_lunch = repeated("2026-03-04T11:00-05:00", Gap.parse("2h"))
    assert over_lunch.due_at == at("2026-03-04T13:00-05:00")
    assert over_lunch.callable_from == at("2026-03-04T14:00-05:00")


def test_a_late_redial_moves_the_tail_of_its_lane() -> None:
    progress, call = called("2026-03-04T09:40-05:00")
    redial = repeated("2026-03-04T09:40-05:00", Gap.parse("1h"))
    done = having(progress, ended(redial, at("2026-03-05T10:00-05:00")), call)
    (following,) = next_touches(CALLS, done, at("2026-03-05T10:00-05:00"))
    assert (following.step, following.due_date) == ("call-2", date(2026, 3, 6))


def test_repeats_are_numbered_after_all_that_were_written_before() -> None:
    progress, call = called("2026-03-04T10:00-05:00")
    voicemail = replace(call, repeat=1)
    both = having(progress, voicemail)
    again = plan_repeat(CALLS, call, Gap.parse("1bd"), progress=both, now=at("2026-03-04T10:00-05:00"))
    assert again.repeat == 2


def test_the_lane_goes_on_only_after_the_repeat_and_keeps_its_distance_to_it() -> None:
    progress, call = called("2026-03-04T10:00-05:00")
    now = at("2026-03-04T10:00-05:00")
    again = plan_repeat(CALLS, call, Gap.parse("2bd"), progress=progress, now=now)
    assert again.due_date == date(2026, 3, 6)
    done = having(progress, ended(again, at("2026-03-06T10:00-05:00")))
    (following,) = next_touches(CALLS, done, at("2026-03-06T10:00-05:00"))
    assert (following.step, following.nominal_date, following.due_date) == (
        "call-2", date(2026, 3, 7), date(2026, 3, 9),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("promised", "due"),
    [
        ("2026-03-05T12:15-05:00", "2026-03-05T12:15-05:00"),  # over lunch
        ("2026-03-07T10:00-05:00", "2026-03-07T10:00-05:00"),  # on a Saturday
        ("2026-03-05T20:59-05:00", "2026-03-05T20:59-05:00"),
        ("2026-03-05T21:00-05:00", "2026-03-06T08:00-05:00"),
        ("2026-03-07T23:30-05:00", "2026-03-08T08:00-04:00"),  # over a change of the clocks
        ("2026-03-05T03:00-05:00", "2026-03-05T08:00-05:00"),
        ("2026-03-05T08:00-05:00", "2026-03-05T08:00-05:00"),
        ("2026-03-01T10:00-05:00", "2026-03-04T10:00-05:00"),  # a moment that has passed means now
    ],
)
def test_a_promised_call_overrides_the_window_but_not_the_quiet_hours(promised: str, due: str) -> None:
    call = repeated("2026-03-04T10:00-05:00", at(promised))
    assert call.due_at == call.callable_from == at(due)
    assert call.callable_until == datetime.combine(call.due_date, time(21), tzinfo=NEW_YORK)


@given(zoned_instants(), st.integers(0, 20 * 24 * 60))
def test_a_promise_is_kept_at_its_moment_or_at_the_next_eight_o_clock(
    where: tuple[ZoneInfo, datetime], minutes: int
) -> None:
    zone, now = where
    progress = enrolled(CALLS, setting(zone), now)
    call = ended(next_touches(CALLS, progress, now)[0], now)
    promised = now + timedelta(minutes=minutes)
    again = plan_repeat(CALLS, call, promised, progress=having(progress, call), now=now)
    local = again.due_at.astimezone(zone)
    assert time(8) <= local.time() < time(21)
    assert again.due_date == local.date()
    was_quiet = not time(8) <= promised.astimezone(zone).time() < time(21)
    assert local.time() == time(8) if was_quiet else again.due_at == promised
    assert promised <= again.due_at < promised + timedelta(hours=13)


def test_a_promise_moves_the_tail_of_its_lane() -> None:
    progress, call = called("2026-03-04T10:00-05:00")
    again = plan_repeat(CALLS, call, at("2026-03-10T19:00-04:00"), progress=progress, now=at("2026-03-04T10:00-05:00"))
    done = having(progress, ended(again, at("2026-03-10T19:05-04:00")))
    (following,) = next_touches(CALLS, done, at("2026-03-10T19:05-04:00"))
    assert following.nominal_date == date(2026, 3, 11)


@pytest.mark.parametrize(
    ("late", "late_at"),
    [
        ("3bd", "2026-03-10T00:00-04:00"),  # Thursday, Friday and Monday are whole days of grace
        ("3d", "2026-03-08T00:00-05:00"),
        ("0d", "2026-03-05T00:00-05:00"),
        ("4h", "2026-03-05T04:00-05:00"),
        (None, None),
    ],
)
def test_a_late_step_is_given_up_after_whole_days(late: str | None, late_at: str | None) -> None:
    policy = IfLate(Late.SKIP_AFTER, Gap.parse(late)) if late else IfLate(Late.WAIT)
    call = first_of(sequence(step("call", 1, Verb.CALL, if_late=policy)), setting())
    assert call.late_at == (at(late_at) if late_at else None)


def test_a_promised_call_can_be_given_up_too() -> None:
    plan = sequence(step("call", 1, Verb.CALL, if_late=IfLate(Late.SKIP_AFTER, Gap.parse("1bd"))))
    progress = enrolled(plan, setting(), at(WEDNESDAY))
    call = ended(first_of(plan, setting()), at("2026-03-04T10:00-05:00"))
    again = plan_repeat(
        plan, call, at("2026-03-07T10:00-05:00"), progress=having(progress, call), now=at("2026-03-04T10:00-05:00")
    )
    assert again.late_at == at("2026-03-10T00:00-04:00")


def inbound(within: str, after: After | None = None) -> Sequence:
    mail, call = step("mail", 1), step("call", 1, Verb.CALL, after=after)
    return sequence(mail, call, kind=AudienceKind.INBOUND, respond_within=Gap.parse(within))


def clock_of(plan: Sequence, now: str, where: Setting) -> datetime | None:
    progress = enrolled(plan, where, at(now))
    return {t.step: t.respond_by for t in next_touches(plan, progress, at(now))}["call"]


@pytest.mark.parametrize(
    ("within", "respond_by"),
    [
        ("5m", "2026-03-09T09:03+08:00"),  # two minutes on Friday, three on Monday
        ("1h", "2026-03-09T09:58+08:00"),
        ("1bd", "2026-03-10T00:00+08:00"),  # a whole business day: Monday's end
        ("1d", "2026-03-08T00:00+08:00"),
    ],
)
def test_the_inbound_clock_runs_in_the_reps_business_minutes(within: str, respond_by: str) -> None:
    where = setting(NEW_YORK, rep_zone=SHANGHAI)
    assert clock_of(inbound(within), "2026-03-06T17:28+08:00", where) == at(respond_by)


def test_the_inbound_clock_stands_still_while_the_rep_is_off_although_the_prospect_is_there() -> None:
    part_time = setting(rep_hours=hours("13:00-15:00"))
    assert clock_of(inbound("5m"), "2026-03-04T09:00-05:00", part_time) == at("2026-03-04T13:05-05:00")


def test_only_the_first_human_step_has_a_clock() -> None:
    plan = sequence(step("call", 1, Verb.CALL), step("note", 1, Verb.PERSONAL_EMAIL), respond_within=Gap.parse("5m"))
    progress = enrolled(plan, setting(), at(WEDNESDAY))
    call, note = next_touches(plan, progress, at(WEDNESDAY))
    assert call.respond_by == at("2026-03-04T09:05-05:00")
    assert note.respond_by is None
    done = ended(call, at("2026-03-04T09:03-05:00"))
    redial = plan_repeat(plan, done, Gap.parse("1h"), progress=having(progress, done), now=at("2026-03-04T09:03-05:00"))
    assert redial.respond_by is None


def test_the_clock_runs_from_enrollment_even_when_the_call_waits_for_a_mail() -> None:
    plan = inbound("30m", after=After(Gap.parse("10m"), "mail"))
    progress = enrolled(plan, setting(), at("2026-03-04T10:00-05:00"))
    (mail,) = next_touches(plan, progress, at("2026-03-04T10:00-05:00"))
    sent = having(progress, ended(mail, at("2026-03-04T10:00:05-05:00")))
    (call,) = next_touches(plan, sent, at("2026-03-04T10:00:05-05:00"))
    assert call.respond_by == at("2026-03-04T10:30-05:00")


def test_outbound_has_no_clock() -> None:
    assert first_of(CALLS, setting()).respond_by is None


def test_the_due_date_is_the_prospects() -> None:
    apia = ZoneInfo("Pacific/Apia")
    call = first_of(CALLS, setting(apia, rep_zone=NEW_YORK), "2026-03-04T00:00+00:00")
    assert call.callable_from is not None
    assert call.due_date == local_date(call.callable_from, apia) == date(2026, 3, 4)


def test_what_comes_to_somebody_else_is_planned_by_their_days_and_not_before_its_own() -> None:
    away = replace(setting(), rep=setting(rep_days=calendar(*(f"2026-03-{day:02}" for day in range(4, 21)))).rep)
    late = first_of(CALLS, away)
    begun = enrolled(CALLS, setting(), at(WEDNESDAY))
    assert (late.nominal_date, late.due_date) == (date(2026, 3, 4), date(2026, 3, 23))

    taken = plan_for_another(CALLS, waiting(late), having(begun, waiting(late)), at(WEDNESDAY))
    assert taken == first_of(CALLS, setting())

    moved = replace(waiting(late), nominal_date=date(2026, 3, 10), due_date=date(2026, 3, 10))
    kept = plan_for_another(CALLS, moved, having(begun, moved), at(WEDNESDAY))
    assert (kept.nominal_date, kept.due_at) == (date(2026, 3, 10), at("2026-03-10T09:00-04:00"))
