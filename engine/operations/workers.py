"""The reps of a workspace as those of a play."""

from dataclasses import replace
from datetime import date

from engine.core.workspace import Workspace
from engine.operations.days.open_days import presence, working_time
from engine.simulation.script import Worker


def worker_of(workspace: Workspace, rep_key: str, today: date, mailbox: str | None) -> Worker:
    """With the leave that is known, and all mails of the rep's people from one mailbox."""
    rep = workspace.rep(rep_key)
    leaves = rep.leave if rep is not None else ()
    return Worker(
        key=rep_key,
        time=presence(workspace, rep_key, today),
        capacity=workspace.capacity_of(rep_key),
        mailbox=mailbox,
        team=rep.team if rep is not None else "",
        leaves=tuple(replace(leave, policy=leave.policy or workspace.on_leave) for leave in leaves),
        plans_by=working_time(workspace, rep_key, today),
        answers_by=working_time(workspace, rep_key, today, never_waits=True),
    )
