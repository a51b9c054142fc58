"""What lateness moves, by policy and by anchor; and how long a join waits. 4 March 2026 is a Wednesday."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from engine.core.schedule import PlannedTouch, Progress, next_touches
from engine.core.sequence import After, Anchor, DayKind, Gap, IfLate, Late, Sequence, Verb
from tests.support.factories import at, calendar, ended, enrolled, having, schedule, sequence, setting, step, waiting

WEDNESDAY = at("2026-03-04T08:00-05:00")
BY_DAY_1 = schedule(anchor=Anchor.ENROLLED)
WAIT, PROCEED = IfLate(Late.WAIT), IfLate(Late.PROCEED)
A_DAY = Gap.parse("1bd")


def calls(*days: int, if_late: IfLate = WAIT, **changes: Any) -> Sequence:
    return sequence(*(step(f"call-{day}", day, Verb.CALL, if_late=if_late) for day in days), **changes)


def first(plan: Sequence) -> tuple[Progress, PlannedTouch]:
    progress = enrolled(plan, setting(), WEDNESDAY)
    return progress, next_touches(plan, progress, WEDNESDAY)[0]


def after_first(plan: Sequence, moment: datetime, *, is_given_up: bool = False) -> PlannedTouch:
    """What comes next in the lane when the first step is over at that moment."""
    progress, touch = first(plan)
    return next_touches(plan, having(progress, replace(ended(touch, moment), is_given_up=is_given_up)), moment)[0]


def days(touch: PlannedTouch) -> tuple[date, date]:
    return touch.nominal_date, touch.due_date


def day(text: str) -> date:
    return date.fromisoformat(f"2026-03-{text}")


@pytest.mark.parametrize(
    ("moment", "previous", "from_day_1"),
    [
        ("2026-03-04T10:00-05:00", "10", "10"),  # on time
        ("2026-03-06T10:00-05:00", "12", "10"),  # two days late
        ("2026-03-16T10:00-04:00", "22", "10"),  # later than the next step's day
    ],
)
def test_from_day_1_lateness_moves_nothing(moment: str, previous: str, from_day_1: str) -> None:
    assert after_first(calls(1, 7), at(moment)).nominal_date == day(previous)
    assert after_first(calls(1, 7, schedule=BY_DAY_1), at(moment)).nominal_date == day(from_day_1)


def test_what_is_overdue_from_day_1_comes_one_on_each_open_day_and_keeps_its_gaps() -> None:
    plan = calls(1, 3, 5, schedule=BY_DAY_1)
    plan = replace(plan, steps=(*plan.steps[:2], replace(plan.steps[2], after=After(Gap.parse("2bd")))))
    progress, touch = first(plan)
    monday, tuesday = at("2026-03-16T10:00-04:00"), at("2026-03-17T10:00-04:00")

    progress = having(progress, ended(touch, monday))
    (second,) = next_touches(plan, progress, monday)
    assert days(second) == (day("06"), day("17"))
    (third,) = next_touches(plan, having(progress, ended(second, tuesday)), tuesday)
    assert days(third) == (day("08"), day("19"))


@pytest.mark.parametrize(
    ("moment", "nominal"),
    [
        ("2026-03-04T10:00-05:00", "10"),  # skipped on its day
        ("2026-03-03T20:00-05:00", "10"),  # skipped before
        ("2026-03-06T10:00-05:00", "12"),  # overdue by two days
    ],
)
def test_a_skip_before_its_day_is_over_keeps_the_plan_and_a_later_one_anchors_it_anew(
    moment: str, nominal: str
) -> None:
    assert after_first(calls(1, 7), at(moment)).nominal_date == day(nominal)


def test_what_may_proceed_is_late_when_the_lanes_next_step_falls_due() -> None:
    _, call = first(calls(1, 7, if_late=PROCEED))
    following = after_first(calls(1, 7, if_late=PROCEED), at("2026-03-04T10:00-05:00"))
    assert call.late_at == following.due_at == at("2026-03-10T09:00-04:00")
    assert following.late_at is None  # nothing comes after it, so it waits


def test_two_steps_of_one_day_that_may_proceed_leave_each_other_the_day() -> None:
    _, call = first(sequence(step("a", 1, Verb.CALL, if_late=PROCEED), step("b", 1, Verb.CALL)))
    assert call.late_at == at("2026-03-05T09:00-05:00")


@pytest.mark.parametrize("moment", ["2026-03-06T10:00-05:00", "2026-03-09T10:00-04:00"])
def test_what_may_proceed_moves_nothing_however_late_it_is_done(moment: str) -> None:
    assert days(after_first(calls(1, 7, if_late=PROCEED), at(moment))) == (day("10"), day("10"))


def test_done_on_the_next_steps_day_it_leaves_that_day_to_itself_and_given_up_it_does_not() -> None:
    plan, morning = calls(1, 7, if_late=PROCEED), at("2026-03-10T08:30-04:00")
    assert days(after_first(plan, morning)) == (day("10"), day("11"))
    assert days(after_first(plan, morning, is_given_up=True)) == (day("10"), day("10"))


def test_a_reps_holiday_makes_nobody_late() -> None:
    plan = calls(1, if_late=IfLate(Late.SKIP_AFTER, A_DAY))
    rep_is_off = setting(rep_days=calendar("2026-03-05"))
    assert first(plan)[1].late_at == at("2026-03-06T00:00-05:00")
    (call,) = next_touches(plan, enrolled(plan, rep_is_off, WEDNESDAY), WEDNESDAY)
    assert call.late_at == at("2026-03-07T00:00-05:00")


POLICIES = (
    WAIT,
    IfLate(Late.SKIP_AFTER, A_DAY),
    PROCEED,
    IfLate(Late.REASSIGN, A_DAY),
    IfLate(Late.ESCALATE, A_DAY),
)


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_a_join_waits_while_its_step_is_open_and_counts_from_its_end_however_it_ended(policy: IfLate) -> None:
    """Done, skipped, given up, refused or cancelled: what has ended keeps nobody waiting."""
    plan = sequence(
        step("call", 1, Verb.CALL, if_late=policy),
        step("call-2", 6, Verb.CALL),
        step("mail", 2, after=After(A_DAY, "call")),
        schedule=schedule(DayKind.BUSINESS),
    )
    progress, call = first(plan)
    late = call.late_at or at("2026-03-12T09:00-04:00")
    still_open = having(progress, waiting(call))
    assert all(touch.step != "mail" for touch in next_touches(plan, still_open, late))

    for is_given_up in (False, True):
        over = having(progress, replace(ended(call, late), is_given_up=is_given_up))
        mail = {touch.step: touch for touch in next_touches(plan, over, late)}["mail"]
        assert mail.nominal_date == day("05")
        assert late < mail.due_at
