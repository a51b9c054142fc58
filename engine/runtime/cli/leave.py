"""leave: who is away from when until when, and what becomes of the work meanwhile."""

from datetime import date
from typing import Annotated

import typer

from engine.core.leave import Leave, LeavePolicy
from engine.operations import leaves
from engine.operations.queries.leaves import LeaveView, list_leaves, view
from engine.runtime.cli.lists import Csv, Json, print_list
from engine.runtime.cli.spelling import a_day, an_id
from engine.runtime.console import print_json, say
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context

leave = typer.Typer(no_args_is_help=True, help="Days on which reps are away, and what becomes of their work meanwhile.")
LeaveId = Annotated[int, typer.Argument(help="the leave's number, as `list` shows it", parser=an_id, metavar="ID")]
_COLUMNS = ("leave", "rep", "from", "until", "policy", "to", "state", "entered in", "by")
_STATES = {"to_come": "to come"}


@leave.command()
def add(
    rep: Annotated[str, typer.Argument(help="the rep's key")],
    first: Annotated[date, typer.Option("--from", help="the first day away", parser=a_day, metavar="DAY")],
    last: Annotated[date, typer.Option("--until", help="the last day away", parser=a_day, metavar="DAY")],
    policy: Annotated[
        LeavePolicy | None, typer.Option(help="what becomes of the work; the workspace's `on_leave` when left out")
    ] = None,
    to: Annotated[str | None, typer.Option(help="the rep who stands in, or takes over")] = None,
    as_json: Json = False,
) -> None:
    """Enter leave, also when it has begun already or is over."""
    ctx = open_context(load_settings())
    made = view(leaves.add(ctx, rep, Leave(first, last, policy, to), actor="cli", source="cli"), ctx.now())
    if as_json:
        print_json(made)
        return
    who = f" to {made.to}" if made.to else ""
    say(f"leave {made.id}: {made.rep} is away from {made.first} to {made.last} ({made.policy}{who})")


@leave.command("list")
def list_all(
    everything: Annotated[bool, typer.Option("--all", help="what is over or was cancelled, too")] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Who is away, and who will be."""
    found = list_leaves(open_context(load_settings()), everything=everything)
    print_list(found, _COLUMNS, _row, as_json=as_json, as_csv=as_csv)


@leave.command()
def cancel(leave_id: LeaveId) -> None:
    """The rep is there after all, or back before the end: what has waited is spread from today."""
    ctx = open_context(load_settings())
    row = leaves.cancel(ctx, leave_id, actor="cli")
    say(f"leave {leave_id} of {row.rep_key} is cancelled")


def _row(one: LeaveView) -> tuple[object, ...]:
    state = _STATES.get(one.state, one.state)
    return one.id, one.rep, one.first, one.last, one.policy, one.to or "", state, one.source, one.entered_by
