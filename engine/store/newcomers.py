"""People who are enrolled and wait for their turn to begin, and how many each rep has begun with lately."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, exists, func, insert, select, union, update

from engine.core.admission import WaitsFor
from engine.core.enrollment import EnrollmentEvent, EnrollmentStatus, advance
from engine.core.sequence import AudienceKind
from engine.store.among import among
from engine.store.conditions import literally
from engine.store.connection import Connection, Record
from engine.store.tables import enrollment, line_review, pause, rep, sequence

IS_PENDING = literally(enrollment.c.status, EnrollmentStatus.PENDING)
IS_PAUSED = exists().where(pause.c.enrollment_id == enrollment.c.id)
_ACTIVE = advance(EnrollmentStatus.PENDING, EnrollmentEvent.ADMIT).value
_COUNTED = (AudienceKind.INBOUND.value, AudienceKind.OUTBOUND.value)


def hold_reps(connection: Connection, rep_ids: Collection[int]) -> None:
    """Whoever shares out the days of these reps decides alone until the transaction ends."""
    connection.execute(_reps(rep_ids).with_for_update(key_share=True))


def hold_rep_if_free(connection: Connection, rep_id: int) -> bool:
    """The same for one. False where somebody else does just now; never waits."""
    return connection.execute(_reps([rep_id]).with_for_update(key_share=True, skip_locked=True)).first() is not None


def _reps(ids: Collection[int]) -> Select[Any]:
    return select(rep.c.id).where(among(rep.c.id, ids)).order_by(rep.c.id)


def line(connection: Connection, rep_id: int) -> list[Record]:
    """Who waits for their turn with this rep, the first in front: `id`, `prospect_id`, `version_id`, `admit_at`,
    `waits_for`. Whoever is paused stands beside it until the pause is over.
    """
    return list(connection.execute(_LINE, {"rep": rep_id}))


_LINE = (
    select(
        enrollment.c.id,
        enrollment.c.prospect_id,
        enrollment.c.version_id,
        enrollment.c.admit_at,
        enrollment.c.waits_for,
    )
    .where(enrollment.c.rep_id == bindparam("rep"), IS_PENDING, ~IS_PAUSED)
    .order_by(enrollment.c.id)
)


def begun_since(connection: Connection, rep_id: int, since: datetime) -> dict[int, int]:
    """With how many a rep has begun, by version. Whoever was stopped again brings no more work; nurture is for people
    whom we know already, and does not count.
    """
    rows = connection.execute(_BEGUN, {"rep": rep_id, "since": since})
    return {row.version_id: row.people for row in rows}


_BEGUN = (
    select(enrollment.c.version_id, func.count().label("people"))
    .select_from(enrollment.join(sequence, sequence.c.key == enrollment.c.sequence_key))
    .where(
        enrollment.c.rep_id == bindparam("rep"),
        enrollment.c.admitted_at >= bindparam("since", type_=enrollment.c.admitted_at.type),
        sequence.c.audience.in_(_COUNTED),
        enrollment.c.status != EnrollmentStatus.STOPPED.value,
    )
    .group_by(enrollment.c.version_id)
)


def reps_to_plan(connection: Connection, now: datetime) -> list[Record]:
    """Reps (`id`, `key`) for whom somebody's turn has come, or whose line is to be planned anew. Of those who left,
    nobody begins before the hand-over.
    """
    return list(connection.execute(_REPS_TO_PLAN, {"now": now}))


_NOW = bindparam("now", type_=enrollment.c.admit_at.type)
_TO_PLAN = union(
    select(enrollment.c.rep_id).where(IS_PENDING, enrollment.c.admit_at <= _NOW, ~IS_PAUSED),
    select(line_review.c.rep_id).where(line_review.c.at <= _NOW),
).subquery()
_REPS_TO_PLAN = (
    select(rep.c.id, rep.c.key).where(rep.c.id.in_(select(_TO_PLAN.c.rep_id)), rep.c.is_active).order_by(rep.c.id)
)


def plan_anew(connection: Connection, now: datetime, rep_ids: Collection[int] | None = None) -> None:
    """Something has changed the days of these reps, or of all: where somebody waits, the line is looked at again.

    A row more, and no lock: whoever is stopped must not wait for whoever shares out a rep's days.
    """
    lines = select(enrollment.c.rep_id, bindparam("at", now, type_=line_review.c.at.type)).where(IS_PENDING)
    if rep_ids is not None:
        lines = lines.where(among(enrollment.c.rep_id, rep_ids))
    connection.execute(insert(line_review).from_select(["rep_id", "at"], lines.distinct()))


def plan_next(connection: Connection, rep_id: int, at: datetime) -> None:
    """At the latest. Whoever holds the rep says when."""
    connection.execute(insert(line_review).values(rep_id=rep_id, at=at))


def has_been_planned(connection: Connection, rep_id: int) -> None:
    """Before the line is read: what changes it from now on asks anew."""
    connection.execute(delete(line_review).where(line_review.c.rep_id == rep_id))


def put(connection: Connection, places: Sequence[tuple[int, datetime, WaitsFor]]) -> None:
    """When each of them begins now, and what for they wait until then."""
    if places:
        moved = update(enrollment).where(enrollment.c.id == bindparam("one"), IS_PENDING)
        new = {"admit_at": bindparam("at", type_=enrollment.c.admit_at.type), "waits_for": bindparam("why")}
        rows = [{"one": one, "at": at, "why": why.value} for one, at, why in places]
        connection.execute(moved.values(**new), rows)


def begin(connection: Connection, day_ones: Sequence[dict[str, Any]], now: datetime) -> None:
    """`day_ones` are rows of `one`, the enrollment, and `day`, its day one."""
    if day_ones:
        begun = update(enrollment).where(enrollment.c.id == bindparam("one"), IS_PENDING)
        values = {"status": _ACTIVE, "admitted_at": now, "day_one": bindparam("day", type_=enrollment.c.day_one.type)}
        connection.execute(begun.values(**values), list(day_ones))


def waiting_by_rep(connection: Connection) -> list[Record]:
    """For each rep (`key`, `name`, `zone`): how many `people` wait, and when the first and the last of them begin."""
    columns = (
        rep.c.key,
        rep.c.name,
        rep.c.zone,
        func.count().label("people"),
        func.min(enrollment.c.admit_at).label("first"),
        func.max(enrollment.c.admit_at).label("last"),
    )
    joined = enrollment.join(rep, rep.c.id == enrollment.c.rep_id)
    wanted = select(*columns).select_from(joined).where(IS_PENDING).group_by(rep.c.id)
    return list(connection.execute(wanted.order_by(rep.c.key)))
