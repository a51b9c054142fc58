from pathlib import Path
from time import process_time

from engine.compiler import compile_folder
from engine.core.sequence import Formula, Verb, measured_formula, tasks_for_people
from tests.compiler.texts import BAD, GOOD, SHIPPED, WORKSPACE_TEXT


def texts(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.yaml")}


def codes(files: dict[str, str]) -> list[tuple[str, int, int, str]]:
    return [(p.file, p.line, p.column, p.code) for p in compile_folder(files).problems]


def folder(**files: str) -> dict[str, str]:
    return {"workspace.yaml": WORKSPACE_TEXT} | {f"{name}.yaml": text for name, text in files.items()}


def test_the_shipped_sequences_have_no_error() -> None:
    result = compile_folder(texts(SHIPPED))
    assert [str(problem) for problem in result.problems if problem.is_error] == []
    assert result.workspace is not None
    assert all(compiled.sequence is not None for compiled in result.sequences.values())


def test_call_in_15_is_exactly_fifteen_touches() -> None:
    sequence = compile_folder(texts(SHIPPED)).sequences["call-in-15.yaml"].sequence
    assert sequence is not None
    verbs = [step.do for step in sequence.steps]
    by_verb = {verb: verbs.count(verb) for verb in dict.fromkeys(verbs)}
    assert by_verb == {Verb.CALL: 7, Verb.EMAIL: 3, Verb.PERSONAL_EMAIL: 2, Verb.LINKEDIN: 1}
    assert sum(step.voicemail for step in sequence.steps) == 2
    assert measured_formula(sequence) == Formula(15, 3, 15)
    assert tasks_for_people(sequence) == 10


def test_all_files_are_judged_in_one_run() -> None:
    started = process_time()
    problems = codes(texts(BAD))
    assert process_time() - started < 2
    assert problems == [
        ("bare-interval.yaml", 8, 64, "bare-interval"),
        ("bomb.yaml", 1, 4, "yaml-alias"),
        ("duplicate-key.yaml", 14, 5, "duplicate-key"),
        ("wrong-formula.yaml", 3, 10, "formula-differs"),
    ]


def test_scenario_files_are_not_the_compilers_and_playbooks_are_not_supported_yet() -> None:
    files = folder(good=GOOD) | {
        "tests/good.yaml": "- scenario: x\n",
        "playbooks/cycle.yaml": "playbook: cycle\npipelines: {new: [won]}\nwhen: [{stage: won, start: trial}]\n",
        "notes.txt": "not YAML: [",
    }
    assert codes(files) == [("playbooks/cycle.yaml", 1, 1, "not-supported")]
    assert list(compile_folder(files).sequences) == ["good.yaml"]


def test_a_sequence_key_is_defined_once() -> None:
    result = compile_folder(folder(a=GOOD, b=GOOD))
    assert [(p.file, p.line, p.column, p.code) for p in result.problems] == [("b.yaml", 1, 11, "duplicate-sequence")]
    assert result.sequences["a.yaml"].sequence is not None
    assert result.sequences["b.yaml"].sequence is None


def test_a_hand_over_names_a_sequence_that_exists() -> None:
    other = GOOD.replace("trial", "nurture")
    hand_over = GOOD + "on_exhausted: {start: nurtur}\n"
    (problem,) = compile_folder(folder(a=hand_over, b=other)).problems
    assert (problem.file, problem.line, problem.column, problem.code) == ("a.yaml", 8, 23, "unknown-sequence")
    assert problem.advice == 'did you mean "nurture"?'


def test_two_sequences_may_hand_over_to_each_other() -> None:
    files = folder(
        a=GOOD + "on_exhausted: {start: other}\n",
        b=GOOD.replace("trial", "other") + "on_exhausted: {start: trial}\n",
    )
    assert codes(files) == []


def test_a_hand_over_to_a_file_that_cannot_be_read_is_no_second_problem() -> None:
    files = folder(a=GOOD + "on_exhausted: {start: nurture}\n", nurture="sequence: [")
    assert [code for _, _, _, code in codes(files)] == ["yaml-syntax"]


def test_a_hand_over_to_a_file_with_errors_is_no_second_problem() -> None:
    files = folder(a=GOOD + "on_exhausted: {start: other}\n", b=GOOD.replace("trial", "other") + "foo: 1\n")
    assert [code for _, _, _, code in codes(files)] == ["unknown-key"]


def test_without_a_workspace_the_sequences_are_judged_and_none_comes_out() -> None:
    result = compile_folder({"a.yaml": GOOD.replace("3x2x5", "4x2x5")})
    assert [(p.file, p.code) for p in result.problems] == [
        ("a.yaml", "formula-differs"),
        ("workspace.yaml", "workspace-missing"),
    ]
    assert result.workspace is None
    assert compile_folder({"a.yaml": GOOD}).sequences["a.yaml"].sequence is None


def test_a_workspace_with_an_error_keeps_the_sequences_from_coming_out() -> None:
    result = compile_folder(folder(a=GOOD) | {"workspace.yaml": WORKSPACE_TEXT + "logo: x\n"})
    assert [problem.code for problem in result.problems] == ["unknown-key"]
    assert (result.workspace, result.sequences["a.yaml"].sequence) == (None, None)


def test_paths_may_carry_the_name_of_the_folder() -> None:
    files = {f"sequences/{path}": text for path, text in folder(a=GOOD).items()}
    result = compile_folder(files)
    assert result.problems == ()
    assert list(result.sequences) == ["sequences/a.yaml"]


def test_ten_files_are_judged_in_well_under_a_second() -> None:
    files = folder(**{f"s{number}": GOOD.replace("trial", f"s{number}") for number in range(10)})
    started = process_time()
    assert codes(files) == []
    assert process_time() - started < 1
