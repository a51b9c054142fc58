"""A rep works the queue: complete with an outcome, undo, snooze, skip with a reason, claim, reassign."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.core.errors import BadInput, Conflict, Stale
from engine.core.outcome import Answer
from engine.core.task import TaskEvent, TaskKind
from engine.core.touch import Reason, TouchEvent
from engine.operations.act import Act, act_on
from engine.operations.context import Context
from engine.operations.lifecycle import advance
from engine.operations.lifecycle.handing_over import hand_over
from engine.operations.tasks import outcomes, undoing
from engine.operations.tasks.outcomes import Done
from engine.store import cases, enrollments, plans, tasks, touches
from engine.store.connection import Record

CLAIM = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class By:
    """Who acts on which task. `version` is the ETag that was read; None takes the task as it is now."""

    task_id: int
    actor: str
    version: int | None = None


def complete(ctx: Context, by: By, answer: Answer) -> Record:
    """Closes the task with an outcome and lets its table decide what follows. Returns the task as it is now.

    Raises NotFound, Conflict, IllegalTransition, and BadInput for an outcome that is unknown or incomplete.
    """
    with _working(ctx, by, lambda act, task: _covered(act, task, answer)) as (act, task):
        mark = undoing.mark(act, task)
        enrollment = enrollments.one(act.connection, task.enrollment_id) if task.enrollment_id is not None else None
        touch = cases.one(act.connection, task.touch_id) if task.touch_id is not None else None
        kind = TaskKind(task.kind)
        row = outcomes.consequence(outcomes.table_for(act, enrollment, kind), kind, answer, act.now)
        tasks.move(act.connection, task, TaskEvent.COMPLETE, **_closing(act, answer))
        if touch is not None:
            touches.move(act.connection, touch, TouchEvent.COMPLETE, now=act.now, outcome=answer.outcome, reason=None)
            _leave_voicemail(act, touch, answer)
        stopped = outcomes.carry_out(act, Done(task, enrollment, touch, answer, row))
        advance.proceed(act, [enrollment.id] if enrollment is not None else [])
        tasks.set_values(act.connection, task.id, reversal=undoing.reversal(act, mark, stopped))
        act.record("complete", "task", task.id, outcome=answer.outcome)
        return tasks.one(act.connection, task.id)


def _covered(act: Act, task: Record, answer: Answer) -> Sequence[int]:
    """Whom the outcome concerns beside the task's own person: colleagues, where a company says no."""
    enrolled = [task.enrollment_id] if task.enrollment_id is not None else []
    enrollment = next(iter(enrollments.with_people(act.connection, enrolled)), None)
    row = outcomes.table_for(act, enrollment, TaskKind(task.kind)).get(answer.outcome)
    return outcomes.covered_people(act, row, task.prospect_id) if row is not None else ()


def skip(ctx: Context, by: By, reason: str) -> Record:
    """The step is given up with a reason, the lane goes on."""
    if not reason.strip():
        raise BadInput("a skipped task needs a reason; say why", field="reason")
    with _working(ctx, by) as (act, task):
        answer = {"reason": reason}
        tasks.move(act.connection, task, TaskEvent.SKIP, closed_at=act.now, closed_by=act.actor, answer=answer)
        touch = cases.one(act.connection, task.touch_id) if task.touch_id is not None else None
        if touch is not None:
            why = {"reason": Reason.BY_REP.value, "detail": reason}
            touches.move(act.connection, touch, TouchEvent.SKIP, now=act.now, **why)
            advance.proceed(act, [touch.enrollment_id])
        act.record("skip", "task", task.id, reason=reason)
        return tasks.one(act.connection, task.id)


def snooze(ctx: Context, by: By, until: datetime) -> Record:
    """Out of the queue until then. Raises BadInput for an instant that has passed."""
    with _working(ctx, by) as (act, task):
        if until <= act.now:
            raise BadInput(f"{until.isoformat()} has passed; snooze to a later instant", field="until")
        tasks.move(act.connection, task, TaskEvent.SNOOZE, snoozed_until=until, claimed_by=None, claimed_until=None)
        act.record("snooze", "task", task.id, until=until)
        return tasks.one(act.connection, task.id)


def claim(ctx: Context, by: By) -> Record:
    """Mine for 30 minutes. Raises Conflict while somebody else's claim holds."""
    with _working(ctx, by) as (act, task):
        lease = {"claimed_by": act.actor, "claimed_until": act.now + CLAIM}
        if task.claimed_by in (None, act.actor) or task.claimed_until <= act.now:
            tasks.reclaim(act.connection, task, **lease)
            return tasks.one(act.connection, task.id)
        raise Conflict(f"{task.claimed_by} is working on task {task.id}", claimed_by=task.claimed_by)


def reassign(ctx: Context, by: By, rep_key: str) -> Record:
    """Another rep takes the task, and with it the rest of the enrollment."""
    with _working(ctx, by) as (act, task):
        rep = plans.rep_by_key(act.connection, rep_key)
        if not rep.is_active:
            raise BadInput(f"{rep_key} takes no new work; name an active rep", field="rep")
        hand_over(act, task, rep)
        return tasks.one(act.connection, task.id)


def undo(ctx: Context, by: By) -> Record:
    """Takes the outcome back: by the same rep, within five minutes, while no successor has begun."""
    with _working(ctx, by, undoing.concerned) as (act, task):
        undoing.undo(act, task)
        act.record("undo", "task", task.id, outcome=task.outcome)
        return tasks.one(act.connection, task.id)


def _nobody_else(_act: Act, _task: Record) -> Sequence[int]:
    return ()


@contextmanager
def _working(
    ctx: Context, by: By, others: Callable[[Act, Record], Sequence[int]] = _nobody_else
) -> Iterator[tuple[Act, Record]]:
    """An act that holds the task's person and others, with the task as it is now. Raises Stale on another version."""
    with ctx.database.read() as connection:
        seen = tasks.one(connection, by.task_id)
        held = {seen.prospect_id, *others(Act(ctx, connection, ctx.now()), seen)}
    with act_on(ctx, *sorted(held), actor=by.actor) as act:
        task = tasks.one(act.connection, by.task_id, lock=True)
        if by.version is not None and by.version != task.version:
            raise Stale(f"task {task.id} was changed by somebody else; read it again", version=task.version)
        yield act, task


def _closing(act: Act, answer: Answer) -> dict[str, Any]:
    said = {name: getattr(answer, name) for name in ("date", "reason", "name", "note")}
    said["at"] = answer.at.isoformat() if answer.at else None
    return {
        "closed_at": act.now,
        "closed_by": act.actor,
        "outcome": answer.outcome,
        "answer": {name: value for name, value in said.items() if value},
    }


def _leave_voicemail(act: Act, touch: Record, answer: Answer) -> None:
    """A voicemail is never scheduled: when left, it is written `done` as its call step's next repeat.

    The outcome `voicemail` alone says that a machine answered, not that anything was left on it.
    """
    if answer.voicemail_left:
        touches.add_voicemail(act.connection, touch, act.now)
