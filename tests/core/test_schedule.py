"""Which day a step falls on: nominal days, rolls, lateness, joins and holidays. 4 March 2026 is a Wednesday."""

from datetime import date, timedelta

import pytest

from engine.core.executed import ExecutedTouch, executed_formula
from engine.core.schedule import (
    PlannedTouch,
    Progress,
    first_open_day,
    is_exhausted,
    next_touches,
)
from engine.core.sequence import After, DayKind, Family, Formula, Gap, Sequence, Step, Verb
from engine.core.touch import Reason
from tests.support.factories import (
    NEW_YORK,
    SHANGHAI,
    at,
    calendar,
    ended,
    enrolled,
    having,
    hours,
    outbound_7x3x21,
    schedule,
    sequence,
    setting,
    step,
    waiting,
)

WEDNESDAY_8_AM = at("2026-03-04T08:00-05:00")
SPRING_FESTIVAL = calendar(*(f"2026-02-{day}" for day in range(15, 24)), extra_workdays=["2026-02-14", "2026-02-28"])


def start(plan: Sequence, now: str = "2026-03-04T08:00-05:00", **where: object) -> Progress:
    return enrolled(plan, setting(**where), at(now))  # type: ignore[arg-type]


def planned(plan: Sequence, progress: Progress, now: str) -> dict[str, PlannedTouch]:
    return {touch.step: touch for touch in next_touches(plan, progress, at(now))}


def lived(plan: Sequence, progress: Progress, *endings: tuple[str, str]) -> Progress:
    """Each (step, moment) in turn: the step, which must be next in its lane, ends at that moment."""
    now = progress.enrolled_at
    for key, moment in endings:
        touch = {t.step: t for t in next_touches(plan, progress, now)}[key]
        now = at(moment)
        progress = having(progress, ended(touch, now))
    return progress


def daily(last: int, verb: Verb = Verb.EMAIL) -> tuple[Step, ...]:
    return tuple(step(f"day-{day}", day, verb) for day in range(1, last + 1))


def on_time(plan: Sequence, progress: Progress) -> dict[str, PlannedTouch]:
    """Everything ends the moment it can."""
    now, found = progress.enrolled_at, {}
    while new := next_touches(plan, progress, now):
        for touch in new:
            now = max(now, touch.callable_from or touch.due_at)
            progress = having(progress, ended(touch, touch.callable_from or touch.due_at))
            found[touch.step] = touch
    return found


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_each_lane_starts_with_its_own_first_step() -> None:
    plan = outbound_7x3x21()
    first = planned(plan, start(plan), "2026-03-04T08:00-05:00")
    assert {key: str(touch.nominal_date) for key, touch in first.items()} == {
        "intro": "2026-03-04",
        "call-1": "2026-03-05",
        "connect": "2026-03-07",
        "personal": "2026-03-17",
    }
    assert first["intro"].due_at == at("2026-03-04T09:00-05:00")


@pytest.mark.parametrize("weekday", range(7))
def test_a_21_day_sequence_ends_on_nominal_day_21_whatever_weekends_it_rolls_over(weekday: int) -> None:
    plan = outbound_7x3x21()
    now = WEDNESDAY_8_AM + timedelta(days=weekday)
    progress = enrolled(plan, setting(), now)
    touches = on_time(plan, progress)
    assert touches["close"].nominal_date == progress.day_one + timedelta(days=20)


def test_days_that_pile_up_behind_a_weekend_are_worked_one_by_one_and_end_on_their_nominal_day() -> None:
    plan = sequence(*daily(8))
    touches = on_time(plan, start(plan))
    assert [str(touch.due_date)[5:] for touch in touches.values()] == [
        "03-04", "03-05", "03-06", "03-09", "03-10", "03-11", "03-12", "03-13",
    ]  # fmt: skip
    assert touches["day-8"].nominal_date == day("2026-03-11")


def test_a_planned_roll_moves_the_touch_and_not_the_tail() -> None:
    plan = sequence(step("a", 1), step("b", 4), step("c", 10))
    rolled = lived(plan, start(plan), ("a", "2026-03-04T09:00-05:00"), ("b", "2026-03-09T09:00-04:00"))
    assert rolled.touches[1].nominal_date == day("2026-03-07")
    assert planned(plan, rolled, "2026-03-09T09:00-04:00")["c"].nominal_date == day("2026-03-13")


def test_lateness_moves_the_tail_of_its_own_lane_only() -> None:
    plan = outbound_7x3x21()
    late = lived(
        plan, start(plan), ("intro", "2026-03-04T09:00-05:00"), ("call-1", "2026-03-09T16:00-04:00")
    )  # due on the 5th
    after = planned(plan, late, "2026-03-09T16:00-04:00")
    assert after["call-2"].nominal_date == day("2026-03-17")
    assert after["proof"].nominal_date == day("2026-03-10")


