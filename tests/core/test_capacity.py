"""Rule 30: what a rep sustains. The figures are those of the shipped sequences at the shipped capacity."""

from dataclasses import replace

import pytest

from engine.core.capacity import Capacity, Load, Sustained, load_of, sustained
from engine.core.sequence import Step, Verb
from tests.support.world import shipped_sequences


@pytest.mark.parametrize(
    ("key", "load", "by_tasks", "by_minutes"),
    [
        ("call-in-15", Load(10, 40), 8, 8.25),
        ("outbound-7x3x21", Load(5, 19), 16, 330 / 19),
        ("call-in-cn", Load(5, 14), 16, 330 / 14),
    ],
)
def test_a_rep_sustains_as_many_new_leads_as_rule_30_counts(
    key: str, load: Load, by_tasks: float, by_minutes: float
) -> None:
    sequence = shipped_sequences()[key]
    assert load_of(sequence.steps, Capacity()) == load
    assert sustained(sequence, Capacity()) == Sustained(by_tasks, by_minutes)


def test_a_voicemail_adds_to_its_call_and_inside_work_counts_nothing() -> None:
    capacity = replace(Capacity(), minutes={"call": 3.0, "voicemail": 1.5, "other": 2.0})
    steps = (
        Step("one", 1, Verb.CALL, voicemail=True),
        Step("two", 2, Verb.LINKEDIN),
        Step("three", 3, Verb.TASK),
        Step("four", 4, Verb.EMAIL),
    )
    assert load_of(steps, capacity) == Load(2, 6.5)


def test_the_smaller_limit_wins_and_a_sequence_without_people_has_none() -> None:
    assert Sustained(8, 8.25).leads == 8
    assert Sustained(16, 12.5).leads == 12.5
    assert sustained(shipped_sequences()["nurture"], Capacity()).leads is None
    assert sustained(shipped_sequences()["call-in-15"], replace(Capacity(), tasks_per_day=None)).leads == 8.25
