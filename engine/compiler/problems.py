"""What is wrong with a file, where, and what to do about it."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["error", "warning"]

MOST_PROBLEMS = 100  # of one file

_LONGEST_WORD = 80  # difflib is quadratic, and nobody misspells a longer key


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding at one place; lines and columns count from 1. `code` is stable, the words are not."""

    file: str
    line: int
    column: int
    severity: Severity
    code: str
    message: str
    expected: str
    advice: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.message}; expected {self.expected}; {self.advice}"

    @property
    def is_error(self) -> bool:
        return self.severity == "error"


@dataclass(frozen=True, slots=True)
class Complaint:
    """A problem that does not know its place yet."""

    code: str
    message: str
    expected: str
    advice: str


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda p: (p.file, p.line, p.column, p.code)))


def reported(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems of one file, in order, cut short where nobody would read on."""
    found = in_order(problems)
    if len(found) <= MOST_PROBLEMS:
        return found
    next_one = found[MOST_PROBLEMS]
    more = replace(
        next_one,
        severity="error",
        code="too-many-problems",
        message=f"more than {MOST_PROBLEMS} things are wrong with this file, and from here on they are not listed",
        expected="fewer",
        advice="repair those above and look again",
    )
    return (*found[:MOST_PROBLEMS], more)


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Advice: the nearest known word, else `otherwise`."""
    near = nearest(word, known)
    return f'did you mean "{near}"?' if near else otherwise


def nearest(word: str, known: Iterable[str]) -> str | None:
    if len(word) > _LONGEST_WORD:
        return None
    found = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def listed(words: Iterable[str]) -> str:
    """`a, b or c`."""
    *head, last = list(words) or ["nothing"]
    return f"{', '.join(head)} or {last}" if head else last
