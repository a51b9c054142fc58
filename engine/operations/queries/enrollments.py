"""Enrollments: a list, and one with its touches and what pauses it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from engine.core.enrollment import EnrollmentStatus
from engine.core.errors import NotFound
from engine.core.sequence import Verb
from engine.operations import wording
from engine.operations.act import Act
from engine.operations.admission.shares import Shares
from engine.operations.context import Context
from engine.operations.queries import beginning, pages, reasons
from engine.operations.queries.coming import Step, steps_ahead
from engine.operations.queries.pages import Page
from engine.operations.queries.people import company
from engine.operations.queries.queue import Company, Person
from engine.store import browse, enrollments, touches
from engine.store.connection import Connection, Record


@dataclass(frozen=True, slots=True)
class EnrollmentRow:
    """`why` says in words why it is not running. It began at `admitted_at`; until then `admit_at` is when it will."""

    id: int
    prospect: Person
    account: Company | None
    sequence: str
    sequence_title: str
    version_id: int
    rotation: int
    status: str
    end_reason: str | None
    end_note: str | None
    why: str
    rep: str
    locale: str
    zone: str
    zone_origin: str
    day_one: date
    enrolled_at: datetime
    admit_at: datetime | None
    admitted_at: datetime | None
    ended_at: datetime | None
    executed: str | None
    batch: str


@dataclass(frozen=True, slots=True)
class PauseView:
    cause: str
    words: str
    note: str
    resume_at: datetime | None
    since: datetime


@dataclass(frozen=True, slots=True)
class TouchView:
    """One step of the enrollment, as far as it has come."""

    id: int
    step: str
    repeat: int
    lane: str
    verb: str
    title: str
    status: str
    reason: str | None
    why: str
    detail: str | None
    outcome: str | None
    nominal_date: date
    due_at: datetime
    ended_at: datetime | None
    attempt: int
    subject: str | None
    recipient: str | None
    delivered_at: datetime | None
    bounced_at: datetime | None
    clicked_at: datetime | None
    complained_at: datetime | None
    replied_at: datetime | None


@dataclass(frozen=True, slots=True)
class EnrollmentDetail:
    """`next`: the steps that have no touch yet, if each before them is done when it falls due."""

    enrollment: EnrollmentRow
    formula: str
    version: int
    pauses: tuple[PauseView, ...]
    touches: tuple[TouchView, ...]
    next: tuple[Step, ...]


def list_enrollments(
    ctx: Context, asked: Mapping[str, Any], *, limit: int = 50, cursor: str | None = None, locale: str = "en"
) -> Page[EnrollmentRow]:
    """In id order. `asked`: status, sequence_key, prospect_id, rep_key; None and what is absent are not asked."""
    with ctx.database.read() as connection:
        rows = browse.enrollments(connection, after=pages.id_of(cursor), limit=limit + 1, **asked)
        why = _Why(Act(ctx, connection, ctx.now()), locale)
        return pages.page_of(rows, limit, lambda row: _row(row, why), lambda row: row.id)


def enrollment(ctx: Context, enrollment_id: int, *, locale: str = "en") -> EnrollmentDetail:
    """Raises NotFound."""
    with ctx.database.read() as connection:
        row = _read(connection, enrollment_id)
        plan = ctx.shelf.plan(connection, row.version_id)
        sent = browse.messages_of(connection, enrollment_id)
        past = touches.of_enrollments(connection, [enrollment_id])[enrollment_id]
        pauses = enrollments.pauses_of(connection, enrollment_id)
        (full,) = enrollments.with_people(connection, [enrollment_id])
        act = Act(ctx, connection, ctx.now())
        later = steps_ahead(act, full, locale, leaving_out={one.id for one in past})
        told = _row(row, _Why(act, locale))
    return EnrollmentDetail(
        enrollment=told,
        formula=str(plan.sequence.formula),
        version=plan.number,
        pauses=tuple(_pause(one, locale) for one in pauses),
        touches=tuple(_touch(one, sent.get(one.id), locale) for one in past),
        next=later,
    )


def row_in(act: Act, enrollment_id: int, locale: str) -> EnrollmentRow:
    """As a list shows it. Raises NotFound."""
    return _row(_read(act.connection, enrollment_id), _Why(act, locale))


def _read(connection: Connection, enrollment_id: int) -> Record:
    row = browse.enrollment_row(connection, enrollment_id)
    if row is None:
        raise NotFound(f"there is no enrollment {enrollment_id}", id=enrollment_id)
    return row


class _Why:
    """What keeps an enrollment from running, or has ended it; in words."""

    def __init__(self, act: Act, locale: str) -> None:
        self._act, self._locale = act, locale

    @cached_property
    def _shares(self) -> Shares:
        return Shares(self._act.connection, self._act.ctx.shelf)

    def __call__(self, row: Record) -> str:
        if row.end_reason:
            return reasons.of_end(row.end_reason, self._locale)
        if row.cause:
            return reasons.of_pause(row.cause, self._locale)
        if row.status != EnrollmentStatus.PENDING.value:
            return ""
        per_day = self._shares.of(row.rep_id, row.rep_key, row.version_id).leads_per_day
        return beginning.why_not_begun(row, self._act.now, self._locale, per_day=per_day)


def _row(row: Record, why: _Why) -> EnrollmentRow:
    plain = (
        "id", "sequence_title", "version_id", "rotation", "status", "end_reason", "end_note", "locale", "zone",
        "zone_origin", "day_one", "enrolled_at", "admit_at", "admitted_at", "ended_at", "executed", "batch",
    )  # fmt: skip
    facts = {name: getattr(row, name) for name in plain}
    return EnrollmentRow(
        **facts,
        prospect=Person(row.prospect_id, row.prospect_name, row.prospect_title),
        account=company(row),
        sequence=row.sequence_key,
        why=why(row),
        rep=row.rep_key,
    )


def _pause(row: Record, locale: str) -> PauseView:
    return PauseView(row.cause, reasons.of_pause(row.cause, locale), row.note, row.resume_at, row.created_at)


def _touch(row: Record, message: Record | None, locale: str) -> TouchView:
    plain = (
        "id", "step", "repeat", "lane", "verb", "status", "reason", "detail", "outcome", "nominal_date", "due_at",
        "ended_at", "attempt", "delivered_at", "bounced_at", "clicked_at", "complained_at", "replied_at",
    )  # fmt: skip
    facts = {name: getattr(row, name) for name in plain}
    return TouchView(
        **facts,
        title=wording.step_name(Verb(row.verb), locale),
        why=reasons.of_touch(row.reason, locale) if row.reason else "",
        subject=message.subject if message is not None else None,
        recipient=message.recipient if message is not None else None,
    )
