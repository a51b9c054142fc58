"""The work of one rep, read and moved in bulk: when the rep goes away, comes back, or leaves."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.selectable import FromClause

from engine.core.enrollment import EnrollmentStatus
from engine.core.task import OPEN as OPEN_TASK
from engine.core.task import TaskStatus
from engine.core.touch import Reason, TouchStatus
from engine.store.among import among
from engine.store.conditions import IS_LIVE_ENROLLMENT, IS_OPEN_TASK, IS_SCHEDULED_TOUCH
from engine.store.connection import Connection, Record
from engine.store.reservations import AUTOMATIC
from engine.store.tables import account, enrollment, prospect, rep, rep_leave, sequence, task, touch

_GIVEN_UP = (TaskStatus.SKIPPED.value, TaskStatus.CANCELLED.value)
_IS_HUMAN = touch.c.verb.not_in(AUTOMATIC)
_IS_AWAKE = task.c.status != TaskStatus.SNOOZED.value
_TASKS = (
    task.join(prospect, prospect.c.id == task.c.prospect_id)
    .outerjoin(enrollment, enrollment.c.id == task.c.enrollment_id)
    .outerjoin(sequence, sequence.c.key == enrollment.c.sequence_key)
)
_TOUCHES = touch.join(enrollment, enrollment.c.id == touch.c.enrollment_id).join(
    sequence, sequence.c.key == enrollment.c.sequence_key
)


def _with_audience(rows: Any, joined: FromClause, *columns: ColumnElement[Any]) -> Select[Any]:
    return select(rows, sequence.c.audience, *columns).select_from(joined)


def open_tasks(connection: Connection, rep_id: int, *, at: datetime) -> list[Record]:
    """What is in front of the rep before `at`, or comes back into view by then; with its `audience`."""
    is_near = _IS_AWAKE | task.c.snoozed_until.is_(None) | (task.c.snoozed_until < at)
    mine = (task.c.rep_id == rep_id, IS_OPEN_TASK, is_near)
    return list(connection.execute(_with_audience(task, _TASKS).where(*mine).order_by(task.c.id)))


def tasks_of_leave(connection: Connection, leave_id: int) -> list[Record]:
    """What waits for somebody's return, and what others have done meanwhile and not finished; with its `audience`."""
    mine = (task.c.leave_id == leave_id, IS_OPEN_TASK)
    return list(connection.execute(_with_audience(task, _TASKS).where(*mine).order_by(task.c.id)))


def touches_due(connection: Connection, rep_id: int, *, before: datetime) -> list[Record]:
    """The rep's planned work that would come into the queue before then; with its `audience` and `day_one`."""
    mine = (enrollment.c.rep_id == rep_id, enrollment.c.status == EnrollmentStatus.ACTIVE.value)
    due = (IS_SCHEDULED_TOUCH, _IS_HUMAN, touch.c.due_at < before)
    wanted = _with_audience(touch, _TOUCHES, enrollment.c.day_one)
    return list(connection.execute(wanted.where(*mine, *due).order_by(touch.c.id)))


def touches_put_off(connection: Connection, rep_id: int, *, planned_by: date | None) -> list[Record]:
    """The rep's work that was put off because of a leave, and what was planned around it: everything of a nominal day
    up to `planned_by`. With its `audience`, `day_one`, `version_id`, `tier` and `lead_at`.
    """
    mine = (enrollment.c.rep_id == rep_id, enrollment.c.status == EnrollmentStatus.ACTIVE.value)
    why = touch.c.reason == Reason.REP_AWAY.value
    was_moved = why if planned_by is None else or_(why, touch.c.nominal_date <= planned_by)
    lead_at = func.coalesce(prospect.c.received_at, enrollment.c.enrolled_at).label("lead_at")
    tier = func.coalesce(account.c.tier, 3).label("tier")
    columns = (enrollment.c.day_one, enrollment.c.version_id, tier, lead_at)
    people = _TOUCHES.join(prospect, prospect.c.id == touch.c.prospect_id)
    joined = people.outerjoin(account, account.c.id == prospect.c.account_id)
    wanted = _with_audience(touch, joined, *columns).where(*mine, IS_SCHEDULED_TOUCH, _IS_HUMAN, was_moved)
    return list(connection.execute(wanted.order_by(touch.c.id)))


