"""Who acts at the command line, and by which clock they name a time."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from engine.core.errors import BadInput
from engine.operations.context import Context
from engine.operations.queries import team
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context
from engine.store import plans

_WHO = "whose queue, or who acts; TOUCHLINE_REP when left out, else the only rep there is"
RepOption = Annotated[str | None, typer.Option("--rep", help=_WHO)]


def at_work(rep: str | None) -> tuple[Context, str]:
    """The engine, and the rep who acts. Raises BadInput when nobody can tell who that is, NotFound for no rep."""
    ctx, named = at_desk(rep)
    return ctx, named or _only_rep(ctx)


def at_desk(rep: str | None) -> tuple[Context, str | None]:
    """For what anybody may do: the engine, and the rep who acts if one is named. Raises NotFound for no rep."""
    settings = load_settings()
    ctx, named = open_context(settings), rep or settings.rep or None
    if named is not None:
        with ctx.database.read() as connection:
            plans.rep_by_key(connection, named)
    return ctx, named


def _only_rep(ctx: Context) -> str:
    keys = [one.key for one in team.reps(ctx) if one.is_active]
    if len(keys) == 1:
        return keys[0]
    if not keys:
        raise BadInput("there are no reps yet; `touchline apply sequences/` reads them from workspace.yaml")
    raise BadInput(f"say who you are with --rep or TOUCHLINE_REP; at work are: {', '.join(keys)}")


def instant(ctx: Context, rep: str | None, at: datetime) -> datetime:
    """A time without an offset is the local time of the rep who acts, else of the workspace."""
    if at.tzinfo is not None:
        return at
    return at.replace(tzinfo=zone_of(ctx, rep))


def language_of(ctx: Context, rep: str | None) -> str:
    """Of the rep who asks, else of the workspace; English before anything was applied."""
    with ctx.database.read() as connection:
        if plans.gate(connection) is None:
            return "en"
    if rep is not None:
        return team.rep(ctx, rep).locale
    return ctx.workspace().locale


def zone_of(ctx: Context, rep: str | None) -> ZoneInfo:
    return ZoneInfo(team.rep(ctx, rep).zone if rep else ctx.workspace().zone)
