"""enrollment: who is in which sequence, how far they have come; begin, stop, pause and resume."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from engine.core.enrollment import EnrollmentStatus
from engine.core.errors import EngineError
from engine.operations import steering
from engine.operations.context import Context
from engine.operations.queries import enrollments as query
from engine.operations.queries import pages
from engine.operations.queries.enrollments import EnrollmentDetail, EnrollmentRow, PauseView, TouchView
from engine.runtime.cli.acting import RepOption, at_desk, instant, language_of
from engine.runtime.cli.lists import Csv, Json, print_list
from engine.runtime.cli.spelling import a_time, an_id
from engine.runtime.console import err, print_json, print_table, say
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context
from engine.store import people, plans

Ids = Annotated[list[int], typer.Argument(help="as `enrollment list` shows them", parser=an_id, metavar="ID")]
Note = Annotated[str, typer.Option(help="why, for whoever looks at it later")]
_COLUMNS = (
    "id", "who", "company", "sequence", "status", "why", "rep", "day one", "person's id", "enrolled at", "ended at",
    "executed", "batch",
)  # fmt: skip
_ON_SCREEN = 8

enrollment = typer.Typer(no_args_is_help=True, help="People in sequences: look, begin, stop, pause, resume.")


@enrollment.command("list")
def list_enrollments(
    status: Annotated[EnrollmentStatus | None, typer.Option(help="only those in this state")] = None,
    sequence: Annotated[str | None, typer.Option(help="only those in this sequence")] = None,
    person: Annotated[int | None, typer.Option(help="only this person's", parser=an_id, metavar="ID")] = None,
    rep: Annotated[str | None, typer.Option(help="only this rep's")] = None,
    limit: Annotated[int | None, typer.Option(help="at most so many; all when left out", min=1)] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Who is or was in which sequence, and why it ended."""
    ctx, reader = at_desk(None)
    locale = language_of(ctx, reader)
    _refuse_unknown(ctx, sequence, person, rep)
    asked = {"status": status, "sequence_key": sequence, "prospect_id": person, "rep_key": rep}
    found = pages.every(
        lambda cursor: query.list_enrollments(ctx, asked, limit=pages.LARGEST, cursor=cursor, locale=locale)
    )
    print_list(islice(found, limit), _COLUMNS, _row, as_json=as_json, as_csv=as_csv, in_table=_ON_SCREEN)


def _refuse_unknown(ctx: Context, sequence: str | None, person: int | None, rep: str | None) -> None:
    """A slip of the pen is not an empty list."""
    with ctx.database.read() as connection:
        if sequence is not None:
            plans.live_version_id(connection, sequence)
        if person is not None:
            people.prospect_row(connection, person)
        if rep is not None:
            plans.rep_by_key(connection, rep)


def _row(one: EnrollmentRow) -> tuple[object, ...]:
    company = one.account.name if one.account else ""
    return (
        one.id, one.prospect.name, company, one.sequence, one.status, one.why, one.rep, one.day_one, one.prospect.id,
        one.enrolled_at, one.ended_at, one.executed, one.batch,
    )  # fmt: skip


@enrollment.command()
def show(
    number: Annotated[
        int, typer.Argument(help="its number, as `enrollment list` shows it", parser=an_id, metavar="ID")
    ],
    as_json: Json = False,
) -> None:
    """One: how far it has come, what pauses it, and what comes next."""
    found = query.enrollment(open_context(load_settings()), number)
    if as_json:
        print_json(found)
    else:
        _print(found)


def _print(found: EnrollmentDetail) -> None:
    one, zone = found.enrollment, ZoneInfo(found.enrollment.zone)
    at = f" at {one.account.name}" if one.account else ""
    say(f"{one.prospect.name}{at} in {one.sequence} ({found.formula}, version {found.version}): {one.status}", "bold")
    if one.end_reason:
        say(f"ended because: {one.why}" + (f" ({one.end_note})" if one.end_note else ""))
    elif one.why and not found.pauses:
        say(one.why, "yellow")
    say(f"rep {one.rep}; day one {one.day_one}; times are {one.zone}")
    for pause in found.pauses:
        say(_paused(pause, zone), "yellow")
    print_table(("touch", "when", "step", "what", "state", "why"), [_touch_row(touch, zone) for touch in found.touches])
    if found.next:
        rows = [(f"{step.at.astimezone(zone):%Y-%m-%d}", step.step, step.title, step.day) for step in found.next]
        print_table(("then", "step", "what", "day"), rows)


def _paused(pause: PauseView, zone: ZoneInfo) -> str:
    until = f" until {_local(pause.resume_at, zone)}" if pause.resume_at else " until it is resumed"
    return f"paused{until}: {pause.words}" + (f" ({pause.note})" if pause.note else "")


def _touch_row(touch: TouchView, zone: ZoneInfo) -> tuple[object, ...]:
    when = _local(touch.ended_at or touch.due_at, zone)
    state = f"{touch.status} ({touch.outcome})" if touch.outcome else touch.status
    return touch.id, when, touch.step, touch.title, state, touch.why


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


@enrollment.command()
def admit(ids: Ids, rep: RepOption = None) -> None:
    """Let them begin now instead of in their turn, whatever their rep has to do."""
    ctx, actor = at_desk(rep)

    def admit_one(number: int) -> str:
        steering.admit(ctx, number, actor=actor or "cli")
        return "begins now"

    _each(ids, admit_one)


@enrollment.command()
def stop(ids: Ids, note: Note = "", rep: RepOption = None) -> None:
    """End them for good: nothing of them is sent any more."""
    ctx, actor = at_desk(rep)

    def stop_one(number: int) -> str:
        if steering.stop(ctx, number, actor=actor or "cli", note=note):
            return "is stopped"
        return "is stopped as soon as the send to this person that is under way has its result"

    _each(ids, stop_one)


@enrollment.command()
def pause(
    ids: Ids,
    until: Annotated[
        datetime | None,
        typer.Option(help="when it goes on, in your time, 2026-03-31T09:00", parser=a_time, metavar="TIME"),
    ] = None,
    note: Note = "",
    rep: RepOption = None,
) -> None:
    """Hold them, until a time or until they are resumed. Without --rep the time is the workspace's."""
    ctx, actor = at_desk(rep)
    resume_at = instant(ctx, actor, until) if until else None
    told = f"until {resume_at:%Y-%m-%d %H:%M} {resume_at.tzinfo}" if resume_at else "until it is resumed"

    def pause_one(number: int) -> str:
        steering.pause(ctx, number, actor=actor or "cli", note=note, resume_at=resume_at)
        return f"is paused {told}"

    _each(ids, pause_one)


@enrollment.command()
def resume(ids: Ids, rep: RepOption = None) -> None:
    """Let them go on, whatever paused them; nothing fires at once."""
    ctx, actor = at_desk(rep)

    def resume_one(number: int) -> str:
        steering.resume(ctx, number, actor=actor or "cli")
        return "goes on"

    _each(ids, resume_one)


def _each(ids: list[int], act: Callable[[int], str]) -> None:
    """What cannot be done for one keeps nobody from the others; the exit code tells of it."""
    failed = False
    for number in ids:
        try:
            say(f"enrollment {number} {act(number)}")
        except EngineError as problem:
            err.print(f"enrollment {number}: {problem}", markup=False, soft_wrap=True)
            failed = True
    raise typer.Exit(1 if failed else 0)