def touches_coming(connection: Connection, enrollment_ids: Collection[int]) -> list[Record]:
    """The work for people that these plan, but for what was promised; and whatever was put off because of a leave. With
    its `version_id`.
    """
    by_plan = _IS_HUMAN & touch.c.is_promised.is_(False) & touch.c.step.not_like("@%")
    wanted = (IS_SCHEDULED_TOUCH, or_(by_plan, touch.c.reason == Reason.REP_AWAY.value))
    joined = touch.join(enrollment, enrollment.c.id == touch.c.enrollment_id)
    found = select(touch, enrollment.c.version_id).select_from(joined)
    return list(connection.execute(found.where(among(enrollment.c.id, enrollment_ids), *wanted).order_by(touch.c.id)))


def planned(connection: Connection, rep_id: int) -> tuple[list[Record], list[Record]]:
    """What is already to be done, and when: (tasks, touches that are no tasks yet), each `id`, `kind` and `at`."""
    awake = func.coalesce(task.c.snoozed_until, task.c.due_at).label("at")
    tasks = select(task.c.id, task.c.kind, awake).where(task.c.rep_id == rep_id, IS_OPEN_TASK)
    coming = select(touch.c.id, touch.c.verb.label("kind"), touch.c.due_at.label("at")).select_from(_TOUCHES)
    mine = (enrollment.c.rep_id == rep_id, IS_LIVE_ENROLLMENT, IS_SCHEDULED_TOUCH, _IS_HUMAN)
    return list(connection.execute(tasks)), list(connection.execute(coming.where(*mine)))


def hold_days(connection: Connection, rep_ids: Collection[int]) -> None:
    """Whoever lets work into these reps' queues decides alone until the transaction ends. SQLite has one writer anyway.

    Taken in one order, after the people's locks and before the counters of caps. It is no lock on the rep's row, which
    an enrollment of thousands holds for seconds.
    """
    if rep_ids and connection.dialect.name != "sqlite":
        connection.execute(_HOLD_DAYS, {"class": _DAYS, "reps": sorted(rep_ids)})


_DAYS = 1  # the only class of locks with two keys
_HOLD_DAYS = select(
    func.pg_advisory_xact_lock(
        bindparam("class", type_=Integer), func.unnest(bindparam("reps", type_=postgresql.ARRAY(Integer)))
    )
)


def came_between(connection: Connection, rep_id: int, since: datetime, until: datetime) -> dict[str, int]:
    """How many tasks of each kind come into the rep's queue then, half-open: made then or, put off by the engine, due
    then. Without what was given up.
    """
    is_recent = IS_OPEN_TASK | (task.c.closed_at >= since)  # as it is when it came since then; both have an index
    came = (or_(task.c.created_at >= since, task.c.due_at >= since), task.c.created_at < until, task.c.due_at < until)
    mine = (task.c.rep_id == rep_id, is_recent, task.c.status.not_in(_GIVEN_UP), *came)
    found = connection.execute(select(task.c.kind, func.count().label("number")).where(*mine).group_by(task.c.kind))
    return {row.kind: row.number for row in found}


def live_enrollments(connection: Connection, rep_id: int) -> list[Record]:
    """`id`, `prospect_id` and `account_id`."""
    joined = enrollment.join(prospect, prospect.c.id == enrollment.c.prospect_id)
    columns = (enrollment.c.id, enrollment.c.prospect_id, prospect.c.account_id)
    mine = (enrollment.c.rep_id == rep_id, IS_LIVE_ENROLLMENT)
    return list(connection.execute(select(*columns).select_from(joined).where(*mine).order_by(enrollment.c.id)))


def all_open_tasks(connection: Connection, rep_id: int) -> list[Record]:
    """With their `account_id`, and whose leave they are lent in or wait for (`away_id`), however far ahead they are."""
    joined = task.join(prospect, prospect.c.id == task.c.prospect_id)
    joined = joined.outerjoin(rep_leave, rep_leave.c.id == task.c.leave_id)
    columns = (task, prospect.c.account_id, rep_leave.c.rep_id.label("away_id"))
    mine = (task.c.rep_id == rep_id, IS_OPEN_TASK)
    return list(connection.execute(select(*columns).select_from(joined).where(*mine).order_by(task.c.id)))


def change_tasks(connection: Connection, ids: Collection[int], **values: Any) -> None:
    """The same for many open tasks. Whoever has read one of them must read it again."""
    if ids:
        changed = update(task).where(among(task.c.id, ids), IS_OPEN_TASK)
        connection.execute(changed.values(version=task.c.version + 1, **values))


# Written out: a list of values cannot be given to many rows at once.
_IS_OPEN = or_(*(task.c.status == status.value for status in sorted(OPEN_TASK)))
_IS_WAITING = (touch.c.status == TouchStatus.SCHEDULED.value) | (touch.c.status == TouchStatus.QUEUED.value)


