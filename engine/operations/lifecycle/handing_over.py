"""A task goes to another rep, and the rest of its enrollment goes with it: one person has one rep to talk to."""

from typing import Any

from engine.core.task import TaskStatus
from engine.operations.act import Act
from engine.operations.lifecycle.taking_up import take_up
from engine.store import enrollments, leaves, rep_work, tasks
from engine.store.connection import Record


def hand_over(act: Act, task: Record, rep: Record, **why: Any) -> None:
    """For good, whoever of them is away. Mails go on from the mailbox of the first one (rule 7). Raises Stale when the
    task is not as it was read.
    """
    waited = {task.id} if _waits_for_return(act, task) else set()
    tasks.reassign(act.connection, task, rep.id)
    if task.leave_id is not None:
        rep_work.change_tasks(act.connection, [task.id], leave_id=None)
    enrolled = [task.enrollment_id] if task.touch_id is not None and task.enrollment_id is not None else []
    for one in enrolled:
        enrollments.set_rep(act.connection, one, rep.id)
    take_up(act, rep.id, enrolled, [task], waited=waited)
    leaves.begin_again(act.connection, [rep.id], act.now)  # the taker may be away
    act.record("reassign", "task", task.id, rep=rep.key, **why)


def _waits_for_return(act: Act, task: Record) -> bool:
    """It sleeps because of a leave; what a stand-in has put off themselves does not."""
    if task.leave_id is None or task.status != TaskStatus.SNOOZED.value:
        return False
    return bool(leaves.one(act.connection, task.leave_id).rep_id == task.rep_id)
