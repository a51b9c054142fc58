"""Enrollments and their pauses."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update

from engine.core.enrollment import LIVE, EnrollmentStatus
from engine.core.errors import NotFound
from engine.core.sequence import AudienceKind
from engine.store import whereabouts
from engine.store.among import among
from engine.store.connection import Connection, Record
from engine.store.tables import account, enrollment, pause, prospect, rep, sequence

_LIVE = enrollment.c.status.in_(sorted(LIVE))


def add_many(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """The new ids, in the order of `rows`. They are drawn first: a row with its id needs no RETURNING of its own."""
    if not rows:
        return []
    ids = _new_ids(connection, len(rows))
    connection.execute(insert(enrollment), [{"id": new, **row} for new, row in zip(ids, rows, strict=True)])
    return ids


def _new_ids(connection: Connection, count: int) -> list[int]:
    """On SQLite this transaction is the only writer; PostgreSQL gives numbers from the column's sequence."""
    if connection.dialect.name == "sqlite":
        newest = connection.execute(select(func.coalesce(func.max(enrollment.c.id), 0))).scalar_one()
        return list(range(newest + 1, newest + 1 + count))
    drawn = select(func.nextval(func.pg_get_serial_sequence("enrollment", "id")))
    numbers = drawn.select_from(func.generate_series(1, count).alias())
    return list(connection.execute(numbers).scalars())


def with_people(connection: Connection, ids: Sequence[int], *, lock: bool = False) -> list[Record]:
    """Enrollments with what planning needs of their people: `whereabouts`, `account_id`, `account_tier`, `lead_at`,
    `rep_zone`, `rep_key`, `audience`. `lock` holds the rows until the transaction ends (PostgreSQL; SQLite has one
    writer anyway).
    """
    wanted = _LOCKED_WITH_PEOPLE if lock else _WITH_PEOPLE
    return list(connection.execute(wanted, {"ids": set(ids)}))


def _with_people() -> Select[Any]:
    columns = (
        enrollment,
        *whereabouts.COLUMNS,
        prospect.c.account_id,
        prospect.c.name.label("prospect_name"),
        func.coalesce(prospect.c.received_at, enrollment.c.enrolled_at).label("lead_at"),
        func.coalesce(account.c.tier, 3).label("account_tier"),
        rep.c.zone.label("rep_zone"),
        rep.c.key.label("rep_key"),
        sequence.c.audience,
    )
    joined = (
        enrollment.join(prospect, prospect.c.id == enrollment.c.prospect_id)
        .join(rep, rep.c.id == enrollment.c.rep_id)
        .join(sequence, sequence.c.key == enrollment.c.sequence_key)
        .outerjoin(account, account.c.id == prospect.c.account_id)
    )
    mine = among(enrollment.c.id)
    return select(*columns).select_from(joined).where(mine).order_by(enrollment.c.id)


_WITH_PEOPLE = _with_people()
_LOCKED_WITH_PEOPLE = _WITH_PEOPLE.with_for_update(of=enrollment, key_share=True)


def one(connection: Connection, enrollment_id: int) -> Record:
    rows = with_people(connection, [enrollment_id], lock=True)
    if not rows:
        raise NotFound(f"there is no enrollment {enrollment_id}", id=enrollment_id)
    return rows[0]


def live_of(connection: Connection, prospect_ids: Sequence[int]) -> list[Record]:
    mine = select(enrollment).where(among(enrollment.c.prospect_id, prospect_ids), _LIVE).order_by(enrollment.c.id)
    return list(connection.execute(mine.with_for_update(key_share=True)))


def of_prospect(connection: Connection, prospect_id: int) -> list[Record]:
    """Every enrollment of the person, the latest first."""
    mine = select(enrollment).where(enrollment.c.prospect_id == prospect_id)
    return list(connection.execute(mine.order_by(enrollment.c.id.desc())))


