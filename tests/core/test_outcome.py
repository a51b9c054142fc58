from datetime import UTC, datetime

import pytest

from engine.core.outcome import EXECUTED, OUTCOMES, Answer, Need
from engine.core.sequence import Verb
from engine.core.task import TaskKind
from tests.support.factories import OUTCOME_TABLES

NOTHING_HAPPENED = {"not_found", "unreachable", "wrong_number"}


def test_each_task_for_people_is_answered_by_a_table() -> None:
    assert {kind.outcome_verb for kind in TaskKind} == set(OUTCOMES)
    assert all(verb.value in OUTCOMES for verb in Verb if not verb.is_automatic and verb is not Verb.VOICEMAIL)


def test_each_step_for_people_makes_a_kind_of_task() -> None:
    human = {verb.value for verb in Verb if not verb.is_automatic and verb is not Verb.VOICEMAIL}
    assert human <= {kind.value for kind in TaskKind}


def test_no_outcome_is_listed_twice() -> None:
    assert all(len(set(outcomes)) == len(outcomes) for outcomes in OUTCOMES.values())


def test_the_minimal_tables_of_the_tests_are_total() -> None:
    assert {verb: tuple(table) for verb, table in OUTCOME_TABLES.items()} == dict(OUTCOMES)


def test_every_way_to_reach_somebody_has_an_answer_for_they_replied() -> None:
    assert all("replied" in outcomes for verb, outcomes in OUTCOMES.items() if verb not in ("task", "triage"))


def test_an_outcome_of_a_step_counts_as_executed_unless_nobody_could_be_reached() -> None:
    of_steps = {outcome for verb, outcomes in OUTCOMES.items() if verb != "triage" for outcome in outcomes}
    assert of_steps - EXECUTED == NOTHING_HAPPENED
    assert of_steps >= EXECUTED


@pytest.mark.parametrize(
    ("answer", "needs", "missing"),
    [
        (Answer("call_back"), {Need.AT}, (Need.AT,)),
        (Answer("call_back", at=datetime(2026, 3, 4, 15, tzinfo=UTC)), {Need.AT}, ()),
        (Answer("referral", name=""), {Need.NAME}, (Need.NAME,)),
        (Answer("later", reason="budget"), {Need.DATE, Need.REASON}, (Need.DATE,)),
        (Answer("gatekeeper"), {Need.NOTE, Need.DATE}, (Need.DATE, Need.NOTE)),
        (Answer("no_answer"), set(), ()),
    ],
)
def test_an_answer_says_what_it_still_needs(answer: Answer, needs: set[Need], missing: tuple[Need, ...]) -> None:
    assert answer.missing(frozenset(needs)) == missing
