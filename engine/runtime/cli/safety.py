"""recovery, held and breakers: what has stopped by itself, and goes on when a person says so."""

from typing import Annotated

import typer

from engine.operations import steering
from engine.operations.queries import pages, stuck
from engine.operations.queries.stuck import StuckTouch
from engine.operations.queries.tripped import BreakerView, open_breakers
from engine.operations.safeguards import backlog, health, restoring
from engine.runtime.cli.lists import Csv, Json, print_list
from engine.runtime.cli.spelling import an_id
from engine.runtime.console import print_json, say
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context

Sequence = Annotated[str | None, typer.Option(help="of this sequence alone")]
_HELD = ("touch", "who", "what", "sequence", "reason", "why", "what to do", "step", "detail", "rep", "due at")
_ON_SCREEN = 7

recovery = typer.Typer(no_args_is_help=True, help="After a backup was put back: look, then let everything go on.")
held = typer.Typer(no_args_is_help=True, help="Touches that are held: look, let them go on together, or give them up.")
breakers = typer.Typer(no_args_is_help=True, help="Domains, imports and channels that were stopped for doing harm.")


@recovery.command("status")
def status(as_json: Json = False) -> None:
    """Does anything wait for you?"""
    _tell(restoring.status(open_context(load_settings())), as_json=as_json)


@recovery.command("check")
def check(as_json: Json = False) -> None:
    """Compare the send journal with the database now; `serve` does it at every start."""
    ctx = open_context(load_settings())
    restoring.compare(ctx)
    _tell(restoring.status(ctx), as_json=as_json)


@recovery.command("release")
def release() -> None:
    """You have looked: everything goes on; what the journal knows is not sent again."""
    ctx = open_context(load_settings())
    restoring.release(ctx, actor="cli")
    say("everything goes on")


def _tell(found: restoring.Recovery, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    say(f"{found.note}; nothing automatic leaves until `touchline recovery release`" if found.is_held else "not held")
    if found.unsettled:
        say(f"{found.unsettled} of the send journal's touches are not settled yet")


@held.command("list")
def list_held(as_json: Json = False, as_csv: Csv = False) -> None:
    """What is held, why, and what to do."""
    ctx = open_context(load_settings())
    found = pages.every(lambda cursor: stuck.held(ctx, limit=pages.LARGEST, cursor=cursor))
    print_list(found, _HELD, _held_row, as_json=as_json, as_csv=as_csv, in_table=_ON_SCREEN)


def _held_row(one: StuckTouch) -> tuple[object, ...]:
    return (
        one.id, one.prospect.name, one.title, one.sequence, one.reason, one.why, one.what_to_do, one.step, one.detail,
        one.rep, one.due_at,
    )  # fmt: skip


@held.command("approve")
def approve(
    reason: Annotated[str, typer.Option(help="what they are held for, as `held list` shows it")] = "stale",
    sequence: Sequence = None,
) -> None:
    """Everything that is held for this reason goes on, paced like everything else."""
    moved = backlog.approve(open_context(load_settings()), reason, actor="cli", sequence=sequence)
    say("1 touch goes on" if moved == 1 else f"{moved} touches go on")


@held.command("release")
def release_one(
    touch: Annotated[int, typer.Argument(help="its number, as `held list` shows it", parser=an_id, metavar="ID")],
) -> None:
    """The cause is mended: it is due again. A mailbox that can send again frees all that was held for it."""
    steering.release(open_context(load_settings()), touch, actor="cli")
    say(f"touch {touch} goes on")


@held.command("refuse")
def refuse(sequence: Sequence = None) -> None:
    """What is stale is not sent any more; the sequences go on with their next steps."""
    moved = backlog.refuse(open_context(load_settings()), actor="cli", sequence=sequence)
    say(f"{moved} given up")


@breakers.command("list")
def list_breakers(as_json: Json = False, as_csv: Csv = False) -> None:
    """What is stopped or watched now."""
    columns = ("id", "level", "what", "which", "why", "ended by", "since")
    print_list(open_breakers(open_context(load_settings())), columns, _breaker_row, as_json=as_json, as_csv=as_csv)


def _breaker_row(one: BreakerView) -> tuple[object, ...]:
    return one.id, one.level, one.scope, one.key, one.detail, one.resume_at or "a person", one.at


@breakers.command("release")
def release_breaker(
    breaker: Annotated[int, typer.Argument(help="its number, as `list` shows it", parser=an_id, metavar="ID")],
) -> None:
    """The cause is mended: what it held goes on."""
    moved = health.release(open_context(load_settings()), breaker, actor="cli")
    say(f"released; {moved} held touches are due again")