def live_at_account(connection: Connection, account_id: int) -> list[int]:
    """The prospects of an account who are in a sequence, in id order."""
    joined = enrollment.join(prospect, prospect.c.id == enrollment.c.prospect_id)
    wanted = select(prospect.c.id).select_from(joined).where(prospect.c.account_id == account_id, _LIVE)
    return list(connection.execute(wanted.order_by(prospect.c.id)).scalars())


def outbound_at_accounts(connection: Connection, account_ids: Collection[int]) -> dict[int, int]:
    """How many of each account's people are in an outbound sequence now."""
    joined = enrollment.join(prospect, prospect.c.id == enrollment.c.prospect_id).join(
        sequence, sequence.c.key == enrollment.c.sequence_key
    )
    mine = (among(prospect.c.account_id, account_ids), _LIVE, sequence.c.audience == AudienceKind.OUTBOUND.value)
    wanted = select(prospect.c.account_id, func.count().label("people")).select_from(joined).where(*mine)
    return {row.account_id: row.people for row in connection.execute(wanted.group_by(prospect.c.account_id))}


def move(connection: Connection, row: Record, status: EnrollmentStatus, **values: Any) -> bool:
    """The write of a transition, conditional on the old status; False when somebody else was faster."""
    where = (enrollment.c.id == row.id, enrollment.c.status == row.status)
    return bool(connection.execute(update(enrollment).where(*where).values(status=status.value, **values)).rowcount)


def set_mailbox(connection: Connection, enrollment_id: int, mailbox_id: int | None) -> None:
    connection.execute(update(enrollment).where(enrollment.c.id == enrollment_id).values(mailbox_id=mailbox_id))


def set_rep(connection: Connection, enrollment_id: int, rep_id: int) -> None:
    connection.execute(update(enrollment).where(enrollment.c.id == enrollment_id).values(rep_id=rep_id))


def add_pause(connection: Connection, enrollment_id: int, cause: str, **values: Any) -> None:
    """One more cause; the same cause again replaces its date and note."""
    mine = (pause.c.enrollment_id == enrollment_id, pause.c.cause == cause)
    if not connection.execute(update(pause).where(*mine).values(**values)).rowcount:
        connection.execute(insert(pause).values(enrollment_id=enrollment_id, cause=cause, **values))


def clear_pause(connection: Connection, enrollment_id: int, cause: str | None = None) -> None:
    mine = pause.c.enrollment_id == enrollment_id
    connection.execute(delete(pause).where(mine if cause is None else mine & (pause.c.cause == cause)))


def pauses_of(connection: Connection, enrollment_id: int) -> list[Record]:
    return list(connection.execute(select(pause).where(pause.c.enrollment_id == enrollment_id).order_by(pause.c.id)))


def pauses_over(connection: Connection, now: datetime, limit: int) -> list[Record]:
    """Causes whose date has come, with their `prospect_id`."""
    joined = pause.join(enrollment, enrollment.c.id == pause.c.enrollment_id)
    wanted = select(pause, enrollment.c.prospect_id).select_from(joined).where(pause.c.resume_at <= now)
    return list(connection.execute(wanted.order_by(pause.c.resume_at, pause.c.id).limit(limit)))


def newest_id(connection: Connection, prospect_id: int) -> int:
    wanted = select(func.coalesce(func.max(enrollment.c.id), 0)).where(enrollment.c.prospect_id == prospect_id)
    return int(connection.execute(wanted).scalar_one())


def newer_than(connection: Connection, prospect_id: int, enrollment_id: int) -> list[Record]:
    mine = (enrollment.c.prospect_id == prospect_id, enrollment.c.id > enrollment_id)
    return list(connection.execute(select(enrollment).where(*mine)))


def reopen(connection: Connection, enrollment_id: int, status: str) -> None:
    """Puts back the state before an outcome ended it; only for an undo."""
    row = {"status": status, "end_reason": None, "end_note": None, "ended_at": None, "executed": None}
    connection.execute(update(enrollment).where(enrollment.c.id == enrollment_id).values(**row))


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Only for the undo of the outcome that started them a moment ago."""
    connection.execute(delete(enrollment).where(enrollment.c.id.in_(ids)))
