"""Undo: an outcome is taken back exactly, because the act that recorded it wrote down what it changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.core.errors import Conflict
from engine.core.task import TaskEvent, TaskStatus
from engine.core.touch import TouchEvent, TouchStatus
from engine.operations.act import Act
from engine.operations.stopping import Stopped
from engine.store import enrollments, people, suppressions, tasks, touches
from engine.store.connection import Record

TIME_TO_UNDO = timedelta(minutes=5)
_KEPT = ("stage", "quiet_until", "last_reply_at")
_INSTANTS = ("quiet_until", "last_reply_at")
_NOT_BEGUN = frozenset({TouchStatus.SCHEDULED.value, TouchStatus.HELD.value})


@dataclass(frozen=True, slots=True)
class Mark:
    """How things stood before the outcome: whatever is newer, or differs, came of it."""

    prospect_id: int
    enrollment: Record
    person: Record
    touch: int
    task: int
    enrollment_id: int
    suppression: int
    dead: tuple[int, ...]
    relations: dict[str, str]


def mark(act: Act, task: Record) -> Mark:
    connection, person = act.connection, task.prospect_id
    return Mark(
        prospect_id=person,
        enrollment=enrollments.one(connection, task.enrollment_id),
        person=people.prospect_row(connection, person),
        touch=touches.newest_id(connection, person),
        task=tasks.newest_id(connection, person),
        enrollment_id=enrollments.newest_id(connection, person),
        suppression=suppressions.newest_id(connection),
        dead=_dead(act, person),
        relations=_relations(act, task),
    )


def reversal(act: Act, before: Mark, stopped: Sequence[Stopped]) -> dict[str, Any]:
    """What an undo must take back, as JSON."""
    connection, person = act.connection, before.prospect_id
    old = {name: getattr(before.person, name) for name in _KEPT}
    return {
        "enrollment": {"id": before.enrollment.id, "status": before.enrollment.status},
        "touches": [row.id for row in touches.newer_than(connection, person, before.touch)],
        "tasks": [row.id for row in tasks.newer_than(connection, person, before.task)],
        "enrollments": [row.id for row in enrollments.newer_than(connection, person, before.enrollment_id)],
        "suppressions": suppressions.newer_than(connection, before.suppression),
        "buried": sorted(set(_dead(act, person)) - set(before.dead)),
        "relations": before.relations,
        "stopped": [one.as_json() for one in stopped],
        "prospect": {name: value.isoformat() if name in _INSTANTS and value else value for name, value in old.items()},
    }


def undo(act: Act, task: Record) -> None:
    """Raises Conflict when it is too late, somebody else's, or the next step has begun."""
    if task.status != TaskStatus.DONE.value or task.reversal is None:
        raise Conflict(f"task {task.id} is {task.status}; only a completed task can be undone")
    if task.closed_by != act.actor:
        raise Conflict(f"{task.closed_by} completed task {task.id}; only they can undo it")
    if act.now - task.closed_at > TIME_TO_UNDO:
        raise Conflict(f"task {task.id} was completed more than five minutes ago")
    back: dict[str, Any] = task.reversal
    _remove_successors(act, task, back)
    _restore_person(act, task, back)
    _restore_stopped(act, back)
    if task.touch_id is not None:
        touch = touches.case(act.connection, task.touch_id)
        assert touch is not None  # noqa: S101 - a task's touch is never deleted before the task
        touches.move(act.connection, touch, TouchEvent.UNDO, now=act.now, outcome=None)
    reopened = {"closed_at": None, "closed_by": None, "outcome": None, "answer": None, "reversal": None}
    tasks.move(act.connection, task, TaskEvent.UNDO, **reopened)


def _remove_successors(act: Act, task: Record, back: dict[str, Any]) -> None:
    """What the outcome planned or opened goes, if nobody has begun it."""
    made = touches.newer_than(act.connection, task.prospect_id, min(back["touches"], default=0) - 1)
    mine = [row for row in made if row.id in back["touches"] and row.verb != "voicemail"]
    opened = [tasks.one(act.connection, task_id) for task_id in back["tasks"]]
    if any(row.status not in _NOT_BEGUN or row.attempt for row in mine) or any(row.status != "open" for row in opened):
        raise Conflict(f"what followed task {task.id} has begun already")
    tasks.remove(act.connection, back["tasks"])
    touches.remove(act.connection, back["touches"])
    enrollments.remove(act.connection, back["enrollments"])


def _restore_person(act: Act, task: Record, back: dict[str, Any]) -> None:
    for suppression_id in back["suppressions"]:
        suppressions.lift(
            act.connection, suppression_id, actor=act.actor, reason=f"undo of task {task.id}", now=act.now
        )
        act.record("lift", "suppression", suppression_id, reason=f"undo of task {task.id}")
    for address_id in back["buried"]:
        people.revive(act.connection, address_id)
    for kind, state in back["relations"].items():
        people.set_relation(
            act.connection, task.prospect_id, kind, our_account=str(task.rep_id), state=state, now=act.now
        )
    people.restore(act.connection, task.prospect_id, back["prospect"])


def _restore_stopped(act: Act, back: dict[str, Any]) -> None:
    """The enrollment goes on as it was, with the touches and tasks that the stop had cancelled."""
    for one in back["stopped"]:
        enrollments.reopen(act.connection, one["enrollment_id"], one["status"])
        for touch in one["touches"]:
            if touch["id"] is not None:
                touches.restore(act.connection, touch["id"], status=touch["status"], reason=touch["reason"])
        for task in one["tasks"]:
            tasks.set_values(act.connection, task["id"], status=task["status"], closed_at=None, closed_by=None)
    enrollments.reopen(act.connection, back["enrollment"]["id"], back["enrollment"]["status"])


def _dead(act: Act, prospect_id: int) -> tuple[int, ...]:
    rows = people.addresses_of(act.connection, [prospect_id])[prospect_id]
    return tuple(row.id for row in rows if row.dead_reason)


def _relations(act: Act, task: Record) -> dict[str, str]:
    """The states with this rep's account before; `none` where there was no row."""
    kind = "wechat" if task.kind.startswith("wechat") else task.kind
    if kind not in ("wechat", "linkedin", "maimai"):
        return {}
    state = people.relations_of(act.connection, [task.prospect_id]).get((task.prospect_id, kind), "none")
    return {kind: state}
