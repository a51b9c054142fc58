"""rep: who works here, who has left, and who took over."""

from typing import Annotated

import typer

from engine.operations.lifecycle import leavers
from engine.operations.queries import team
from engine.operations.queries.team import RepView
from engine.runtime.cli.lists import Csv, Json, print_list
from engine.runtime.console import say
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context

rep = typer.Typer(no_args_is_help=True, help="The reps: who is here, who is away, who has left.")
Key = Annotated[str, typer.Argument(help="the rep's key, as `list` shows it")]
_COLUMNS = ("rep", "name", "team", "zone", "state", "stands in")


@rep.command("list")
def list_reps(as_json: Json = False, as_csv: Csv = False) -> None:
    """Everybody whom workspace.yaml has ever named."""
    print_list(team.reps(open_context(load_settings())), _COLUMNS, _row, as_json=as_json, as_csv=as_csv)


@rep.command()
def leave(
    key: Key,
    to: Annotated[str | None, typer.Option(help="the rep who takes over; the team shares when left out")] = None,
) -> None:
    """Somebody works here no more: their open tasks and enrollments find new owners now."""
    leavers.leave_for_good(open_context(load_settings()), key, to=to, actor="cli")
    say(f"{key} has left; {to or 'the team'} takes over. Write it into workspace.yaml, too: `leaves_to`, or no {key}")


@rep.command()
def back(key: Key) -> None:
    """Somebody who left by command works here again; what they had stays where it is."""
    leavers.come_back(open_context(load_settings()), key, actor="cli")
    say(f"{key} works here again")


def _row(one: RepView) -> tuple[object, ...]:
    state = "here" if one.is_active else "left"
    if one.is_active and one.away_until is not None:
        state = f"away until {one.away_until}"
    return one.key, one.name, one.team, one.zone, state, one.stands_in or ""
