"""Texts to compile. A `¦` in a text stands just before the place at which a problem is expected."""

from pathlib import Path

from engine.compiler import Problem, compile_sequence, compile_workspace
from engine.core.workspace import Workspace

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "sequences"
BAD = ROOT / "tests" / "data" / "sequences_bad"
MARKER = "¦"

WORKSPACE_TEXT = (BAD / "workspace.yaml").read_text(encoding="utf-8")

HEAD = "sequence: trial\nformula: {formula}\naudience: {{kind: outbound}}\n"

GOOD = """\
sequence: trial
formula: 3x2x5
audience: {kind: outbound, locales: [en]}
steps:
  - {key: intro, day: 1, do: email, use: outbound/intro}
  - {key: call-1, day: 2, do: call, use: outbound/call-1}
  - {key: close, day: 5, do: call, use: outbound/close}
"""


def workspace() -> Workspace:
    made, problems = compile_workspace(WORKSPACE_TEXT, "workspace.yaml")
    assert made is not None, problems
    return made


def outbound(steps: str, formula: str, rest: str = "") -> str:
    """An outbound sequence with these steps, one per line."""
    lines = "".join(f"  - {line.strip()}\n" for line in steps.strip().splitlines())
    return f"{HEAD.format(formula=formula)}{rest}steps:\n{lines}"


def compiled(text: str) -> tuple[Problem, ...]:
    return compile_sequence(text.replace(MARKER, ""), "trial.yaml", workspace()).problems


def places(text: str) -> list[tuple[int, int]]:
    """Line and column of each marker, as if none were there."""
    return [
        (number, column - seen + 1)
        for number, line in enumerate(text.split("\n"), 1)
        for seen, column in enumerate(index for index, letter in enumerate(line) if letter == MARKER)
    ]


def found(problems: tuple[Problem, ...]) -> list[tuple[str, tuple[int, int]]]:
    return [(problem.code, (problem.line, problem.column)) for problem in problems]


def expected(text: str, *codes: str) -> list[tuple[str, tuple[int, int]]]:
    """The codes in the order of the markers."""
    return list(zip(codes, places(text), strict=True))
