"""Leave is entered, cancelled, and taken over from `workspace.yaml`; the tick does what it asks for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine.core.clock import day_start
from engine.core.errors import BadInput, Conflict, WrittenInFile
from engine.core.leave import Leave, LeavePolicy, objection_to
from engine.core.workspace import Workspace
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.plans import leave_of
from engine.store import leaves, newcomers, plans
from engine.store.connection import Record

FILE = "file"


def add(ctx: Context, rep_key: str, leave: Leave, *, actor: str, source: str) -> Record:
    """Days that have passed already count as well. Raises NotFound for a rep or a delegate that nobody knows, and
    BadInput for leave that cannot stand.
    """
    with begin(ctx, actor) as act:
        rep, policy = plans.rep_by_key(act.connection, rep_key), leave.policy or act.workspace.on_leave
        if not rep.is_active:
            raise BadInput(f"{rep_key} works here no more; name an active rep", field="rep")
        leaves.changing(act.connection)
        return leaves.one(act.connection, _enter(act, rep, replace(leave, policy=policy), source=source))


def cancel(ctx: Context, leave_id: int, *, actor: str) -> Record:
    """Of leave that has begun, the rest: the rep is back at once. Raises NotFound, and Conflict when it is over or
    stands in `workspace.yaml`.
    """
    with begin(ctx, actor) as act:
        leaves.changing(act.connection)
        row = leaves.one(act.connection, leave_id)
        if row.source == FILE:
            raise WrittenInFile(f"leave {leave_id} stands in workspace.yaml; change it there, and apply")
        if row.ended_at is not None or row.cancelled_at is not None:
            raise Conflict(f"leave {leave_id} is over already")
        _cancel(act, row)
        return leaves.one(act.connection, leave_id)


def _enter(act: Act, rep: Record, leave: Leave, *, source: str) -> int:
    """`leave` has its policy."""
    policy, active = leave.policy or LeavePolicy.PAUSE, {row.key for row in plans.reps(act.connection)}
    known = [(row.rep_key, leave_of(row)) for row in leaves.standing(act.connection)]
    objection = objection_to(rep.key, leave, policy, known=known, active=active)
    if objection is not None:
        raise BadInput(f"{objection.message}; {objection.advice}", field=objection.field)
    begins_at, ends_at = _bounds(rep.zone, leave)
    made = leaves.add(
        act.connection,
        rep_id=rep.id,
        first_day=leave.first,
        last_day=leave.last,
        policy=policy.value,
        to_id=plans.rep_by_key(act.connection, leave.to).id if leave.to else None,
        source=source,
        actor=act.actor,
        created_at=act.now,
        begins_at=begins_at,
        ends_at=ends_at,
    )
    newcomers.plan_anew(act.connection, act.now, [rep.id])
    told = {"first": leave.first, "last": leave.last, "policy": policy, "to": leave.to}
    act.record("enter_leave", "rep", rep.key, leave=made, **told)
    return made


def _bounds(zone: str, leave: Leave) -> tuple[datetime, datetime]:
    """Half-open, on the rep's own clock."""
    own = ZoneInfo(zone)
    return day_start(leave.first, own), day_start(leave.last + timedelta(days=1), own)


def _cancel(act: Act, row: Record) -> None:
    over = {"cancelled_at": act.now, "ended_at": act.now} if row.begun_at is None else {}
    under_way = {"cancelled_at": act.now, "ends_at": min(row.ends_at, act.now)}
    leaves.change(act.connection, row.id, **(over or under_way))
    newcomers.plan_anew(act.connection, act.now, [row.rep_id])
    act.record("cancel_leave", "rep", row.rep_key, leave=row.id)


def take_over(act: Act, workspace: Workspace) -> None:
    """What the file says of leave is done: what it names no more is cancelled, what is new is entered; of whoever has
    left, when they are back. Raises BadInput where it contradicts what was entered beside it.
    """
    leaves.changing(act.connection)
    known = [row for row in leaves.standing(act.connection) if row.source == FILE]
    wanted = list(_in_file(workspace))
    for row in known:
        if row.ended_at is None and (row.rep_key, leave_of(row)) not in wanted:
            _cancel(act, row)
    there = [(row.rep_key, leave_of(row)) for row in known]
    for rep_key, leave in wanted:
        rep = plans.rep_by_key(act.connection, rep_key)
        if rep.is_active and (rep_key, leave) not in there:
            _enter(act, rep, leave, source=FILE)
    _follow_clocks(act)


def _in_file(workspace: Workspace) -> Iterator[tuple[str, Leave]]:
    for rep in workspace.reps:
        for leave in rep.leave if rep.leaves_to is None else ():
            yield rep.key, replace(leave, policy=leave.policy or workspace.on_leave)


def _follow_clocks(act: Act) -> None:
    """A rep may live by another clock now."""
    for row in leaves.unfinished(act.connection):
        begins_at, ends_at = _bounds(row.rep_zone, leave_of(row))
        if row.cancelled_at is None and (row.begins_at, row.ends_at) != (begins_at, ends_at):
            leaves.change(act.connection, row.id, begins_at=begins_at, ends_at=ends_at)
