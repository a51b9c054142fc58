"""The scenario files that ship say something about every sequence and every outcome, in words that exist."""

from functools import cache
from typing import Any

import pytest

from engine.compiler.document import read_yaml
from engine.core.outcome import OUTCOMES
from tests.sequences.shipped import SEQUENCES, folder, sequence

FILES = sorted((SEQUENCES / "tests").glob("*.yaml"))
ADDED_STEPS = {"@ack", "@send_info"}


@cache
def _scenarios(key: str) -> tuple[dict[str, Any], ...]:
    document, problems = read_yaml((SEQUENCES / "tests" / f"{key}.yaml").read_text(encoding="utf-8"), key)
    assert document is not None
    assert problems == ()
    return tuple(document.data)


def test_every_sequence_has_its_scenario_file() -> None:
    assert {f"{path.stem}.yaml" for path in FILES} == set(folder().sequences)


@pytest.mark.parametrize("key", [path.stem for path in FILES])
def test_a_file_has_at_least_four_scenarios_of_its_own_sequence(key: str) -> None:
    scenarios = _scenarios(key)

    assert len({scenario["scenario"] for scenario in scenarios}) == len(scenarios) >= 4
    assert {scenario["sequence"] for scenario in scenarios} == {key}
    assert all(scenario["expect"] for scenario in scenarios)


@pytest.mark.parametrize("key", [path.stem for path in FILES])
def test_scenarios_speak_of_steps_and_reps_that_exist(key: str) -> None:
    workspace = folder().workspace
    assert workspace is not None
    steps = {step.key for step in sequence(key).steps} | ADDED_STEPS
    named = [*_outcomes(key), *(line for scenario in _scenarios(key) for line in scenario["expect"])]

    assert {line["step"] for line in named if "step" in line} <= steps
    assert {scenario["rep"] for scenario in _scenarios(key) if "rep" in scenario} <= {r.key for r in workspace.reps}


@pytest.mark.parametrize("key", [path.stem for path in FILES])
def test_an_outcome_in_a_scenario_says_what_its_table_asks_for(key: str) -> None:
    for given in _outcomes(key):
        row = sequence(key).outcomes[_verb(key, given)][given["is"]]

        assert row.needs <= set(given), given


@pytest.mark.parametrize("verb", ["call", "personal_email", "linkedin", "wechat_add", "triage"])
def test_every_outcome_of_a_verb_that_ships_has_a_scenario(verb: str) -> None:
    # What a person reports when nothing happened needs no event: the runner gives it by itself.
    plain = {"call": "no_answer", "personal_email": "sent", "linkedin": "requested", "wechat_add": "requested"}
    given = {out["is"] for path in FILES for out in _outcomes(path.stem) if _verb(path.stem, out) == verb}

    assert given | {plain.get(verb)} >= set(OUTCOMES[verb])


def _outcomes(key: str) -> list[dict[str, Any]]:
    events = (event for scenario in _scenarios(key) for event in scenario.get("events", ()))
    return [event["outcome"] for event in events if "outcome" in event]


def _verb(key: str, given: dict[str, Any]) -> str:
    """A triage is a task of its own, not a step."""
    return sequence(key).step(given["step"]).do.value if "step" in given else str(given["task"])
