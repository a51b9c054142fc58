"""Why one touch is as it is, in any state: its plan, what stands in its way, and what would change it."""

from collections.abc import Iterator

from engine.core.task import TaskStatus
from engine.core.touch import Reason, TouchStatus
from engine.operations.queries import outcomes, reasons
from engine.operations.queries.explaining import planning, remedies
from engine.operations.queries.explaining.case import Case
from engine.operations.queries.explaining.obstacles import Obstacle, channel_of, in_the_way
from engine.operations.queries.explaining.remedies import About, Remedy
from engine.operations.queries.explaining.values import Change, Link, TouchReasons
from engine.store import tasks
from engine.store.connection import Record

_WITH_SOMEBODY = (
    Remedy("Do it, and say what came of it.", "完成任务并记录结果。", "touchline done {task} OUTCOME"),
    Remedy("Or give the step up.", "或跳过这一步。", "touchline skip {task} REASON"),
    Remedy("Or give it to somebody else.", "或转交同事。", "touchline reassign {task} REP"),
)

_NOT_WITH_ANYBODY = frozenset({TouchStatus.SCHEDULED, TouchStatus.HELD})
_CAME_ABOUT = frozenset({TouchStatus.SENT.value, TouchStatus.DONE.value})


def explained(case: Case, row: Record) -> TouchReasons:
    status = TouchStatus(row.status)
    obstacles = list(in_the_way(case, row)) if status in _NOT_WITH_ANYBODY else []
    obstacles = [one for one in obstacles if status is TouchStatus.SCHEDULED or one.reason != row.reason]
    task = next(iter(tasks.of_touches(case.act.connection, [row.id])), None)  # one that is open
    state, in_way = list(_state(case, row, task)), [one.link for one in obstacles]
    return TouchReasons(
        id=row.id,
        step=row.step,
        repeat=row.repeat,
        title=case.title(row.step, row.verb),
        kind=row.verb,
        status=row.status,
        nominal_date=row.nominal_date,
        due_at=row.due_at,
        ended_at=row.ended_at,
        now=" ".join(link.words for link in (*state[:1], *in_way[:1])),
        why=(*planning.of_touch(case, row), *state, *in_way),
        changes=_changes(case, row, task, obstacles),
    )


def _state(case: Case, row: Record, task: Record | None) -> Iterator[Link]:
    """What it is at this moment, or what became of it."""
    status, voice = TouchStatus(row.status), case.voice
    why = reasons.of_touch(row.reason, voice.locale) if row.reason else ""
    match status:
        case TouchStatus.SCHEDULED if row.due_at > voice.now:
            yield voice.link("planned", row.due_at.isoformat(), at=voice.at(row.due_at))
        case TouchStatus.SCHEDULED:
            yield voice.link("due_now", row.due_at.isoformat())
        case TouchStatus.SENDING:
            yield voice.link("sending", None)
        case TouchStatus.HELD:
            yield voice.link("is_held", row.reason, why=why)
        case TouchStatus.IN_DOUBT | TouchStatus.QUARANTINED:
            yield voice.link("in_doubt", row.reason, why=why)
        case TouchStatus.QUEUED:
            yield from _queued(case, task)
        case _:
            yield _ended(case, row, why)
    if row.detail and row.reason != Reason.STOPPED.value:  # the enrollment says why it was stopped
        yield voice.link("detail", row.detail, detail=row.detail)


def _ended(case: Case, row: Record, why: str) -> Link:
    voice, at = case.voice, case.voice.at(row.ended_at)
    outcome = outcomes.label(row.outcome, None, voice.locale) if row.outcome else ""
    return voice.link(row.status, row.ended_at.isoformat(), at=at, why=why, outcome=outcome)


def _queued(case: Case, task: Record | None) -> Iterator[Link]:
    if task is None:
        return
    voice, rep = case.voice, case.rep_with_id(task.rep_id)
    told = {"task": task.id, "rep": rep}
    if task.status == TaskStatus.SNOOZED.value and task.snoozed_until is None:
        yield voice.link("task_aside", str(task.id), **told)
    elif task.status == TaskStatus.SNOOZED.value:
        yield voice.link("task_snoozed", task.snoozed_until.isoformat(), until=voice.at(task.snoozed_until), **told)
    elif task.claimed_until is not None and task.claimed_until > voice.now:
        yield voice.link("task_claimed", str(task.id), until=voice.at(task.claimed_until), **told)
    else:
        yield voice.link("task_open", str(task.id), since=voice.at(task.created_at), **told)
    if task.leave_id is not None:
        yield voice.link("task_lent", case.row.rep_key, rep=case.rep_name)


def _changes(case: Case, row: Record, task: Record | None, obstacles: list[Obstacle]) -> tuple[Change, ...]:
    about = About(
        enrollment=row.enrollment_id,
        person=row.prospect_id,
        sequence=case.row.sequence_key,
        rep=case.row.rep_key,
        touch=row.id,
        task=task.id if task is not None else None,
        channel=channel_of(row.verb),
    )
    found = [*(_WITH_SOMEBODY if task is not None else ())]
    if row.reason is not None and row.status not in _CAME_ABOUT:
        found += remedies.for_reason(Reason(row.reason), row.detail)
    for one in obstacles:
        found += remedies.for_reason(one.reason, one.detail)
    return remedies.changes(case.voice, about, found)