def place_tasks(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Open tasks, each with values of its own; every row has an `id` and the same columns."""
    if rows:
        names = sorted(rows[0].keys() - {"id"})
        new = {name: bindparam(f"new_{name}", type_=task.c[name].type) for name in names}
        changed = update(task).where(task.c.id == bindparam("one"), _IS_OPEN)
        params = [{"one": row["id"]} | {f"new_{name}": row[name] for name in names} for row in rows]
        connection.execute(changed.values(version=task.c.version + 1, **new), params)


def place_touches(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Touches, planned or in a queue, each with values of its own; every row has an `id` and the same columns."""
    if rows:
        names = sorted(rows[0].keys() - {"id"})
        new = {name: bindparam(f"new_{name}", type_=touch.c[name].type) for name in names}
        changed = update(touch).where(touch.c.id == bindparam("one"), _IS_WAITING)
        params = [{"one": row["id"]} | {f"new_{name}": row[name] for name in names} for row in rows]
        connection.execute(changed.values(reserved_by=None, reserved_until=None, **new), params)


def put_off(connection: Connection, touch_ids: Collection[int], until: datetime) -> None:
    """Planned work waits for the rep to be back."""
    if touch_ids:
        later = update(touch).where(among(touch.c.id, touch_ids), IS_SCHEDULED_TOUCH)
        free: dict[str, None] = {"reserved_by": None, "reserved_until": None}
        connection.execute(later.values(due_at=until, reason=Reason.REP_AWAY.value, **free))


def take_deadlines_off(connection: Connection, touch_ids: Collection[int]) -> None:
    """What waits for somebody is not late; whoever comes back gets deadlines anew."""
    if touch_ids:
        connection.execute(update(touch).where(among(touch.c.id, touch_ids)).values(late_at=None))


def give_enrollments(connection: Connection, ids: Collection[int], rep_id: int, mailbox_id: int | None) -> None:
    """They are another rep's, and their mails come from that rep's mailbox if there is one. What has been reserved is
    judged anew.
    """
    mailbox = {"mailbox_id": mailbox_id} if mailbox_id is not None else {}
    connection.execute(update(enrollment).where(among(enrollment.c.id, ids)).values(rep_id=rep_id, **mailbox))
    free: dict[str, None] = {"reserved_by": None, "reserved_until": None}
    connection.execute(update(touch).where(among(touch.c.enrollment_id, ids), IS_SCHEDULED_TOUCH).values(**free))


def give_people(connection: Connection, prospect_ids: Collection[int], old: int, new: int) -> None:
    theirs = (among(prospect.c.id, prospect_ids), prospect.c.owner_id == old)
    connection.execute(update(prospect).where(*theirs).values(owner_id=new))
    companies = select(prospect.c.account_id).where(among(prospect.c.id, prospect_ids))
    owned = (account.c.id.in_(companies), account.c.owner_id == old)
    connection.execute(update(account).where(*owned).values(owner_id=new))


def give_all_people(connection: Connection, old: int, new: int | None) -> None:
    """None gives them back to everybody."""
    connection.execute(update(prospect).where(prospect.c.owner_id == old).values(owner_id=new))
    connection.execute(update(account).where(account.c.owner_id == old).values(owner_id=new))


def handing_over(connection: Connection) -> list[Record]:
    """Reps who work here no more, and whose work has not found its owners yet."""
    pending = (rep.c.is_active.is_(False), rep.c.handed_over_at.is_(None))
    return list(connection.execute(select(rep).where(*pending).order_by(rep.c.key)))


def change_rep(connection: Connection, rep_id: int, **values: Any) -> None:
    connection.execute(update(rep).where(rep.c.id == rep_id).values(**values))


def let_go_of_leaves(connection: Connection, rep_id: int, now: datetime) -> None:
    """Whoever works here no more is not away: what is lent comes back to the rep, to be handed on with what waits."""
    mine = select(rep_leave.c.id).where(rep_leave.c.rep_id == rep_id, rep_leave.c.ended_at.is_(None))
    lent = (task.c.leave_id.in_(mine), task.c.rep_id != rep_id, IS_OPEN_TASK)
    back = {"rep_id": rep_id, "leave_id": None, "status": TaskStatus.OPEN.value, "snoozed_until": None}
    connection.execute(update(task).where(*lent).values(version=task.c.version + 1, **back))
    over = {"ended_at": now, "cancelled_at": now}
    connection.execute(update(rep_leave).where(rep_leave.c.id.in_(mine)).values(**over))
