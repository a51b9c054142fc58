"""All that is wrong with the files of a project, at once: the YAML, and the templates that it uses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from engine.compiler import Compiled, FolderResult, Use, compile_folder, is_only_simulated
from engine.core.sequence import Sequence, Verb
from engine.core.workspace import Workspace
from engine.messages.contract import outcome_ref
from engine.messages.lint import check_set
from engine.messages.problems import Severity
from engine.operations.days.holidays_known import holiday_problems

Texts = Mapping[str, Mapping[str, Mapping[str, str]]]  # ref -> locale -> part -> text


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a file. `severity` is error or warning; lines and columns count from 1."""

    file: str
    line: int
    column: int
    severity: str
    code: str
    message: str
    expected: str
    advice: str

    def __str__(self) -> str:
        told = f"{self.message}; expected {self.expected}; {self.advice}"
        return f"{self.file}:{self.line}:{self.column}: {told}"


@dataclass(frozen=True, slots=True)
class Project:
    """What `sequences/` and `templates/` hold: texts by path, and templates by ref, locale and part."""

    sequences: Mapping[str, str]
    templates: Texts


@dataclass(frozen=True, slots=True)
class Checked:
    """`compiled` are the sequences without an error, each with its source, by key; `drafts` are only simulated.

    `aside` are the findings that only a simulation or a draft has: they keep nothing from being deployed.
    """

    workspace: Workspace | None
    compiled: tuple[tuple[Sequence, str], ...]
    findings: tuple[Finding, ...]
    drafts: tuple[Sequence, ...] = ()
    aside: frozenset[Finding] = frozenset()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The errors that nothing can be deployed with."""
        return tuple(finding for finding in self.errors if finding not in self.aside)

    @property
    def errors_aside(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.errors if finding in self.aside)


def validate(project: Project, today: date, file_of_templates: str = "templates") -> Checked:
    """All problems of all files at once, in the order of files and lines. `today` is when sequences would begin."""
    folder = compile_folder(project.sequences)
    findings = [found_in(problem) for problem in folder.problems]
    good = _sound(folder)
    findings += map(found_in, holiday_problems(folder.places, [sequence for sequence, _ in good], today))
    for compiled in folder.sequences.values():
        findings += _check_templates(compiled, project.templates, file_of_templates)
    if folder.workspace is not None:
        findings += _check_added(folder.workspace, project.templates, file_of_templates)
    blocking = {one for one in findings if not is_only_simulated(one.file)}
    for compiled in folder.drafts.values():
        findings += _check_templates(compiled, project.templates, file_of_templates)
    ordered = sorted(set(findings), key=lambda one: (one.file, one.line, one.column, one.code))
    drafts = tuple(one.sequence for one in folder.drafts.values() if one.sequence is not None)
    return Checked(folder.workspace, good, tuple(ordered), drafts, frozenset(ordered) - blocking)


def _sound(folder: FolderResult) -> tuple[tuple[Sequence, str], ...]:
    pairs = [(one.sequence, one.source) for one in folder.sequences.values() if one.sequence is not None]
    return tuple(sorted(pairs, key=lambda pair: pair[0].key))


class _Located(Protocol):
    """What the problems of both workshops have in common."""

    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def severity(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def expected(self) -> str: ...
    @property
    def advice(self) -> str: ...


def found_in(problem: _Located) -> Finding:
    return Finding(
        file=problem.file,
        line=problem.line,
        column=problem.column,
        severity=str(problem.severity),
        code=problem.code,
        message=problem.message,
        expected=problem.expected,
        advice=problem.advice,
    )


def _check_templates(compiled: Compiled, templates: Texts, folder: str) -> Iterable[Finding]:
    """Every template that the sequence uses, and a `use:` that names none."""
    locales = compiled.sequence.audience.locales if compiled.sequence is not None else ()
    for use in compiled.uses:
        present = templates.get(use.ref)
        if present is None:
            yield _no_template(use, folder)
            continue
        for problem in check_set(use.ref, use.verb, present, locales, folder=folder):
            yield found_in(problem)


def _no_template(use: Use, folder: str) -> Finding:
    return Finding(
        file=use.file,
        line=use.line,
        column=use.column,
        severity=Severity.ERROR.value,
        code="no-template",
        message=f"there is no template {use.ref!r}",
        expected=f"the folder {folder}/{use.ref} with a folder for each language in it, such as en",
        advice="write it, or correct `use:`",
    )


def _check_added(workspace: Workspace, templates: Texts, folder: str) -> Iterable[Finding]:
    """An outcome that adds a touch needs a template of its own name."""
    for verb, table in sorted(workspace.outcomes.items()):
        for outcome, row in sorted(table.items()):
            if row.add is None:
                continue
            ref = outcome_ref(outcome)
            if ref in templates:
                for problem in check_set(ref, Verb(row.add), templates[ref], (), folder=folder):
                    yield found_in(problem)
                continue
            told = f"{verb}: {outcome} adds a {row.add}, and there is no template {ref!r}"
            yield Finding(
                file="workspace.yaml",
                line=1,
                column=1,
                severity=Severity.ERROR.value,
                code="no-template",
                message=told,
                expected=f"the folder {folder}/{ref} with a folder for each language in it, such as en",
                advice="write it, or take `add:` out of the outcome's row",
            )
