"""A scenario file: YAML text to scenarios, or everything that is wrong with it at once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.compiler.document import Document, Path, read_yaml
from engine.compiler.draft import shape_problems
from engine.compiler.problems import Complaint, Problem, reported
from engine.compiler.scenario_shape import ScenarioFile, ScenarioShape
from engine.compiler.words import shown

_ROOT = "scenarios"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario, and the lines where it and each of its expectations stand."""

    file: str
    line: int
    shape: ScenarioShape
    expectation_lines: tuple[int, ...]


def read_scenarios(text: str, file: str) -> tuple[tuple[Scenario, ...], tuple[Problem, ...]]:
    """The scenarios of a file; none of them when anything is wrong with it."""
    document, unread = read_yaml(text, file)
    if document is None:
        return (), unread
    below = _below_root(document)
    problems = reported((*unread, *shape_problems(ScenarioFile, below), *_repeated(document)))
    if problems:
        return (), problems
    shapes = ScenarioFile.model_validate(below.data).scenarios
    return tuple(_scenario(below, index, shape) for index, shape in enumerate(shapes)), ()


def _below_root(document: Document) -> Document:
    """The file is a list; the shapes begin with a mapping."""
    return replace(
        document,
        data={_ROOT: document.data},
        values={(_ROOT, *path): mark for path, mark in document.values.items()},
        keys={(_ROOT, *path): mark for path, mark in document.keys.items()},
        spoiled=frozenset((_ROOT, *path) for path in document.spoiled),
    )


def _scenario(document: Document, index: int, shape: ScenarioShape) -> Scenario:
    here: Path = (_ROOT, index)
    lines = tuple(document.mark((*here, "expect", number))[0] for number in range(len(shape.expect)))
    return Scenario(document.file, document.mark(here)[0], shape, lines)


def _repeated(document: Document) -> Iterator[Problem]:
    """Results are told apart by their names."""
    names: set[str] = set()
    for index, each in enumerate(document.data if isinstance(document.data, list) else ()):
        name = each.get("scenario") if isinstance(each, dict) else None
        if isinstance(name, str) and name in names:
            yield document.problem((index, "scenario"), _taken(name))
        names.add(str(name))


def _taken(name: str) -> Complaint:
    message = f"there is a scenario {shown(name)} in this file already"
    return Complaint("duplicate-name", message, "a name of its own for each", "say what is different here")
