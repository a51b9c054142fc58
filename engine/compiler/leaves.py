"""Who is away and who leaves, as `workspace.yaml` says it: judged together, since everybody may stand in for others."""

from collections.abc import Iterator
from datetime import date

from engine.compiler.document import Path
from engine.compiler.draft import Draft
from engine.compiler.problems import Complaint, Problem, did_you_mean
from engine.compiler.words import shown
from engine.compiler.workspace_shape import LeaveShape, RepShape, WorkspaceShape
from engine.core.leave import Leave, LeavePolicy, objection_to


def leave_of(shape: LeaveShape) -> Leave:
    policy = LeavePolicy(shape.policy) if shape.policy else None
    return Leave(date.fromisoformat(shape.from_), date.fromisoformat(shape.until), policy, shape.to)


def judge_leaves(drafted: Draft[WorkspaceShape]) -> Iterator[Problem]:
    reps = drafted.numbered(("reps",), drafted.shape.reps)
    staying = {rep.key for _, rep in reps if rep.leaves_to is None}
    if drafted.is_intact("reps"):  # else somebody may be named who was taken out of the draft
        yield from _successors(drafted, reps, staying)
    known: list[tuple[str, Leave]] = []
    for path, rep, leave in _leaves(drafted, reps):
        policy = leave.policy or LeavePolicy(drafted.shape.on_leave)
        active = staying if drafted.is_intact("reps") else {leave.to or rep}
        objection = objection_to(rep, leave, policy, known=known, active=active)
        if objection is not None:
            complaint = Complaint(objection.code, objection.message, objection.expected, objection.advice)
            at = (*path, objection.field)
            yield drafted.document.problem(at if objection.field != "to" or leave.to else path, complaint)
        known.append((rep, leave))


def _leaves(drafted: Draft[WorkspaceShape], reps: list[tuple[int, RepShape]]) -> Iterator[tuple[Path, str, Leave]]:
    for index, rep in reps:
        for number, shape in drafted.numbered(("reps", index, "leave"), rep.leave):
            yield ("reps", index, "leave", number), rep.key, leave_of(shape)


def _successors(
    drafted: Draft[WorkspaceShape], reps: list[tuple[int, RepShape]], staying: set[str]
) -> Iterator[Problem]:
    for index, rep in reps:
        if rep.leaves_to is not None and rep.leaves_to not in staying:
            advice = did_you_mean(rep.leaves_to, staying, "name a rep who is listed and stays")
            told = f"{shown(rep.leaves_to)} cannot take over"
            complaint = Complaint("unknown-successor", told, "another rep who stays", advice)
            yield drafted.document.problem(("reps", index, "leaves_to"), complaint)
