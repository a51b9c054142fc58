"""queue, show, done, undo, snooze, skip, reassign: the rep's day in the terminal."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from engine.core.outcome import Answer
from engine.operations import work_task
from engine.operations.context import Context
from engine.operations.queries import team
from engine.operations.queries.queue import QueueRow, daily_queue
from engine.operations.queries.task import TaskDetail
from engine.operations.queries.task import task as task_detail
from engine.operations.work_task import By
from engine.runtime.console import counted, out, print_csv, print_json, print_table, say
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context
from engine.store.connection import Record


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time; write one like 2026-03-31T09:00, or 2026-03-31") from None


TaskId = Annotated[int, typer.Argument(help="the task's number, as `queue` shows it")]
RepOption = Annotated[str, typer.Option("--rep", help="whose queue, or who acts")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Csv = Annotated[bool, typer.Option("--csv", help="print CSV for a spreadsheet")]


def queue(
    rep: RepOption,
    limit: Annotated[int, typer.Option(help="at most so many rows", min=1, max=200)] = 20,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """One rep's day, in the order in which to work it."""
    found = daily_queue(open_context(load_settings()), rep, limit=limit)
    if as_json:
        print_json(found)
        return
    columns, rows = ("task", "what", "who", "at", "why this, why now"), [_row(row) for row in found.items]
    if as_csv:
        print_csv(columns, rows)
        return
    say(f"{counted(found.total, 'task')}, {found.overdue} overdue; {_local(found.at, found.zone)} {found.zone}", "bold")
    print_table(columns, rows)


def _row(row: QueueRow) -> tuple[object, ...]:
    company = row.account.name if row.account else ""
    return row.id, row.title, row.prospect.name, company, row.why


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def show(task: TaskId, as_json: Json = False) -> None:
    """One task: script, ways to reach the person, what the outcomes lead to, what comes next."""
    found = task_detail(open_context(load_settings()), task)
    if as_json:
        print_json(found)
        return
    _print(found)


def _print(found: TaskDetail) -> None:
    say(f"{found.task.title}: {found.prospect.name}", "bold")
    say(found.task.why)
    if found.caution:
        say(found.caution, "yellow")
    print_table(("reach", "", ""), [(one.kind, one.value, one.quality) for one in found.prospect.addresses])
    if found.script_subject:
        say(f"Subject: {found.script_subject}")
    out.print(found.script, markup=False)
    if found.outcomes:
        rows = [(one.outcome, one.label, ", ".join(one.needs), one.leads_to) for one in found.outcomes]
        print_table(("outcome", "", "needs", "leads to"), rows)
    if found.next:
        print_table(("next", "", "day"), [(f"{one.at:%Y-%m-%d}", one.title, one.day) for one in found.next])


def done(
    task: TaskId,
    outcome: Annotated[str, typer.Argument(help="what came of it; `show` lists the words")],
    rep: RepOption,
    at: Annotated[
        datetime | None, typer.Option(help="of a promised call or meeting, in your time", parser=_time, metavar="TIME")
    ] = None,
    date: Annotated[str | None, typer.Option(help="a day, 2026-03-31")] = None,
    reason: Annotated[str | None, typer.Option(help="why")] = None,
    name: Annotated[str | None, typer.Option(help="whom they named")] = None,
    note: Annotated[str | None, typer.Option(help="anything else")] = None,
    voicemail: Annotated[bool, typer.Option(help="a voicemail was left")] = False,
) -> None:
    """Close a task with its outcome; the outcome decides what follows."""
    ctx = open_context(load_settings())
    said = Answer(outcome, _instant(ctx, rep, at) if at else None, date, reason, name, note, voicemail_left=voicemail)
    _tell(work_task.complete(ctx, By(task, rep), said))


def undo(task: TaskId, rep: RepOption) -> None:
    """Take an outcome back, within five minutes."""
    _tell(work_task.undo(open_context(load_settings()), By(task, rep)))


def snooze(
    task: TaskId,
    until: Annotated[datetime, typer.Argument(help="your local time, 2026-03-31T09:00", parser=_time, metavar="TIME")],
    rep: RepOption,
) -> None:
    """Put a task away until later."""
    ctx = open_context(load_settings())
    _tell(work_task.snooze(ctx, By(task, rep), _instant(ctx, rep, until)))


def skip(task: TaskId, reason: Annotated[str, typer.Argument(help="why")], rep: RepOption) -> None:
    """Give a step up, with the reason; the sequence goes on."""
    _tell(work_task.skip(open_context(load_settings()), By(task, rep), reason))


def reassign(task: TaskId, to: Annotated[str, typer.Argument(help="the other rep")], rep: RepOption) -> None:
    """Give a task, and the rest of its sequence, to another rep."""
    _tell(work_task.reassign(open_context(load_settings()), By(task, rep), to))


def _instant(ctx: Context, rep_key: str, at: datetime) -> datetime:
    """A time without an offset is the local time of the rep who acts."""
    if at.tzinfo is not None:
        return at
    return at.replace(tzinfo=ZoneInfo(team.rep(ctx, rep_key).zone))


def _tell(task: Record) -> None:
    came = f" ({task.outcome})" if task.outcome else ""
    say(f"task {task.id} is {task.status}{came}")
