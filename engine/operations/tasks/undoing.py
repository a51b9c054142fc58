"""Undo: an outcome is taken back exactly, because the act that recorded it wrote down what it changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.core.consent import forbids_all
from engine.core.errors import Conflict
from engine.core.task import TaskEvent, TaskStatus
from engine.core.touch import TouchEvent, TouchStatus
from engine.operations.act import Act
from engine.operations.lifecycle.stopping import Stopped
from engine.operations.tasks.outcomes import relation_kind, source_of
from engine.store import cases, enrollments, events, people, suppressions, tasks, touches
from engine.store.connection import Record

TIME_TO_UNDO = timedelta(minutes=5)
_KEPT = ("quiet_until", "last_reply_at")
_NOT_BEGUN = frozenset({TouchStatus.SCHEDULED.value, TouchStatus.HELD.value})
_THEY_SPOKE = frozenset({"replied", "opted_out", "complained", "meeting_booked", "bounced", "out_of_office"})


@dataclass(frozen=True, slots=True)
class Mark:
    """How things stood before the outcome: whatever is newer, or differs, came of it."""

    enrollment: Record | None
    person: Record
    touch: int
    task: int
    enrollment_id: int
    dead: tuple[int, ...]
    relation: dict[str, Any]


def mark(act: Act, task: Record) -> Mark:
    connection, person = act.connection, task.prospect_id
    return Mark(
        enrollment=enrollments.one(connection, task.enrollment_id) if task.enrollment_id is not None else None,
        person=people.prospect_row(connection, person),
        touch=touches.newest_id(connection, person),
        task=tasks.newest_id(connection, person),
        enrollment_id=enrollments.newest_id(connection, person),
        dead=_dead(act, person),
        relation=_relation(act, task),
    )


def reversal(act: Act, before: Mark, stopped: Sequence[Stopped]) -> dict[str, Any]:
    """What an undo must take back, as JSON."""
    connection, person = act.connection, before.person.id
    return {
        "enrollment": _change_of(act, before.enrollment),
        "touches": [row.id for row in touches.newer_than(connection, person, before.touch)],
        "tasks": [row.id for row in tasks.newer_than(connection, person, before.task)],
        "enrollments": [row.id for row in enrollments.newer_than(connection, person, before.enrollment_id)],
        "buried": sorted(set(_dead(act, person)) - set(before.dead)),
        "relation": before.relation,
        "stopped": [one.as_json() for one in stopped],
        "stage": before.person.stage,
        "prospect": {name: _as_text(getattr(before.person, name)) for name in _KEPT},
    }


def _change_of(act: Act, before: Record | None) -> dict[str, Any] | None:
    if before is None:
        return None
    now = enrollments.one(act.connection, before.id)
    return {"id": now.id, "before": before.status, "after": now.status}


def concerned(_act: Act, task: Record) -> Sequence[int]:
    """Everybody whom the outcome stopped: an undo must hold them all."""
    return [one["prospect_id"] for one in (task.reversal or {}).get("stopped", ())]


def undo(act: Act, task: Record) -> None:
    """Raises Conflict when it is too late, somebody else's, the next step has begun, or the person has spoken since."""
    _check_may_undo(act, task)
    back: dict[str, Any] = task.reversal
    _check_is_as_it_was_left(act, task, back)
    _remove_successors(act, task, back)
    _restore_person(act, task, back)
    _restore_stopped(act, back)
    if task.touch_id is not None:
        touch = cases.one(act.connection, task.touch_id)
        assert touch is not None  # noqa: S101 - a task's touch is never deleted before the task
        touches.move(act.connection, touch, TouchEvent.UNDO, now=act.now, outcome=None)
    reopened = {"closed_at": None, "closed_by": None, "outcome": None, "answer": None, "reversal": None}
    tasks.move(act.connection, task, TaskEvent.UNDO, **reopened)


def _check_may_undo(act: Act, task: Record) -> None:
    if task.status != TaskStatus.DONE.value or task.reversal is None:
        raise Conflict(f"task {task.id} is {task.status}; only a completed task can be undone")
    if task.closed_by != act.actor:
        raise Conflict(f"{task.closed_by} completed task {task.id}; only they can undo it")
    if act.now - task.closed_at > TIME_TO_UNDO:
        raise Conflict(f"task {task.id} was completed more than five minutes ago")


def _check_is_as_it_was_left(act: Act, task: Record, back: dict[str, Any]) -> None:
    """What has been decided since then stands."""
    mine = back["enrollment"]
    if mine is not None and enrollments.one(act.connection, mine["id"]).status != mine["after"]:
        raise Conflict(f"the enrollment of task {task.id} has been changed since")
    persons = [task.prospect_id, *concerned(act, task)]
    if events.has_any_after(act.connection, persons, _THEY_SPOKE, task.closed_at):
        raise Conflict(f"they have answered since task {task.id} was completed")


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
    connection, reason = act.connection, f"undo of task {task.id}"
    for suppression_id in suppressions.of_source(connection, source_of(task.id)):
        suppressions.lift(connection, suppression_id, actor=act.actor, reason=reason, now=act.now)
        act.record("lift", "suppression", suppression_id, reason=reason)
    for address_id in back["buried"]:
        people.revive(connection, address_id)
    if back["relation"]:
        people.put_relation_back(connection, task.prospect_id, **_with_instant(back["relation"], "changed_at"))
    person = people.prospect_row(connection, task.prospect_id)
    people.change_stage(connection, person, back["stage"], reason=reason, actor=act.actor, now=act.now)
    people.set_prospect(connection, person.id, **_with_instant(back["prospect"], *_KEPT))
    if forbids_all(suppressions.covering(connection, [person.id]).get(person.id, ())):
        raise Conflict(f"the person of task {task.id} must not be contacted any more")


def _restore_stopped(act: Act, back: dict[str, Any]) -> None:
    """The enrollments go on as they were, with the touches and tasks that the stop had cancelled."""
    connection, mine = act.connection, back["enrollment"]
    for one in back["stopped"]:
        enrollments.reopen(connection, one["enrollment_id"], one["status"])
        for touch in one["touches"]:
            before = {name: touch[name] for name in ("status", "reason", "detail")}
            touches.restore(connection, touch["id"], **before)
        for task in one["tasks"]:
            tasks.set_values(connection, task["id"], status=task["status"], closed_at=None, closed_by=None)
        for pause in one["pauses"]:
            enrollments.add_pause(connection, one["enrollment_id"], **_with_instant(pause, "resume_at", "created_at"))
    if mine is not None and mine["before"] != mine["after"]:
        enrollments.reopen(connection, mine["id"], mine["before"])


def _dead(act: Act, prospect_id: int) -> tuple[int, ...]:
    rows = people.addresses_of(act.connection, [prospect_id])[prospect_id]
    return tuple(row.id for row in rows if row.dead_reason)


def _relation(act: Act, task: Record) -> dict[str, Any]:
    """How this rep's account stood with the person; without a state where it never did anything."""
    kind = relation_kind(task.kind)
    if kind not in ("wechat", "linkedin", "maimai"):
        return {}
    mine = {"kind": kind, "our_account": str(task.rep_id)}
    row = people.relation_with(act.connection, task.prospect_id, **mine)
    if row is None:
        return {**mine, "state": None, "changed_at": None}
    return {**mine, "state": row.state, "changed_at": row.changed_at.isoformat()}


def _as_text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None


def _with_instant(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """JSON has no instants: those by these names are read back."""
    return {**values, **{name: datetime.fromisoformat(values[name]) for name in names if values[name]}}
