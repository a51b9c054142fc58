from datetime import time

import pytest

from engine.compiler import ReadSimulation, compile_folder, compile_workspace, read_simulation
from engine.compiler.schema import simulation_schema
from engine.core.workspace import Workspace
from tests.compiler.texts import GOOD, MARKER, SHIPPED, WORKSPACE_TEXT, expected, found

HEAD = "simulation: trial\n"
LEADS = "leads: [{sequence: trial, people: 10}]\n"


def workspace() -> Workspace:
    text = (SHIPPED / "workspace.yaml").read_text(encoding="utf-8")
    made, problems = compile_workspace(text, "workspace.yaml")
    assert made is not None, problems
    return made


def read(text: str) -> ReadSimulation:
    return read_simulation(text, "s.yaml", workspace(), {"trial", "outbound-7x3x21"})


def test_what_a_simulation_leaves_out_has_a_default() -> None:
    shape = read(HEAD + LEADS).shape
    assert shape is not None
    assert (shape.days, shape.seed, shape.plan, shape.stops, shape.reps, shape.from_) == (
        30,
        1,
        "engine",
        True,
        None,
        None,
    )


def test_the_largest_seed_that_is_allowed_can_be_written() -> None:
    largest = simulation_schema()["properties"]["seed"]["maximum"]
    shape = read(f"{HEAD}{LEADS}seed: {largest}\n").shape
    assert shape is not None
    assert shape.seed == largest


def test_people_come_at_an_hour_or_all_day_long() -> None:
    leads = 'leads: [{sequence: trial, people: 1, at: "08:00"}, {sequence: trial, per_day: 1, at: "09:00-17:00"}]\n'
    shape = read(HEAD + leads).shape
    assert shape is not None
    assert [one.at for one in shape.leads] == [(time(8), time(8)), (time(9), time(17))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("leads: [{sequence: ¦outbound-7x3x12, people: 10}]\n", "unknown-sequence"),
        ("leads: [¦{sequence: trial}]\n", "how-many"),
        ("leads: [¦{sequence: trial, people: 3, per_day: 3}]\n", "how-many"),
        ("leads: [{sequence: trial, people: ¦0}]\n", "out-of-range"),
        ("leads: [{sequence: trial, people: 3, reps: [¦tom]}]\n", "unknown-rep"),
        ("leads: [{sequence: trial, people: 3, reps: [rep-2, ¦rep-3]}]\nstandard_reps: 2\n", "unknown-rep"),
        ("leads: [{sequence: trial, people: 3, reps: [¦tom-lee]}]\nreps: [ana-diaz]\n", "unknown-rep"),
        ('leads: [{sequence: trial, people: 3, at: ¦"17:00-09:00"}]\n', "bad-arrival"),
        ('leads: [{sequence: trial, people: 3, at: ¦"8"}]\n', "bad-arrival"),
        (LEADS + "reps: [tom-lee, ¦nobody]\n", "unknown-rep"),
        (LEADS + "reps: [tom-lee]\n¦standard_reps: 2\n", "who-works"),
        (LEADS + 'from: ¦"2026-02-30"\n', "bad-date"),
        (LEADS + 'from: ¦"9999-12-31"\n', "bad-date"),
        (LEADS + 'from: ¦"0001-01-01"\n', "bad-date"),
        (LEADS + "seed: ¦999999999999999999\n", "yaml-long-number"),
        (LEADS + "rates: {outbound: {reply: ¦1.5}}\n", "out-of-range"),
        (LEADS + "rates: {outbound: {outcomes: {call: {¦interestd: 3}}}}\n", "unknown-outcome"),
        (LEADS + "rates: {outbound: {outcomes: {¦call: {interested: 0}}}}\n", "no-weight"),
        (LEADS + "¦speed: 3\n", "unknown-key"),
    ],
)
def test_what_is_wrong_with_a_simulation_is_told_at_its_place(text: str, code: str) -> None:
    assert found(read((HEAD + text).replace(MARKER, "")).problems) == expected(HEAD + text, code)


def test_a_misspelt_sequence_is_guessed() -> None:
    (problem,) = read(HEAD + "leads: [{sequence: outbound-7x3x12, people: 1}]\n").problems
    assert problem.advice == 'did you mean "outbound-7x3x21"?'


def folder(**simulations: str) -> dict[str, str]:
    drafts = {f"simulations/{name}.yaml": text for name, text in simulations.items()}
    return {"workspace.yaml": WORKSPACE_TEXT, "other.yaml": GOOD.replace("trial", "other"), **drafts}


def test_a_draft_beside_simulations_is_compiled_but_is_none_of_the_sequences() -> None:
    result = compile_folder(folder(draft=GOOD, trial=HEAD + LEADS))
    assert (list(result.sequences), list(result.drafts)) == (["other.yaml"], ["simulations/draft.yaml"])
    assert result.problems == ()


def test_a_draft_takes_no_key_that_a_sequence_has() -> None:
    result = compile_folder(folder(draft=GOOD.replace("trial", "other")))
    assert [(one.file, one.code) for one in result.problems] == [("simulations/draft.yaml", "duplicate-sequence")]


def test_a_draft_takes_no_key_from_a_sequence_whose_file_comes_behind_it() -> None:
    files = folder(draft=GOOD)
    files["trial.yaml"] = GOOD
    result = compile_folder(files)
    assert [(one.file, one.code) for one in result.problems] == [("simulations/draft.yaml", "duplicate-sequence")]


def test_nobody_is_handed_over_to_a_draft() -> None:
    files = folder(draft=GOOD)
    files["other.yaml"] += "on_exhausted: {start: trial}\n"
    assert [one.code for one in compile_folder(files).problems] == ["unknown-sequence"]


def test_errors_of_simulations_and_drafts_are_told_with_those_of_the_folder() -> None:
    result = compile_folder(folder(draft=GOOD.replace("3x2x5", "4x2x5"), trial=HEAD))
    assert {one.file for one in result.problems} == {"simulations/draft.yaml", "simulations/trial.yaml"}
