"""Work for people: due touches become tasks in the rep's queue, in bulk; what cannot be done is skipped by name."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from engine.core.enrollment import StopReason
from engine.core.errors import CannotRender
from engine.core.guards import Allowed, Cancel, Hold, Skip, may_reach
from engine.core.ranking import base_level
from engine.core.sequence import AudienceKind, Verb
from engine.core.task import TaskKind, TaskStatus
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations import texts, transfers, wording
from engine.operations.act import Act
from engine.operations.covering import Cover, Piece
from engine.operations.delivery import days_off, queue_turns, rendering
from engine.operations.lifecycle import advance, stopping
from engine.operations.reaching import reach
from engine.operations.texts import Cast
from engine.store import cases, enrollments, locks, reservations, tasks, touches
from engine.store.connection import Record


def queue(act: Act, reserved: Sequence[Record]) -> int:
    """Turns reserved human touches into tasks. Returns how many reached a queue."""
    free = [due for due in of_free_people(act, reserved) if due.status == TouchStatus.SCHEDULED.value]
    cover = Cover(act)
    due_touches = days_off.leave_out(act, _not_waiting(act, free, cover))
    cast = texts.cast_of(act.connection, act.workspace, due_touches)
    ways = reach.ways_to(act, due_touches, cast)
    ready: list[Record] = []
    skipped: set[int] = set()
    for due in due_touches:
        match may_reach(Verb(due.verb), reach.facts_of(act, due, cast, ways.to(due))):
            case Allowed():
                ready.append(due)
            case Skip(reason):
                touches.move(act.connection, due, TouchEvent.SKIP, now=act.now, reason=reason.value)
                skipped.add(due.enrollment_id)
            case Hold(reason):
                touches.move(act.connection, due, TouchEvent.HOLD, now=act.now, reason=reason.value)
            case Cancel() as verdict:
                cancel(act, due, verdict)
    scripted = {due.id: row for due in ready if (row := _task_row(act, due, cast, cover)) is not None}
    ids = sorted(queue_turns.enter(act, [due for due in ready if due.id in scripted], scripted, cast))
    tasks.add_many(act.connection, _with_transfers(act, [scripted[one] for one in ids]))
    touches.move_many(act.connection, ids, TouchStatus.SCHEDULED, TouchEvent.QUEUE, reason=None)
    advance.proceed(act, skipped)
    return len(ids)


def of_free_people(act: Act, rows: Sequence[Record]) -> list[Record]:
    """Those whose person nobody holds now, read again under the lock; the others come back in a moment."""
    if not rows:
        return []
    free = locks.hold_free(act.connection, {row.prospect_id for row in rows}, act.now)
    return cases.of(act.connection, [row.id for row in rows if row.prospect_id in free])


def _with_transfers(act: Act, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Whoever is to write on WeChat to somebody else's contact is told whose it is."""
    work = {(row["prospect_id"], row["rep_id"]) for row in rows if transfers.is_on_wechat(row["kind"])}
    told = transfers.notes(act.connection, work)
    return [row | {"script": _told(row, told.get((row["prospect_id"], row["rep_id"])))} for row in rows]


def _told(row: dict[str, Any], note: str | None) -> str:
    if note is None or not transfers.is_on_wechat(row["kind"]):
        return str(row["script"])
    return f"{note}\n\n{row['script']}"


def _not_waiting(act: Act, due_touches: Sequence[Record], cover: Cover) -> list[Record]:
    """Without those that are left until their rep is back; they are told so."""
    if not cover.away:
        return list(due_touches)
    until = {due.id: cover.waits_until(_piece(act, due)) for due in due_touches}
    why = Reason.REP_AWAY.value
    reservations.put_off(act.connection, [(one, at, why) for one, at in until.items() if at is not None])
    return [due for due in due_touches if until.get(due.id) is None]


def _piece(act: Act, due: Record) -> Piece:
    kind, audience = TaskKind(due.verb), act.plan(due.version_id).sequence.audience.kind
    is_new = audience is AudienceKind.OUTBOUND and due.due_date == due.day_one
    level = base_level(kind, has_clock=due.respond_by is not None, is_promised=due.is_promised, is_day_one=is_new)
    return Piece(due.rep_id, kind, level, audience is AudienceKind.INBOUND)


def _task_row(act: Act, due: Record, cast: Cast, cover: Cover) -> dict[str, Any] | None:
    """The task, or none when its script cannot be written: then the touch is held by name. Whoever stands in speaks
    under a name of their own.
    """
    piece = _piece(act, due)
    doer = cover.assign(piece)
    own = replace(cast, reps={**cast.reps, due.rep_id: cast.reps[doer.rep_id]})
    try:
        subject, text = rendering.script(act, due, own)
    except CannotRender as problem:
        reason = Reason.CANNOT_RENDER.value
        touches.move(act.connection, due, TouchEvent.HOLD, now=act.now, reason=reason, detail=str(problem))
        return None
    whose = {"level": piece.level, "rep_id": doer.rep_id, "leave_id": doer.leave_id}
    return _task(act, due, cast) | whose | {"script": text, "script_subject": subject}


def _task(act: Act, due: Record, cast: Cast) -> dict[str, Any]:
    kind, person, plan = TaskKind(due.verb), cast.people[due.prospect_id], act.plan(due.version_id).sequence
    title = next((step.title for step in plan.steps if step.key == due.step), None)
    return {
        "kind": kind.value,
        "status": TaskStatus.OPEN.value,
        "prospect_id": due.prospect_id,
        "enrollment_id": due.enrollment_id,
        "touch_id": due.id,
        "title": title or wording.task_title(kind, due.locale),
        "due_at": due.due_at,
        "callable_from": due.callable_from,
        "callable_until": due.callable_until,
        "respond_by": due.respond_by,
        "tier": person.account_tier or 3,
        "lead_at": person.received_at or due.enrolled_at,
        "created_at": act.now,
    }


def cancel(act: Act, due: Record, verdict: Cancel) -> None:
    """Nothing may reach this person: the touch ends by name, and what is still live ends with it."""
    touches.move(
        act.connection, due, TouchEvent.CANCEL, now=act.now, reason=verdict.reason.value, detail=verdict.detail or None
    )
    why = StopReason.OPTED_OUT if verdict.reason is Reason.OPTED_OUT else StopReason.STAGE_CHANGED
    for row in enrollments.live_of(act.connection, [due.prospect_id]):
        stopping.stop_enrollment(act, row, why, verdict.detail)
