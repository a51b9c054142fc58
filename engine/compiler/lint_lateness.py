"""Late steps: whoever is to take one over, or to hear of it, must be there."""

from collections.abc import Iterator

from engine.compiler.findings import Subject
from engine.compiler.problems import Complaint, Problem, did_you_mean, listed
from engine.compiler.words import shown
from engine.core.sequence import MANAGER, IfLate, Late
from engine.core.workspace import Workspace


def lateness_errors(subject: Subject, workspace: Workspace) -> Iterator[Problem]:
    """Silent where the workspace has no reps: nobody can be enrolled there either."""
    if not workspace.reps:
        return
    for index, step in subject.steps():
        here = ("steps", index, "if_late")
        if not subject.has(*here) or here not in subject.draft.document.keys:
            continue
        if _turns_to_manager(step.if_late):
            if not workspace.teams:
                yield subject.at(here, _NOBODY_TO_TURN_TO)
        elif step.if_late.to is not None and all(rep.key != step.if_late.to for rep in workspace.reps):
            yield subject.at((*here, step.if_late.policy.value), _unknown_rep(step.if_late.to, workspace))


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
