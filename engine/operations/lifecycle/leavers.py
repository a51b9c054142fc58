"""Somebody works here no more: all of their work finds new owners at once."""

from engine.core.errors import BadInput, Conflict
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.leaves import take_over
from engine.operations.lifecycle import new_owners
from engine.operations.plans import written_workspace
from engine.store import leaves, plans, rep_work
from engine.store.connection import Record


def leave_for_good(ctx: Context, rep_key: str, *, to: str | None, actor: str) -> None:
    """Their open tasks and live enrollments are `to`'s; without one the team shares them, and people who are in no
    sequence belong to nobody. They stay away whatever workspace.yaml says, until `come_back`.

    Raises NotFound; BadInput for a successor who is not there, and where nobody is left.
    """
    with begin(ctx, actor) as act:
        rep = plans.rep_by_key(act.connection, rep_key)
        others = {row.key: row for row in plans.reps(act.connection) if row.id != rep.id}
        if to is not None and to not in others:
            known = ", ".join(others) or "nobody"
            raise BadInput(f"{to} cannot take over; there is {known}", field="to")
        if not others:
            raise BadInput(f"nobody is left to take over from {rep_key}; name another rep in workspace.yaml first")
        successor = others[to].id if to is not None else None
        gone = {"is_active": False, "left_at": act.now, "successor_id": successor, "handed_over_at": None}
        rep_work.change_rep(act.connection, rep.id, **gone)
        act.record("leave_for_good", "rep", rep_key, to=to)
    hand_over_due(ctx)


def come_back(ctx: Context, rep_key: str, *, actor: str) -> None:
    """They work here again, with the leave that workspace.yaml gives them; what they had stays where it is. Raises
    NotFound, Conflict where they never left or workspace.yaml says that they have, and BadInput where that leave cannot
    stand any more.
    """
    with begin(ctx, actor) as act:
        rep, named = plans.rep_by_key(act.connection, rep_key), act.workspace.rep(rep_key)
        if rep.left_at is None:
            raise Conflict(f"{rep_key} did not leave by command; workspace.yaml says who works here")
        if named is None or named.leaves_to is not None:
            raise Conflict(f"workspace.yaml does not say that {rep_key} works here; write it there and apply")
        here = {"is_active": True, "left_at": None, "successor_id": None, "handed_over_at": None}
        rep_work.change_rep(act.connection, rep.id, **here)
        act.record("come_back", "rep", rep_key)
        take_over(act, written_workspace(act.connection))


def hand_over_due(ctx: Context) -> int:
    """The work of everybody who left and still has some. How many are through with it."""
    with ctx.database.read() as connection:
        gone = rep_work.handing_over(connection)
    through = 0
    for row in gone:
        with begin(ctx) as act:
            through += _hand_over(act, row)
    return through


def _hand_over(act: Act, rep: Record) -> bool:
    """Not before there is somebody to take it."""
    if not any(row.id != rep.id for row in plans.reps(act.connection)):
        return False
    leaves.changing(act.connection)
    rep_work.let_go_of_leaves(act.connection, rep.id, act.now)
    if not new_owners.hand_on(act, rep.id, rep.successor_id, even_to_absent=True):
        return False
    rep_work.give_all_people(act.connection, rep.id, rep.successor_id)
    rep_work.change_rep(act.connection, rep.id, handed_over_at=act.now)
    act.record("hand_over", "rep", rep.key, to=rep.successor_id)
    return True
