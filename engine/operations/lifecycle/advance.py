"""What follows when a touch has ended: the lane's next step, a join that is satisfied, or the end of the enrollment."""

from collections.abc import Iterable
from typing import Any

from engine.core.enrollment import EnrollmentEvent, EnrollmentStatus
from engine.core.enrollment import advance as advance_enrollment
from engine.core.schedule import Progress, is_exhausted, next_touches
from engine.core.sequence import AudienceKind, Exhausted, Family, Verb
from engine.core.task import TaskKind
from engine.core.touch import Reason, TouchStatus
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.lifecycle import follow_ups
from engine.operations.reaching.absences import away_until
from engine.store import enrollments, touches
from engine.store.connection import Record

_COMPLETED = Exhausted()


def proceed(act: Act, enrollment_ids: Iterable[int]) -> None:
    """Locks the enrollments and inserts what is due to be planned; in bulk."""
    ids = sorted(set(enrollment_ids))
    if not ids:
        return
    rows = enrollments.with_people(act.connection, ids, lock=True)
    past = touches.of_enrollments(act.connection, ids)
    new: list[dict[str, Any]] = []
    for row in rows:
        if row.status == EnrollmentStatus.ACTIVE.value:
            new += _next_rows(act, row, past[row.id])
    touches.add_many(act.connection, new)


def _next_rows(act: Act, row: Record, past: list[Record]) -> list[dict[str, Any]]:
    sequence = act.plan(row.version_id).sequence
    progress = facts.progress_of(sequence, row, past, facts.setting_of(act.workspace, row, act.now))
    planned = next_touches(sequence, progress, act.now)
    if not planned and is_exhausted(sequence, progress) and _nothing_open(past):
        finish(act, row, past)
    rows = [touches.planned_row(touch, row.id, row.prospect_id) for touch in planned]
    return _around_absence(act, row, progress, rows) if sequence.audience.kind is AudienceKind.INBOUND else rows


def _around_absence(act: Act, row: Record, progress: Progress, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mail to somebody who asked us waits until they are back; calls do not."""
    mails = {new["lane"] for new in rows if Verb(new["verb"]).family is Family.EMAIL}
    until = away_until(act, row.prospect_id) if mails else None
    if until is None:
        return rows
    later = next_touches(act.plan(row.version_id).sequence, progress, until)
    moved = {touch.lane: touches.planned_row(touch, row.id, row.prospect_id) for touch in later}
    why = {"reason": Reason.OUT_OF_OFFICE.value}
    return [moved[new["lane"]] | why if new["lane"] in mails and new["due_at"] < until else new for new in rows]


def _nothing_open(past: list[Record]) -> bool:
    return all(TouchStatus(touch.status).is_terminal for touch in past)


def finish(act: Act, row: Record, past: list[Record]) -> None:
    """Every step has been executed or skipped: end it by name, and start what `on_exhausted` says."""
    sequence = act.plan(row.version_id).sequence
    then = sequence.on_exhausted or _COMPLETED
    status = advance_enrollment(EnrollmentStatus(row.status), EnrollmentEvent.FINISH)
    formula = str(facts.executed(sequence, row, past))
    enrollments.move(act.connection, row, status, end_reason=then.reason, ended_at=act.now, executed=formula)
    if then.task:
        follow_ups.open_task(act, follow_ups.about(row), TaskKind.HAND_OVER, title=then.task)
    if then.start:
        follow_ups.start_sequence(act, row, then.start)
