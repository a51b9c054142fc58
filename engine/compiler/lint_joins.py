"""Joins: `after: {step: ..., gap: ...}` waits for another lane, and must be able to stop waiting."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from engine.compiler.findings import Subject
from engine.compiler.problems import Complaint, Problem, did_you_mean, listed
from engine.compiler.words import shown
from engine.core.sequence import Late, Sequence, Step


@dataclass(frozen=True, slots=True)
class _Join:
    """Where the step that waits stands in the file, and for which one it waits."""

    index: int
    step: str


def join_errors(subject: Subject) -> Iterator[Problem]:
    known = {step.key: step for _, step in subject.steps()}
    joins: dict[str, _Join] = {}
    for index, step in subject.planned():
        if step.after is None or step.after.step is None:
            continue
        here = ("steps", index, "after", "step")
        if step.after.step == step.key:
            yield subject.at(here, _ITSELF)
        elif step.after.step in known:
            joins[step.key] = _Join(index, step.after.step)
        elif subject.has("steps"):
            yield subject.at(here, _unknown(step.after.step, known))
    yield from _circles(subject, joins)
    yield from _left_open(subject, known, joins)


def _circles(subject: Subject, joins: dict[str, _Join]) -> Iterator[Problem]:
    """Takes one join out of each circle that is found, until the rest can be worked in some order."""
    while circle := _circle(_waits(subject, joins)):
        culprit = next(key for key in circle if key in joins)
        yield subject.at(("steps", joins.pop(culprit).index, "after"), _endless(circle))


def _left_open(subject: Subject, known: Mapping[str, Step], joins: Mapping[str, _Join]) -> Iterator[Problem]:
    """Nothing but a person ends some steps, and nobody asks when they do not: no join should hang on one."""
    waits = _waits(subject, joins)
    for key, join in joins.items():
        before = (known[one] for one in _with_all_before(join.step, waits))
        left = next((step for step in before if _may_stay_open(step, subject.sequence)), None)
        if left is not None and subject.has("steps"):
            yield subject.at(("steps", join.index, "after", "step"), _unended(key, left))


def _waits(subject: Subject, joins: Mapping[str, _Join]) -> dict[str, set[str]]:
    """Which steps each step waits for: the one before it in its lane, and the one that it joins."""
    waits: dict[str, set[str]] = {}
    previous: dict[str, str] = {}
    for _, step in subject.planned():
        if step.key in waits:
            continue
        waits[step.key] = {previous[step.lane]} if step.lane in previous else set()
        previous[step.lane] = step.key
    for key, join in joins.items():
        waits[key].add(join.step)
    return waits


def _with_all_before(key: str, waits: Mapping[str, set[str]]) -> Iterator[str]:
    """The step, then what it waits for, nearest first."""
    found = [key]
    for each in found:
        yield each
        found += sorted(waits[each].difference(found))


def _may_stay_open(step: Step, sequence: Sequence) -> bool:
    """A late step that proceeds is given up for the next of its lane; the last one is given up for nothing."""
    if step.do.is_automatic:
        return False
    is_last = sequence.lane_steps(step.lane)[-1] == step
    return step.if_late.policy is Late.WAIT or (step.if_late.policy is Late.PROCEED and is_last)


def _circle(waits: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


_ITSELF = Complaint("join-to-itself", "the step waits for itself", "another step", "name the step to wait for")


def _unknown(key: str, known: Mapping[str, Step]) -> Complaint:
    advice = did_you_mean(key, known, "name a step of this file")
    return Complaint("unknown-step", f"there is no step {shown(key)}", listed(known), advice)


def _endless(circle: list[str]) -> Complaint:
    return Complaint(
        "endless-wait",
        f"these steps wait for each other for ever: {' < '.join(circle)}",
        "a step that comes earlier, in its lane and by day",
        "delete the after, or name an earlier step",
    )


def _unended(key: str, left: Step) -> Complaint:
    return Complaint(
        "open-ended-wait",
        f'"{key}" may wait for ever: nothing ends "{left.key}" when nobody does it (if_late: {left.if_late.policy})',
        "a step that ends, or of which somebody hears, when it is late",
        f'write if_late: {{skip_after: 5bd}} or if_late: escalate at "{left.key}"',
    )
