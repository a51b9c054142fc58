"""leave: who is away from when until when, and what becomes of the work meanwhile."""

from datetime import date
from functools import partial
from typing import Annotated

import typer

from engine.core.leave import Leave, LeavePolicy
from engine.operations import leaves
from engine.operations.queries import moments
from engine.operations.queries.leaves import LeaveView, list_leaves, view
from engine.runtime.cli.acting import at_desk, language_of
from engine.runtime.cli.lists import Csv, Json, print_list
from engine.runtime.cli.spelling import a_day, an_id
from engine.runtime.cli.spoken import Spoken, spoken
from engine.runtime.console import print_json, say
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context

leave = typer.Typer(no_args_is_help=True, help="Days on which reps are away, and what becomes of their work meanwhile.")
LeaveId = Annotated[int, typer.Argument(help="the leave's number, as `list` shows it", parser=an_id, metavar="ID")]
_COLUMNS = ("leave", "rep", "from", "until", "policy", "to", "state", "entered in", "by")
_WORDS = {
    "heads": ("|".join(_COLUMNS), "休假|同事|从|至|方式|接手人|状态|录入于|录入人"),
    "added": (
        "leave {id}: {rep} is away from {first} to {last} ({policy})",
        "休假 {id}：{rep} {first} 至 {last}（{policy}）",
    ),
    "to": ("{policy} to {to}", "{policy}给 {to}"),
    "pause": ("pause", "暂停"),
    "delegate": ("delegate", "代办"),
    "reassign": ("reassign", "转交"),
    "to_come": ("to come", "未开始"),
    "away": ("away", "休假中"),
    "over": ("over", "已结束"),
    "cancelled": ("cancelled", "已取消"),
}


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
    ctx, reader = at_desk(None)
    made = view(leaves.add(ctx, rep, Leave(first, last, policy, to), actor="cli", source="cli"), ctx.now())
    if as_json:
        print_json(made)
        return
    locale = language_of(ctx, reader)
    word, today = spoken(_WORDS, locale), ctx.now().date()
    begins, ends = (moments.near_day(day, today, locale) for day in (made.first, made.last))
    meanwhile = word("to", policy=word(made.policy), to=made.to) if made.to else word(made.policy)
    say(word("added", id=made.id, rep=made.rep, first=begins, last=ends, policy=meanwhile))


@leave.command("list")
def list_all(
    everything: Annotated[bool, typer.Option("--all", help="what is over or was cancelled, too")] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Who is away, and who will be."""
    ctx, reader = at_desk(None)
    word, found = spoken(_WORDS, language_of(ctx, reader)), list_leaves(ctx, everything=everything)
    heads = word("heads").split("|")
    print_list(
        found, _COLUMNS, _row, as_json=as_json, as_csv=as_csv, heads=heads, on_screen=partial(_spoken_row, word=word)
    )


@leave.command()
def cancel(leave_id: LeaveId) -> None:
    """The rep is there after all, or back before the end: what has waited is spread from today."""
    ctx = open_context(load_settings())
    row = leaves.cancel(ctx, leave_id, actor="cli")
    say(f"leave {leave_id} of {row.rep_key} is cancelled")


def _row(one: LeaveView) -> tuple[object, ...]:
    state = one.state.replace("_", " ")
    return one.id, one.rep, one.first, one.last, one.policy, one.to or "", state, one.source, one.entered_by


def _spoken_row(one: LeaveView, word: Spoken) -> tuple[object, ...]:
    policy, state = word(one.policy), word(one.state)
    return one.id, one.rep, one.first, one.last, policy, one.to or "", state, one.source, one.entered_by
