"""One sequence file: YAML text to `engine.core.sequence.Sequence`, with everything that is wrong with it at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, get_args

from engine.compiler.document import Document, read_yaml
from engine.compiler.draft import Draft, draft, shape_problems
from engine.compiler.findings import Subject
from engine.compiler.later_shape import PlaybookShape
from engine.compiler.lint import errors
from engine.compiler.lint_consent import consent_warnings
from engine.compiler.lint_joins import join_errors
from engine.compiler.lint_lateness import lateness_errors
from engine.compiler.lint_warnings import warnings
from engine.compiler.outcome_tables import judge_rows, overlay
from engine.compiler.problems import MOST_PROBLEMS, Problem, reported
from engine.compiler.sequence_parts import schedule_from, sequence_from
from engine.compiler.sequence_shape import ScheduleShape, SequenceShape
from engine.compiler.words import StepVerb
from engine.core.sequence import Sequence, Verb
from engine.core.workspace import Workspace

ACKNOWLEDGEMENT = "@ack"

_STAND_INS: dict[str, Any] = {
    "sequence": "unnamed",
    "formula": "1x1x1",
    "audience": {"kind": "outbound"},
    "steps": [{"key": "none", "day": 1, "do": "task", "title": "none"}],
}


@dataclass(frozen=True, slots=True)
class Use:
    """A template that the file refers to, and where. The acknowledgement's step key is `@ack`."""

    ref: str
    verb: Verb
    step_key: str
    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Compiled:
    """`sequence` is None when a problem is an error; `uses` are complete as far as the file can be read."""

    sequence: Sequence | None
    source: str
    problems: tuple[Problem, ...]
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """A compiled file and its plain data (None when unreadable), for questions that need other files too."""

    compiled: Compiled
    document: Document | None


def compile_sequence(text: str, file: str, workspace: Workspace) -> Compiled:
    return examine_sequence(text, file, workspace).compiled


def examine_sequence(text: str, file: str, workspace: Workspace) -> Examined:
    document, unread = read_yaml(text, file)
    if document is None:
        return Examined(Compiled(None, text, unread), None)
    if isinstance(document.data, dict) and "playbook" in document.data:
        return Examined(Compiled(None, text, reported((*unread, *shape_problems(PlaybookShape, document)))), document)
    drafted = draft(SequenceShape, document, _STAND_INS)
    sequence, problems = _judged(drafted, workspace)
    everything = reported((*unread, *drafted.problems, *problems))
    is_sound = not any(problem.is_error for problem in everything)
    return Examined(Compiled(sequence if is_sound else None, text, everything, tuple(_uses(document))), document)


def compile_playbook(text: str, file: str) -> Compiled:
    """Its shape is checked; "not supported yet" is the least that is said about it."""
    document, problems = read_yaml(text, file)
    if document is not None:
        problems = (*problems, *shape_problems(PlaybookShape, document))
    return Compiled(None, text, reported(problems))


def _judged(drafted: Draft[SequenceShape], workspace: Workspace) -> tuple[Sequence, list[Problem]]:
    shape, document = drafted.shape, drafted.document
    schedule, problems = schedule_from(shape.schedule or ScheduleShape(), workspace.hours, document)
    rows = shape.outcomes or {}
    outcomes = overlay(workspace.outcomes, rows)
    stages = [stage.key for stage in workspace.stages] or None
    sequence = sequence_from(shape, schedule, outcomes, workspace)
    subject = Subject(sequence, drafted)
    lint = (
        judge_rows(drafted, rows, outcomes, stages),
        errors(subject),
        join_errors(subject),
        lateness_errors(subject, workspace),
        warnings(subject),
        consent_warnings(subject, workspace.policies),
    )
    return sequence, [*problems, *(problem for rules in lint for problem in islice(rules, MOST_PROBLEMS + 1))]


def _uses(document: Document) -> Iterator[Use]:
    """Read from the plain data, so that a template's own mistakes are found beside the file's."""
    data = document.data if isinstance(document.data, dict) else {}
    acknowledge = data.get("acknowledge")
    if isinstance(acknowledge, dict):
        yield from _use(document, ("acknowledge",), {**acknowledge, "key": ACKNOWLEDGEMENT})
    steps = data.get("steps")
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(step, dict):
            yield from _use(document, ("steps", index), step)


def _use(document: Document, path: tuple[str | int, ...], step: dict[str, Any]) -> Iterator[Use]:
    ref, verb, key = step.get("use"), step.get("do"), step.get("key")
    if isinstance(ref, str) and isinstance(key, str) and isinstance(verb, str) and verb in get_args(StepVerb):
        yield Use(ref, Verb(verb), key, document.file, *document.mark((*path, "use")))
