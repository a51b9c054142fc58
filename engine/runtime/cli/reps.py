"""rep: who works here, who has left, and who took over."""

from typing import Annotated

import typer

from engine.operations.lifecycle import leavers
from engine.operations.queries import moments, team
from engine.operations.queries.team import RepView
from engine.runtime.cli.acting import at_desk, language_of
from engine.runtime.cli.lists import Csv, Json, print_list
from engine.runtime.cli.spoken import spoken
from engine.runtime.console import say
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context

rep = typer.Typer(no_args_is_help=True, help="The reps: who is here, who is away, who has left.")
Key = Annotated[str, typer.Argument(help="the rep's key, as `list` shows it")]
_COLUMNS = ("rep", "name", "team", "zone", "state", "stands in")
_WORDS = {
    "heads": ("|".join(_COLUMNS), "同事|姓名|团队|时区|状态|代办人"),
    "here": ("here", "在岗"),
    "left": ("left", "已离开"),
    "away": ("away until {last}", "休假至 {last}"),
}


@rep.command("list")
def list_reps(as_json: Json = False, as_csv: Csv = False) -> None:
    """Everybody whom workspace.yaml has ever named."""
    ctx, reader = at_desk(None)
    locale, today = language_of(ctx, reader), ctx.now().date()
    heads = spoken(_WORDS, locale)("heads").split("|")

    def shown(one: RepView) -> tuple[object, ...]:
        last = moments.near_day(one.away_until, today, locale) if one.away_until is not None else None
        return _row(one, locale, last)

    print_list(team.reps(ctx), _COLUMNS, _row, as_json=as_json, as_csv=as_csv, heads=heads, on_screen=shown)


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


def _row(one: RepView, locale: str = "en", last: str | None = None) -> tuple[object, ...]:
    """`last` is the last day away in words; a spreadsheet has it as a date."""
    word = spoken(_WORDS, locale)
    state = word("here" if one.is_active else "left")
    if one.is_active and one.away_until is not None:
        state = word("away", last=last or one.away_until)
    return one.key, one.name, one.team, one.zone, state, one.stands_in or ""