def test_lateness_counts_business_days_where_the_sequence_does() -> None:
    plan = sequence(*daily(3, Verb.CALL), schedule=schedule(DayKind.BUSINESS))
    late = lived(
        plan, start(plan), ("day-1", "2026-03-04T10:00-05:00"), ("day-2", "2026-03-09T10:00-04:00")
    )  # due on Thursday, done on Monday: two working days late
    assert planned(plan, late, "2026-03-09T10:00-04:00")["day-3"].nominal_date == day("2026-03-10")


@pytest.mark.parametrize(("kind", "last"), [(DayKind.CALENDAR, "2026-03-24"), (DayKind.BUSINESS, "2026-04-01")])
def test_day_21_in_calendar_and_in_business_days(kind: DayKind, last: str) -> None:
    plan = outbound_7x3x21(schedule=schedule(kind))
    assert on_time(plan, start(plan))["close"].nominal_date == day(last)


def test_a_step_skipped_before_it_was_due_keeps_the_plan() -> None:
    plan = sequence(*(step(f"call-{n}", n, Verb.CALL) for n in (1, 9, 13)))
    skipped = lived(plan, start(plan), ("call-1", "2026-03-04T10:00-05:00"), ("call-9", "2026-03-05T10:00-05:00"))
    assert planned(plan, skipped, "2026-03-05T10:00-05:00")["call-13"].due_date == day("2026-03-16")


def test_a_make_up_saturday_is_worked_in_mondays_windows() -> None:
    plan = sequence(*daily(2))
    progress = start(plan, "2026-02-13T08:00+08:00", zone=SHANGHAI, open_days=SPRING_FESTIVAL)
    assert on_time(plan, progress)["day-2"].due_at == at("2026-02-14T09:00+08:00")


def test_a_holiday_rolls_to_the_next_open_day_and_keeps_the_nominal_one() -> None:
    plan = sequence(step("a", 1), step("b", 4), step("c", 15))
    progress = start(plan, "2026-02-13T08:00+08:00", zone=SHANGHAI, open_days=SPRING_FESTIVAL)
    touches = on_time(plan, progress)
    assert (touches["b"].nominal_date, touches["b"].due_date) == (day("2026-02-16"), day("2026-02-24"))
    assert touches["c"].due_date == day("2026-02-27")


def test_what_is_planned_past_the_known_calendar_is_held() -> None:
    plan = sequence(*daily(3))
    progress = start(plan, open_days=calendar(known_until="2026-03-05"))
    touches = on_time(plan, progress)
    assert [touches[f"day-{n}"].hold for n in (1, 2, 3)] == [None, None, Reason.CALENDAR_UNKNOWN]


def test_a_roll_past_the_known_calendar_is_held_too() -> None:
    plan = sequence(step("a", 1), step("b", 4))
    progress = start(plan, open_days=calendar(known_until="2026-03-08"))
    assert on_time(plan, progress)["b"].hold is Reason.CALENDAR_UNKNOWN


@pytest.mark.parametrize(
    ("now", "first_day"),
    [
        ("2026-03-04T08:00-05:00", "2026-03-04"),
        ("2026-03-04T17:29:59-05:00", "2026-03-04"),
        ("2026-03-04T17:30-05:00", "2026-03-05"),
        ("2026-03-06T18:00-05:00", "2026-03-09"),
        ("2026-03-05T04:59+00:00", "2026-03-05"),  # Wednesday night in New York: the next window is Thursday's
    ],
)
def test_day_1_is_the_first_day_on_which_a_window_still_opens(now: str, first_day: str) -> None:
    assert first_open_day(sequence(), setting(), at(now)) == day(first_day)


def test_day_1_is_the_first_on_which_any_of_the_first_steps_can_happen() -> None:
    calls_on_friday = schedule(channel_hours={Family.PHONE: hours("09:00-12:00", days=[4])})
    both = sequence(step("call", 1, Verb.CALL), step("mail", 1), schedule=calls_on_friday)
    only_call = sequence(step("call", 1, Verb.CALL), step("mail", 2), schedule=calls_on_friday)
    assert first_open_day(both, setting(), WEDNESDAY_8_AM) == day("2026-03-04")
    assert first_open_day(only_call, setting(), WEDNESDAY_8_AM) == day("2026-03-06")
    assert planned(both, start(both), "2026-03-04T08:00-05:00")["call"].due_date == day("2026-03-06")


def test_steps_of_the_same_day_follow_each_other_at_once() -> None:
    plan = sequence(step("mail", 1), step("sms", 1, Verb.SMS), step("next", 2))
    sent = lived(plan, start(plan), ("mail", "2026-03-04T09:00-05:00"))
    assert planned(plan, sent, "2026-03-04T09:00-05:00")["sms"].due_at == at("2026-03-04T09:00-05:00")


def test_a_late_step_does_not_share_its_day_with_the_next_one() -> None:
    plan = sequence(*daily(2, Verb.CALL))
    late = lived(plan, start(plan), ("day-1", "2026-03-05T09:00-05:00"))
    assert planned(plan, late, "2026-03-05T09:00-05:00")["day-2"].due_date == day("2026-03-06")


