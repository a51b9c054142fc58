"""One task with everything a rep needs to do it: the script, the ways to reach them, what was and what comes."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from engine.core.task import TaskKind, TaskStatus
from engine.messages.markdown import markdown_to_html
from engine.operations import facts, texts
from engine.operations.act import Act
from engine.operations.context import Context
from engine.operations.queries import people
from engine.operations.queries.cautions import caution
from engine.operations.queries.coming import Step, steps_ahead
from engine.operations.queries.outcomes import Choice, choices, label
from engine.operations.queries.people import Prospect
from engine.operations.queries.queue import QueueRow, Reader, View, ranked
from engine.operations.reaching import reach
from engine.operations.tasks import outcomes
from engine.operations.tasks.undoing import TIME_TO_UNDO
from engine.store import cases, enrollments, plans, suppressions, tasks
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class Closed:
    outcome: str | None
    label: str
    at: datetime
    by: str | None
    answer: dict[str, Any]
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class TaskDetail:
    """`outcomes` is empty once the task is closed; `script_html` is safe to show as it is. `caution` is what the rep
    should know before doing it, which nothing holds back.
    """

    task: QueueRow
    rep: str
    script_subject: str | None
    script: str
    script_html: str
    has_voicemail: bool
    caution: str | None
    prospect: Prospect
    outcomes: tuple[Choice, ...]
    next: tuple[Step, ...]
    closed: Closed | None
    snoozed_until: datetime | None


def task(ctx: Context, task_id: int, *, rep_key: str | None = None) -> TaskDetail:
    """As `rep_key` would read it, else the rep whose task it is. Raises NotFound."""
    with ctx.database.read() as connection:
        row = tasks.one(connection, task_id)
        owner = next(rep for rep in plans.reps(connection, only_active=False) if rep.id == row.rep_id)
        reader = plans.rep_by_key(connection, rep_key) if rep_key is not None else owner
        seen = Reader(reader.locale, reader.zone, ctx.now())
        return _detail(Act(ctx, connection, seen.now), row, owner.key, seen)


def _detail(act: Act, row: Record, owner: str, reader: Reader) -> TaskDetail:
    connection, kind = act.connection, TaskKind(row.kind)
    shown = View(act.ctx, connection, reader).rows({row.id: ranked(row)})[0]
    enrollment = enrollments.with_people(connection, [row.enrollment_id])[0] if row.enrollment_id else None
    touch = cases.one(connection, row.touch_id) if row.touch_id else None
    used = _address(act, touch) if touch is not None else None
    is_open = TaskStatus(row.status).is_open
    table = outcomes.table_for(act, enrollment, kind) if is_open else {}
    person = people.prospect_in(act, row.prospect_id, locale=reader.locale, next_address=used.id if used else None)
    return TaskDetail(
        task=shown,
        rep=owner,
        script_subject=row.script_subject,
        script=row.script,
        script_html=markdown_to_html(row.script) if touch is not None else _plain_html(row.script),
        has_voicemail=_has_voicemail(act, touch),
        caution=caution(act, touch, used, reader.locale) if touch is not None and is_open else None,
        prospect=person,
        outcomes=choices(table, kind, reader.locale),
        next=_next(act, row, enrollment, reader.locale) if enrollment is not None and is_open else (),
        closed=None if is_open else _closed(row, kind, reader),
        snoozed_until=row.snoozed_until if row.status == TaskStatus.SNOOZED.value else None,
    )


def _plain_html(text: str) -> str:
    """What somebody else wrote, a reply for example: their line breaks and nothing more."""
    return "".join(f"<p>{escape(block).replace(chr(10), '<br>')}</p>" for block in text.split("\n\n") if block.strip())


def _address(act: Act, touch: Record) -> Record | None:
    cast = texts.cast_of(act.connection, act.workspace, [touch])
    covers = suppressions.covering(act.connection, [touch.prospect_id]).get(touch.prospect_id, [])
    return reach.address_for(touch, cast, covers)


def _has_voicemail(act: Act, touch: Record | None) -> bool:
    if touch is None or not facts.is_planned(touch):
        return False
    return act.plan(touch.version_id).sequence.step(touch.step).voicemail


def _next(act: Act, row: Record, enrollment: Record, locale: str) -> tuple[Step, ...]:
    return steps_ahead(act, enrollment, locale, leaving_out=frozenset({row.touch_id}))


def _closed(row: Record, kind: TaskKind, reader: Reader) -> Closed:
    named = label(row.outcome, kind, reader.locale) if row.outcome else row.status
    until = _undo_until(row, reader.now)
    return Closed(row.outcome, named, row.closed_at, row.closed_by, row.answer or {}, until)


@dataclass(frozen=True, slots=True)
class TaskNow:
    """A task after something was done to it; `version` is its ETag."""

    id: int
    version: int
    status: str
    outcome: str | None
    closed_at: datetime | None
    closed_by: str | None
    undo_until: datetime | None
    snoozed_until: datetime | None
    claimed_by: str | None
    claimed_until: datetime | None


def task_now(row: Record, now: datetime) -> TaskNow:
    plain = (
        "id", "version", "status", "outcome", "closed_at", "closed_by", "snoozed_until", "claimed_by", "claimed_until",
    )  # fmt: skip
    return TaskNow(**{name: getattr(row, name) for name in plain}, undo_until=_undo_until(row, now))


def _undo_until(row: Record, now: datetime) -> datetime | None:
    if row.status != TaskStatus.DONE.value or row.reversal is None:
        return None
    until: datetime = row.closed_at + TIME_TO_UNDO
    return until if now <= until else None
