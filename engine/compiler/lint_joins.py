"""Joins: `after: {step: ..., gap: ...}` waits for another lane, and must be able to stop waiting."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from engine.compiler.findings import Subject
from engine.compiler.problems import Complaint, Problem, did_you_mean, listed
from engine.compiler.words import shown
from engine.core.sequence import Step


def join_errors(subject: Subject) -> Iterator[Problem]:
    known = {step.key: step for _, step in subject.steps()}
    joins: dict[str, int] = {}
    for index, step in subject.planned():
        if step.after is None or step.after.step is None:
            continue
        here = ("steps", index, "after", "step")
        if step.after.step == step.key:
            yield subject.at(here, _ITSELF)
        elif step.after.step in known:
            joins[step.key] = index
        elif subject.has("steps"):
            yield subject.at(here, _unknown(step.after.step, known))
    yield from _circles(subject, known, joins)


def _circles(subject: Subject, known: dict[str, Step], joins: dict[str, int]) -> Iterator[Problem]:
    """Takes one join out of each circle that is found, until the rest can be worked in some order."""
    waits = _lane_order(subject)
    for key in joins:
        after = known[key].after
        if after and after.step:
            waits[key].add(after.step)
    while circle := _circle(waits):
        culprit = next(key for key in circle if key in joins)
        index = joins.pop(culprit)
        yield subject.at(("steps", index, "after"), _endless(circle))
        after = known[culprit].after
        waits[culprit].discard(after.step if after and after.step else "")


def _lane_order(subject: Subject) -> dict[str, set[str]]:
    """Which step each step waits for because it follows it in its lane."""
    waits: dict[str, set[str]] = {}
    previous: dict[str, str] = {}
    for _, step in subject.planned():
        if step.key in waits:
            continue
        waits[step.key] = {previous[step.lane]} if step.lane in previous else set()
        previous[step.lane] = step.key
    return waits


def _circle(waits: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


_ITSELF = Complaint("join-to-itself", "the step waits for itself", "another step", "name the step to wait for")


def _unknown(key: str, known: dict[str, Step]) -> Complaint:
    advice = did_you_mean(key, known, "name a step of this file")
    return Complaint("unknown-step", f"there is no step {shown(key)}", listed(known), advice)


def _endless(circle: list[str]) -> Complaint:
    return Complaint(
        "endless-wait",
        f"these steps wait for each other for ever: {' < '.join(circle)}",
        "a step that comes earlier, in its lane and by day",
        "delete the after, or name an earlier step",
    )
