"""Why an enrollment or a touch is as it is: why this time, why not yet, what would change it, what comes next."""

from collections.abc import Iterator
from itertools import chain

from engine.core.admission import WaitsFor
from engine.core.enrollment import EnrollmentStatus
from engine.core.errors import NotFound
from engine.core.retracing import WaitingStep, waiting_steps
from engine.operations import wording
from engine.operations.act import Act
from engine.operations.admission.shares import Shares
from engine.operations.context import Context
from engine.operations.queries import enrollments, reasons
from engine.operations.queries.explaining import planning, remedies, touches
from engine.operations.queries.explaining.case import Case
from engine.operations.queries.explaining.foreseen import foreseen
from engine.operations.queries.explaining.remedies import About, Remedy
from engine.operations.queries.explaining.values import (
    Change,
    Explanation,
    Link,
    TouchExplanation,
    WaitingReasons,
)
from engine.store import cases
from engine.store import enrollments as stored
from engine.store.connection import Record


def explain(ctx: Context, enrollment_id: int, *, locale: str = "en") -> Explanation:
    """The whole chain of an enrollment in any state. Raises NotFound."""
    with ctx.database.read() as connection:
        case = Case.of(Act(ctx, connection, ctx.now()), enrollment_id, locale)
        state, changes = _state(case)
        note = "forecast_resumed" if case.row.status == EnrollmentStatus.PAUSED.value else "forecast"
        return Explanation(
            enrollment=enrollments.row_in(case.act, enrollment_id, locale),
            at=case.act.now,
            now=state[0].words,
            why=(*planning.day_one(case), *state),
            changes=changes,
            touches=tuple(touches.explained(case, row) for row in case.touches),
            waiting=tuple(_waiting(case)),
            next=foreseen(case),
            note=case.voice.link(note, None).words,
        )


def explain_touch(ctx: Context, touch_id: int, *, locale: str = "en") -> TouchExplanation:
    """One touch, with the state of its enrollment. Raises NotFound."""
    with ctx.database.read() as connection:
        row = cases.one(connection, touch_id)
        if row is None:
            raise NotFound(f"there is no touch {touch_id}", id=touch_id)
        case = Case.of(Act(ctx, connection, ctx.now()), row.enrollment_id, locale)
        state, changes = _state(case)
        (mine,) = (one for one in case.touches if one.id == touch_id)
        return TouchExplanation(
            enrollment=enrollments.row_in(case.act, row.enrollment_id, locale),
            at=case.act.now,
            touch=touches.explained(case, mine),
            why=(*planning.day_one(case), *state),
            changes=changes,
        )


def _state(case: Case) -> tuple[list[Link], tuple[Change, ...]]:
    """Why it is where it is, and what would move it on."""
    told = list(_told(case))
    found = chain.from_iterable(remedy for _, remedy in told)
    about = About(case.row.id, case.row.prospect_id, case.row.sequence_key, case.row.rep_key)
    return [link for link, _ in told], remedies.changes(case.voice, about, found)


_Told = Iterator[tuple[Link, tuple[Remedy, ...]]]


def _told(case: Case) -> _Told:
    match EnrollmentStatus(case.row.status):
        case EnrollmentStatus.ACTIVE:
            yield case.voice.link("active", None), ()
        case EnrollmentStatus.PENDING:
            yield _pending(case)
            yield from _pauses(case)
        case EnrollmentStatus.PAUSED:
            yield from _pauses(case)
        case _:
            yield from _ended(case)


def _pending(case: Case) -> tuple[Link, tuple[Remedy, ...]]:
    row = case.row
    link = case.voice.link(
        "pending", row.admit_at.isoformat(), why=enrollments.row_in(case.act, row.id, case.voice.locale).why
    )
    share = Shares(case.act.connection, case.act.ctx.shelf).of(row.rep_id, row.rep_key, row.version_id)
    return link, remedies.for_wait(WaitsFor(row.waits_for), share.limit)


def _pauses(case: Case) -> _Told:
    for row in stored.pauses_of(case.act.connection, case.row.id):
        yield _pause(case, row), remedies.for_pause(row.cause)
        if row.note:
            yield case.voice.link("note", row.note, note=row.note), ()


def _pause(case: Case, row: Record) -> Link:
    voice, why = case.voice, reasons.of_pause(row.cause, case.voice.locale)
    rule = "paused_until" if row.resume_at is not None else "paused_by"
    until = voice.at(row.resume_at) if row.resume_at is not None else ""
    return voice.link(rule, row.cause, since=voice.at(row.created_at), why=why, until=until)


def _ended(case: Case) -> _Told:
    row, voice = case.row, case.voice
    why = reasons.of_end(row.end_reason, voice.locale)
    yield voice.link(row.status, row.end_reason, at=voice.at(row.ended_at), why=why), remedies.for_end(row.end_reason)
    if row.end_note:
        yield voice.link("note", row.end_note, note=row.end_note), ()
    if row.executed:
        yield voice.link("executed", row.executed, formula=row.executed, declared=str(case.plan.formula)), ()


def _waiting(case: Case) -> Iterator[WaitingReasons]:
    """Lanes whose next step cannot be planned while a step of another one is open."""
    if case.row.status == EnrollmentStatus.ACTIVE.value:
        yield from (_waiting_step(case, one) for one in waiting_steps(case.plan, case.progress, case.act.now))


def _waiting_step(case: Case, one: WaitingStep) -> WaitingReasons:
    awaited = [row for row in case.touches if row.step == one.barrier.step and row.ended_at is None]
    found = [touches.explained(case, row) for row in awaited]
    name = case.step_named(one.barrier.step or "")
    told = [case.voice.link("waits_for_step", one.barrier.step, step=name, state=touch.now) for touch in found]
    missing = case.voice.link("not_planned_yet", one.barrier.step, step=name)
    return WaitingReasons(
        step=one.step.key,
        title=one.step.title or wording.step_name(one.step.do, case.voice.locale),
        kind=one.step.do.value,
        day=one.step.day,
        why=(planning.of_barrier(case, one.barrier), *(told or [missing])),
        changes=tuple(dict.fromkeys(change for touch in found for change in touch.changes)),
    )
