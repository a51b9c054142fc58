"""A task goes to another rep, and the rest of its enrollment goes with it: one person has one rep to talk to."""

from typing import Any

from engine.operations.act import Act
from engine.store import enrollments, tasks
from engine.store.connection import Record


def hand_over(act: Act, task: Record, rep: Record, **why: Any) -> None:
    """Mails go on from the mailbox of the first one (rule 7). Raises Stale when the task is not as it was read."""
    tasks.reassign(act.connection, task, rep.id)
    if task.touch_id is not None and task.enrollment_id is not None:
        enrollments.set_rep(act.connection, task.enrollment_id, rep.id)
    act.record("reassign", "task", task.id, rep=rep.key, **why)
