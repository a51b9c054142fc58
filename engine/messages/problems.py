"""A problem of a template: first as found in the text, then with the file and column where it stands."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    file: str
    line: int
    column: int
    code: str
    message: str
    expected: str
    advice: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}; expected {self.expected}; {self.advice}"


@dataclass(frozen=True, slots=True)
class Finding:
    """`pattern` is a regular expression for the place in the line: Jinja's nodes know no column."""

    line: int
    pattern: str
    code: str
    message: str
    expected: str
    advice: str
    severity: Severity = Severity.ERROR


def located(findings: tuple[Finding, ...], text: str, file: str) -> tuple[TemplateProblem, ...]:
    """With file and column, in the order of the text, each once."""
    lines = re.split(r"\r\n|\r|\n", text)
    problems = {_located(finding, lines[finding.line - 1], file) for finding in findings}
    return tuple(sorted(problems, key=lambda problem: (problem.line, problem.column, problem.code, problem.message)))


def _located(finding: Finding, line: str, file: str) -> TemplateProblem:
    place = re.search(finding.pattern, line)
    return TemplateProblem(
        file=file,
        line=finding.line,
        column=place.start() + 1 if place else 1,
        code=finding.code,
        message=finding.message,
        expected=finding.expected,
        advice=finding.advice,
        severity=finding.severity,
    )
