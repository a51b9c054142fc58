"""Late steps: whoever is to take one over, or to hear of it, must be there; and what the engine does is never given up
or passed on.
"""

from collections.abc import Iterator

from engine.compiler.document import Path
from engine.compiler.findings import Subject
from engine.compiler.problems import Complaint, Problem, did_you_mean, listed
from engine.compiler.words import shown
from engine.core.sequence import MANAGER, IfLate, Late, Step
from engine.core.workspace import Workspace


def lateness_errors(subject: Subject, workspace: Workspace) -> Iterator[Problem]:
    for index, step in subject.steps():
        here = ("steps", index, "if_late")
        if not subject.has(*here) or here not in subject.draft.document.keys:
            continue
        if step.do.is_automatic:
            if step.if_late.policy in _BY_PEOPLE:
                yield subject.at(here, _automatic(step))
        elif workspace.reps:  # where there are none, nobody can be enrolled either
            yield from _people(subject, here, step.if_late, workspace)


_BY_PEOPLE = frozenset({Late.SKIP_AFTER, Late.REASSIGN, Late.ESCALATE})


def _automatic(step: Step) -> Complaint:
    return Complaint(
        "late-automatic",
        f'"{step.key}" ({step.do}) is done by the engine, in its next free slot: {step.if_late.policy} never happens',
        "wait or proceed at an automatic step",
        "delete if_late, or write if_late: proceed so that its lateness moves nothing",
    )


def _people(subject: Subject, here: Path, if_late: IfLate, workspace: Workspace) -> Iterator[Problem]:
    if _turns_to_manager(if_late):
        if not workspace.teams:
            yield subject.at(here, _NOBODY_TO_TURN_TO)
    elif if_late.to is not None and all(rep.key != if_late.to for rep in workspace.reps):
        yield subject.at((*here, if_late.policy.value), _unknown_rep(if_late.to, workspace))


def _turns_to_manager(if_late: IfLate) -> bool:
    return if_late.to == MANAGER or (if_late.policy is Late.ESCALATE and if_late.to is None)


_NOBODY_TO_TURN_TO = Complaint(
    "no-manager",
    "no team has a manager who could hear of it",
    "teams with their managers in workspace.yaml, or a rep's key here",
    "add teams: [{key: sdr, manager: ...}] there, or write {escalate: ..., after: 1bd} with a rep's key",
)


def _unknown_rep(key: str, workspace: Workspace) -> Complaint:
    known = [rep.key for rep in workspace.reps]
    advice = did_you_mean(key, known, "name a rep of workspace.yaml, or manager")
    return Complaint("unknown-rep", f"there is no rep {shown(key)}", listed(known), advice)