def test_the_day_on_which_a_lane_was_worked_is_the_prospects_day() -> None:
    plan = sequence(*daily(2, Verb.CALL))
    shanghai = start(plan, "2026-03-04T08:00+08:00", zone=SHANGHAI, rep_zone=NEW_YORK)
    done = lived(plan, shanghai, ("day-1", "2026-03-04T17:00+08:00"))  # four in the morning in New York
    assert planned(plan, done, "2026-03-04T17:00+08:00")["day-2"].due_date == day("2026-03-05")


def test_a_wait_in_hours_stays_within_the_day_while_the_window_lasts() -> None:
    plan = sequence(step("a", 1), step("b", 1, after=After(Gap.parse("3h"))))
    noon = lived(plan, start(plan), ("a", "2026-03-04T09:10-05:00"))
    evening = lived(plan, start(plan), ("a", "2026-03-04T16:00-05:00"))
    assert planned(plan, noon, "2026-03-04T09:10-05:00")["b"].due_at == at("2026-03-04T13:30-05:00")
    over_the_edge = planned(plan, evening, "2026-03-04T16:00-05:00")["b"]
    assert over_the_edge.due_at == at("2026-03-05T09:00-05:00")
    assert over_the_edge.nominal_date == day("2026-03-04")


def test_a_wait_is_counted_from_the_end_of_the_step_before_and_not_from_the_moment_of_asking() -> None:
    plan = sequence(step("a", 1), step("b", 1, after=After(Gap.parse("3h"))))
    done = lived(plan, start(plan), ("a", "2026-03-04T09:10-05:00"))
    resumed = planned(plan, done, "2026-03-04T11:30-05:00")["b"]
    assert resumed.due_at == at("2026-03-04T13:30-05:00")


def test_a_first_step_may_wait_after_enrollment() -> None:
    plan = sequence(step("a", 1, after=After(Gap.parse("3h"))))
    progress = start(plan, "2026-03-04T09:30-05:00")
    assert planned(plan, progress, "2026-03-04T09:30-05:00")["a"].due_at == at("2026-03-04T13:30-05:00")


def test_a_join_waits_for_the_other_lane_and_then_for_its_gap() -> None:
    plan = sequence(step("mail", 1), step("call", 2, Verb.CALL, after=After(Gap.parse("1bd"), "mail")))
    progress = start(plan)
    (mail,) = next_touches(plan, progress, WEDNESDAY_8_AM)
    assert next_touches(plan, having(progress, waiting(mail)), WEDNESDAY_8_AM) == ()
    on_friday = having(progress, ended(mail, at("2026-03-06T10:00-05:00")))
    call = planned(plan, on_friday, "2026-03-06T10:00-05:00")["call"]
    assert (call.nominal_date, call.due_date) == (day("2026-03-05"), day("2026-03-09"))


def test_a_join_waits_for_the_repeats_of_its_step() -> None:
    plan = sequence(step("call", 1, Verb.CALL), step("mail", 1, after=After(Gap.parse("0m"), "call")))
    first = lived(plan, start(plan), ("call", "2026-03-04T10:00-05:00")).touches[0]
    again = PlannedTouch("call", 1, "phone", Verb.CALL, first.nominal_date, first.due_date, WEDNESDAY_8_AM)
    busy = having(start(plan), first, waiting(again))
    free = having(busy, ended(again, at("2026-03-04T16:00-05:00")))
    assert "mail" not in planned(plan, busy, "2026-03-04T10:00-05:00")
    assert planned(plan, free, "2026-03-04T16:00-05:00")["mail"].due_at == at("2026-03-04T16:00-05:00")


def test_nothing_is_exhausted_while_a_step_or_a_touch_outside_the_plan_is_open() -> None:
    plan = sequence(step("mail", 1), step("call", 1, Verb.CALL))
    half = lived(plan, start(plan), ("mail", "2026-03-04T09:00-05:00"))
    whole = lived(plan, half, ("call", "2026-03-04T10:00-05:00"))
    added = PlannedTouch("@send_info", 0, "extra:1", Verb.PERSONAL_EMAIL, whole.day_one, whole.day_one, WEDNESDAY_8_AM)
    assert not is_exhausted(plan, half)
    assert is_exhausted(plan, whole)
    assert not is_exhausted(plan, having(whole, waiting(added)))
    assert is_exhausted(plan, having(whole, ended(added, at("2026-03-06T09:00-05:00"))))


def test_the_executed_formula_counts_what_reached_out_over_real_days() -> None:
    first = day("2026-03-04")
    done = [
        ExecutedTouch(Verb.EMAIL, first),
        ExecutedTouch(Verb.CALL, day("2026-03-09")),
        ExecutedTouch(Verb.VOICEMAIL, day("2026-03-09")),
        ExecutedTouch(Verb.TASK, day("2026-04-01")),
    ]
    assert executed_formula(done, first) == Formula(3, 2, 6)
    assert executed_formula(done, first, count_channels=True) == Formula(3, 3, 6)
    assert executed_formula([], first) == Formula(0, 0, 0)


def test_an_answer_before_day_1_still_took_a_day() -> None:
    assert executed_formula([ExecutedTouch(Verb.CALL, day("2026-03-07"))], day("2026-03-09")) == Formula(1, 1, 1)
