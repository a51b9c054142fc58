"""doubts: sends whose result nobody knows, and what a person says became of them."""

from typing import Annotated

import typer

from engine.core.enrollment import EnrollmentStatus
from engine.operations.context import Context
from engine.operations.delivery import recovery
from engine.operations.queries import pages, stuck
from engine.operations.queries.stuck import StuckTouch
from engine.runtime.cli.acting import RepOption, at_desk
from engine.runtime.cli.lists import Csv, Json, print_list
from engine.runtime.cli.spelling import an_id
from engine.runtime.console import say
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context
from engine.store import cases

Touch = Annotated[int, typer.Argument(help="the touch's number, as `doubts list` shows it", parser=an_id, metavar="ID")]
_COLUMNS = (
    "touch", "who", "what", "sequence", "state", "why", "what to do", "step", "attempt", "recipient", "subject", "rep",
    "due at",
)  # fmt: skip
_ON_SCREEN = 7

doubts = typer.Typer(no_args_is_help=True, help="Sends that nobody can prove: look, and say what became of them.")


@doubts.command("list")
def list_doubts(as_json: Json = False, as_csv: Csv = False) -> None:
    """What may have been sent or not, and where to look."""
    ctx = open_context(load_settings())
    found = pages.every(lambda cursor: stuck.doubts(ctx, limit=pages.LARGEST, cursor=cursor))
    print_list(found, _COLUMNS, _row, as_json=as_json, as_csv=as_csv, in_table=_ON_SCREEN)


def _row(one: StuckTouch) -> tuple[object, ...]:
    return (
        one.id, one.prospect.name, one.title, one.sequence, one.status, one.why, one.what_to_do, one.step, one.attempt,
        one.recipient, one.subject, one.rep, one.due_at,
    )  # fmt: skip


@doubts.command()
def settle(
    touch: Touch,
    was_sent: Annotated[bool, typer.Option("--sent/--not-sent", help="what you found where it would have been sent")],
    rep: RepOption = None,
) -> None:
    """Say what became of one. Sent: the sequence goes on from it. Not sent: the step is left out, and never retried."""
    ctx, actor = at_desk(rep)
    recovery.settle_by_hand(ctx, touch, was_sent=was_sent, actor=actor or "cli")
    came = "counts as sent" if was_sent else "was not sent: the step is left out, and not tried again"
    say(f"touch {touch} {came}; {_what_follows(ctx, touch)}")


@doubts.command()
def release(touch: Touch, rep: RepOption = None) -> None:
    """What killed its senders is mended: a quarantined touch, known not to have left, is sent after all."""
    ctx, actor = at_desk(rep)
    recovery.release_quarantined(ctx, touch, actor=actor or "cli")
    say(f"touch {touch} leaves quarantine; it is due now, and sent once its person may be reached")


def _what_follows(ctx: Context, touch: int) -> str:
    with ctx.database.read() as connection:
        row = cases.one(connection, touch)
    if row is not None and row.enrollment_status == EnrollmentStatus.PAUSED.value:
        return "its sequence goes on when it is resumed"
    if row is not None and EnrollmentStatus(row.enrollment_status).is_live:
        return "its sequence goes on with the next step"
    return "its sequence has ended, nothing follows"
