import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.hours import NO_HOURS
from engine.core.sequence import (
    Family,
    Formula,
    Gap,
    Sequence,
    Unit,
    Verb,
    measured_formula,
    tasks_for_people,
)
from tests.support.factories import OFFICE_HOURS, hours, outbound_7x3x21, schedule, sequence, step
from tests.support.strategies import sequences

CALL_IN_15 = sequence(
    step("call-1", 1, Verb.CALL),
    step("mail-1", 1),
    step("call-2", 1, Verb.CALL, voicemail=True),
    step("call-3", 2, Verb.CALL),
    step("personal-1", 2, Verb.PERSONAL_EMAIL),
    step("social", 3, Verb.LINKEDIN),
    step("call-4", 4, Verb.CALL),
    step("mail-2", 5),
    step("call-5", 7, Verb.CALL, voicemail=True),
    step("personal-2", 9, Verb.PERSONAL_EMAIL),
    step("call-6", 11, Verb.CALL),
    step("mail-3", 14),
    step("call-7", 15, Verb.CALL),
)


def test_a_voicemail_counts_as_a_touch_and_not_as_a_task() -> None:
    assert str(measured_formula(CALL_IN_15)) == "15x3x15"
    assert tasks_for_people(CALL_IN_15) == 10


def test_channels_are_families_unless_channels_themselves_are_counted() -> None:
    by_family = sequence(step("add", 1, Verb.WECHAT_ADD), step("message", 2, Verb.WECHAT_MESSAGE))
    by_channel = sequence(*by_family.steps, count_channels=True)
    assert measured_formula(by_family).channels == 1
    assert measured_formula(by_channel).channels == 2


def test_a_voicemail_is_a_channel_of_its_own_where_channels_are_counted() -> None:
    left = sequence(step("call", 1, Verb.CALL, voicemail=True), count_channels=True)
    assert measured_formula(left) == Formula(2, 2, 1)


def test_internal_work_counts_nothing() -> None:
    research = step("research", 30, Verb.TASK)
    assert measured_formula(sequence(research)) == Formula(0, 0, 0)
    assert measured_formula(outbound_7x3x21()) == Formula(7, 3, 21)
    assert measured_formula(sequence(*outbound_7x3x21().steps, research)) == Formula(7, 3, 21)


@given(sequences())
def test_the_measured_formula_never_exceeds_what_is_written(plan: Sequence) -> None:
    made = measured_formula(plan)
    assert made.touches == sum(step.do is not Verb.TASK for step in plan.steps)
    assert made.channels <= min(made.touches, len(Family))
    assert made.days <= max(step.day for step in plan.steps)


@given(sequences())
def test_each_step_is_in_exactly_one_lane_and_lanes_run_by_day(plan: Sequence) -> None:
    by_lane = [plan.lane_steps(lane) for lane in plan.lanes]
    assert sorted(s.key for lane in by_lane for s in lane) == sorted(s.key for s in plan.steps)
    assert all([s.day for s in lane] == sorted(s.day for s in lane) for lane in by_lane)


def test_steps_of_one_day_are_worked_as_written() -> None:
    plan = sequence(step("late", 2), step("b", 1), step("a", 1))
    assert [s.key for s in plan.lane_steps("auto")] == ["b", "a", "late"]


def test_a_step_is_found_by_its_key() -> None:
    assert outbound_7x3x21().step("proof").day == 7
    with pytest.raises(KeyError):
        outbound_7x3x21().step("@ack")


def test_every_verb_has_a_family_and_a_lane() -> None:
    assert all(verb.family in Family and verb.lane for verb in Verb)
    assert {verb for verb in Verb if verb.lane == "auto"} == {verb for verb in Verb if verb.is_automatic}


def test_hours_of_a_channel_replace_the_default_for_its_family() -> None:
    calls = hours("10:00-11:00")
    made = schedule(channel_hours={Family.PHONE: calls})
    assert made.hours_for(Verb.CALL) == calls
    assert made.hours_for(Verb.SMS) == OFFICE_HOURS
    assert NO_HOURS.is_empty
    assert not calls.is_empty


@given(st.builds(Gap, st.integers(0, 99999), st.sampled_from(Unit)))
def test_a_gap_is_read_back_as_it_is_shown(gap: Gap) -> None:
    assert Gap.parse(str(gap)) == gap


@pytest.mark.parametrize(
    "text",
    ["", "3", "bd", "3 bd", "-1d", "+1d", "1.5h", "3w", "3BD", "3bd\n", "３bd", "٣d", "123456d", "1d2h", "0x1d"],
)
def test_anything_but_digits_and_a_unit_is_no_gap(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        Gap.parse(text)


def test_a_business_day_has_no_length_in_hours() -> None:
    assert Gap.parse("90m").as_timedelta() == timedelta(hours=1, minutes=30)
    assert Gap.parse("2d").as_timedelta() == timedelta(hours=48)
    with pytest.raises(ValueError, match="business day"):
        Gap.parse("1bd").as_timedelta()


COUNTS = st.integers(1, 9999)


@given(st.builds(Formula, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS))
def test_a_formula_is_read_back_as_it_is_shown(formula: Formula) -> None:
    assert Formula.parse(str(formula)) == formula


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("7x3x21", Formula(7, 3, 21)),
        ("6x2x15x3", Formula(6, 2, 15, 3)),
        ("6x2x15x3x3", Formula(6, 2, 15, 3, 3)),
        ("6x2x15x1x2", Formula(6, 2, 15, 1, 2)),
    ],
)
def test_a_formula_has_three_to_five_numbers(text: str, formula: Formula) -> None:
    assert Formula.parse(text) == formula
    assert str(formula) == text


@pytest.mark.parametrize(
    "text",
    ["", "7", "7x3", "7x3x", "x7x3x21", "0x3x21", "07x3x21", "7X3X21", "7×3×21", "7x3x21x1x1x1", " 7x3x21",
     "7x3x21\n", "7x3x-1", "10000x3x21", "7x３x21"],
)  # fmt: skip
def test_anything_else_is_no_formula(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        Formula.parse(text)
