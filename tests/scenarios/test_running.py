"""How scenarios are read and run: what is wrong with a file, and what a failed expectation says."""

from pathlib import Path

import pytest

from engine.compiler.scenarios import read_scenarios
from engine.core.errors import BadInput
from engine.operations.authoring import Invalid
from engine.runtime.scenarios.running import run_scenarios, run_texts
from tests.support.world import shipped_project

PLAIN = """
- scenario: it runs
  sequence: two-wave
  prospect: {zone: America/New_York, country: US}
  enroll_at: "2026-03-02T08:00-05:00"
  expect:
    - {step: mail-1, at: "2026-03-02T09:00-05:00", state: sent}
    - {step: call-2, state: sent}
    - {formula: "4x2x9"}
    - {task: triage}
    - {suppressed: person}
    - {stage: customer}
    - {relation: {wechat: accepted}}
    - {again_after: "2026-09-01"}
    - {enrollment: active}
"""

BROKEN = """
- scenario: it cannot be read
  sequence: two-wave
  prospect: {zone: Moon/Base}
  enroll_at: "2026-03-02T08:00"
  events:
    - {at: "day 0 10:15", reply: "Hello"}
    - {at: "day 1 10:15"}
    - {at: "day 1 10:15", reply: "Hello", bounce: hard}
    - {at: "day 1 10:15", outcome: {is: no_answer}}
    - {at: "day 1 10:15", opt_out: false}
  expect:
    - {step: mail-1, state: send}
- scenario: it cannot be read
"""


def test_every_expectation_that_fails_says_where_it_stands_and_what_is_the_case() -> None:
    (result,) = run_texts(shipped_project(), {"two-wave.yaml": PLAIN})

    assert not result.passed
    assert {failure.line: failure.actual for failure in result.failures} == {
        8: "call-2: call done (no_answer) at 2026-03-11 09:00",
        9: "4x2x10",
        10: "there is no such task",
        11: "nothing",
        12: "no stage",
        13: "wechat none",
        14: "at any time",
        15: "finished completed",
    }
    assert result.told[0] == (
        "two-wave.yaml:8: expected step call-2, state sent, found call-2: call done (no_answer) at 2026-03-11 09:00"
    )
    assert "2026-03-02 09:00  mail-1: email sent" in result.timeline


def test_all_that_is_wrong_with_a_scenario_file_is_told_at_its_place() -> None:
    scenarios, problems = read_scenarios(BROKEN, "broken.yaml")

    assert scenarios == ()
    assert [(problem.line, problem.code) for problem in problems] == [
        (4, "unknown-zone"),
        (5, "bad-instant"),
        (7, "bad-moment"),
        (8, "no-kind"),
        (9, "no-kind"),
        (10, "no-target"),
        (11, "only-true"),
        (13, "unknown-value"),
        (14, "missing-key"),
        (14, "missing-key"),
        (14, "missing-key"),
        (14, "missing-key"),
        (14, "duplicate-name"),
    ]


def test_a_file_with_errors_is_not_run() -> None:
    with pytest.raises(Invalid) as refused:
        run_texts(shipped_project(), {"broken.yaml": BROKEN})

    assert str(refused.value.findings[0]).startswith('broken.yaml:4:20: "Moon/Base" is no time zone')


def test_an_event_that_cannot_happen_fails_the_scenario() -> None:
    impossible = PLAIN.split("  expect:", maxsplit=1)[0] + (
        '  events:\n    - {at: "day 1 12:00", outcome: {step: call-2, is: no_answer}}\n'
        "  expect:\n    - {enrollment: finished}\n"
    )

    (result,) = run_texts(shipped_project(), {"two-wave.yaml": impossible})

    assert [failure.actual for failure in result.failures] == [
        "outcome at 2026-03-02 12:00: there is no such task of call-2 at that time"
    ]


def test_somebody_who_may_not_be_enrolled_is_refused_by_name() -> None:
    refused = PLAIN.split("  expect:", maxsplit=1)[0].replace("country: US", "relationship: customer") + (
        "  expect:\n    - {enrollment: refused, reason: customer}\n    - {step: mail-1, state: sent}\n"
    )

    (result,) = run_texts(shipped_project(), {"two-wave.yaml": refused})

    assert [failure.actual for failure in result.failures] == ["an enrollment refused: customer"]


def test_a_sequence_that_does_not_exist_fails_the_scenario() -> None:
    (result,) = run_texts(shipped_project(), {"x.yaml": PLAIN.replace("sequence: two-wave", "sequence: three-wave")})

    assert "there is no sequence 'three-wave'" in result.failures[0].actual


def test_a_path_without_scenarios_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no scenarios"):
        run_scenarios([tmp_path])


def test_scenarios_outside_a_project_are_refused(tmp_path: Path) -> None:
    (tmp_path / "lost.yaml").write_text(PLAIN, encoding="utf-8")

    with pytest.raises(BadInput, match="belongs to no project"):
        run_scenarios([tmp_path / "lost.yaml"])
