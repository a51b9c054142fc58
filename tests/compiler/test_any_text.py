"""Whatever somebody writes: it compiles, or its problems have a place inside the file."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compiler import Problem, compile_folder, compile_sequence, compile_workspace
from tests.compiler.texts import GOOD, SHIPPED, WORKSPACE_TEXT, workspace

WORKSPACE = workspace()
SOURCES = [path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.yaml"))]
WORDS = [
    "sequence",
    "formula",
    "steps",
    "key",
    "day",
    "do",
    "use",
    "after",
    "gap",
    "step",
    "schedule",
    "hours",
    "mon-fri",
    "outcomes",
    "call",
    "email",
    "no_answer",
    "next",
    "repeat",
    "again",
    "audience",
    "kind",
    "inbound",
    "on_exhausted",
    "start",
    "if_late",
    "skip_after",
    "thread",
    "reply",
    "was",
    "3bd",
    "3",
    "no",
    "09:00",
    "3x2x5",
    "a",
    "variants",
    "account",
    "playbook",
    "[key]",
    "\x00text",
]
PIECES = [": ", "- ", "\n", "\n  ", *"{}[]'\"\t", ", ", "&x ", "*x", "!!str ", "<<: ", "---\n", "# ", "|\n"]


def judge(text: str) -> None:
    result = compile_sequence(text, "f.yaml", WORKSPACE)
    has_error = any(problem.is_error for problem in result.problems)
    assert (result.sequence is None) is has_error
    _placed(text, result.problems)
    made, problems = compile_workspace(text, "f.yaml")
    assert (made is None) is any(problem.is_error for problem in problems)
    _placed(text, problems)


def _placed(text: str, problems: tuple[Problem, ...]) -> None:
    lines = len(text.splitlines()) + 1
    for problem in problems:
        assert 1 <= problem.line <= lines
        assert problem.column >= 1
        assert problem.message
        assert problem.expected
        assert problem.advice


@given(st.text())
def test_any_characters(text: str) -> None:
    judge(text)


@given(st.lists(st.sampled_from(WORDS + PIECES), max_size=40).map("".join))
def test_any_heap_of_the_languages_own_words(text: str) -> None:
    judge(text)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SOURCES), st.data())
def test_any_shipped_file_with_a_piece_torn_out_or_put_in(source: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, min(len(source), start + 30)))
    piece = data.draw(st.sampled_from(["", *WORDS, *PIECES]) | st.text(max_size=5))
    judge(source[:start] + piece + source[end:])


SCALARS = st.sampled_from(WORDS) | st.integers(-2, 20) | st.booleans() | st.floats(0, 9) | st.text(max_size=4)
TREES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=15,
)
KNOWN_KEYS = [
    "sequence",
    "title",
    "formula",
    "audience",
    "schedule",
    "steps",
    "outcomes",
    "again",
    "acknowledge",
    "allow",
    "on_exhausted",
    "respond_within",
    "company",
    "zone",
    "stages",
    "reps",
    "caps",
    "hours",
]
STEP_KEYS = ["key", "day", "do", "use", "after", "if_late", "foo"]


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(KNOWN_KEYS), TREES, max_size=8))
def test_any_tree_under_known_keys(tree: dict[str, Any]) -> None:
    judge(json.dumps(tree))


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(STEP_KEYS), TREES), st.integers(0, 3))
def test_any_step_among_good_ones(step: dict[str, Any], index: int) -> None:
    lines = GOOD.splitlines()
    lines.insert(4 + index, f"  - {json.dumps(step)}")
    judge("\n".join(lines))


FILES = ["a.yaml", "b.yml", "tests/c.yaml", "playbooks/d.yaml", "workspace.yaml", "x"]
TEXTS = st.sampled_from([*SOURCES, GOOD, WORKSPACE_TEXT, "a: [", "playbook: x"]) | st.text(max_size=20)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(FILES), TEXTS))
def test_any_folder(files: dict[str, str]) -> None:
    result = compile_folder(files)
    has_error = any(problem.is_error for problem in result.problems)
    complete = result.workspace is not None and all(each.sequence for each in result.sequences.values())
    assert has_error or complete
