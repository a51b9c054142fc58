"""queue, show, done, undo, snooze, skip, reassign: the rep's day in the terminal."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from engine.core.outcome import Answer
from engine.operations.queries.leaves import told
from engine.operations.queries.queue import QueueRow, daily_queue
from engine.operations.queries.task import TaskDetail
from engine.operations.queries.task import task as task_detail
from engine.operations.tasks import work_task
from engine.operations.tasks.work_task import By
from engine.runtime.cli.acting import RepOption, at_desk, at_work, instant
from engine.runtime.cli.lists import Csv, Json
from engine.runtime.cli.spelling import a_time, an_id
from engine.runtime.console import counted, out, print_csv, print_json, print_table, say
from engine.store.connection import Record

TaskId = Annotated[int, typer.Argument(help="the task's number, as `queue` shows it", parser=an_id, metavar="ID")]
_SHOWN = 20
_ALL = 10_000  # rows: no rep has more to do in a day


def queue(
    rep: RepOption = None,
    limit: Annotated[
        int | None, typer.Option(help="at most so many rows; 20 when left out, all of them as CSV", min=1, max=_ALL)
    ] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """One rep's day, in the order in which to work it."""
    ctx, whose = at_work(rep)
    found = daily_queue(ctx, whose, limit=limit or (_ALL if as_csv else _SHOWN))
    if as_json:
        print_json(found)
        return
    columns, rows = ("task", "what", "who", "at", "why this, why now"), [_row(row) for row in found.items]
    if as_csv:
        print_csv(columns, rows)
        return
    say(f"{counted(found.total, 'task')}, {found.overdue} overdue; {_local(found.at, found.zone)} {found.zone}", "bold")
    for line in told(ctx, whose):
        say(line)
    print_table(columns, rows)


def _row(row: QueueRow) -> tuple[object, ...]:
    company = row.account.name if row.account else ""
    return row.id, row.title, row.prospect.name, company, row.why


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def show(task: TaskId, rep: RepOption = None, as_json: Json = False) -> None:
    """One task: script, ways to reach the person, what the outcomes lead to, what comes next."""
    ctx, reader = at_desk(rep)
    found = task_detail(ctx, task, rep_key=reader)
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
    rep: RepOption = None,
    at: Annotated[
        datetime | None, typer.Option(help="of a promised call or meeting, in your time", parser=a_time, metavar="TIME")
    ] = None,
    date: Annotated[str | None, typer.Option(help="a day, 2026-03-31")] = None,
    reason: Annotated[str | None, typer.Option(help="why")] = None,
    name: Annotated[str | None, typer.Option(help="whom they named")] = None,
    note: Annotated[str | None, typer.Option(help="anything else")] = None,
    voicemail: Annotated[bool, typer.Option(help="a voicemail was left")] = False,
) -> None:
    """Close a task with its outcome; the outcome decides what follows."""
    ctx, actor = at_work(rep)
    said = Answer(outcome, instant(ctx, actor, at) if at else None, date, reason, name, note, voicemail_left=voicemail)
    _tell(work_task.complete(ctx, By(task, actor), said))


def undo(task: TaskId, rep: RepOption = None) -> None:
    """Take an outcome back, within five minutes."""
    ctx, actor = at_work(rep)
    _tell(work_task.undo(ctx, By(task, actor)))


def snooze(
    task: TaskId,
    until: Annotated[datetime, typer.Argument(help="your local time, 2026-03-31T09:00", parser=a_time, metavar="TIME")],
    rep: RepOption = None,
) -> None:
    """Put a task away until later."""
    ctx, actor = at_work(rep)
    _tell(work_task.snooze(ctx, By(task, actor), instant(ctx, actor, until)))


def skip(task: TaskId, reason: Annotated[str, typer.Argument(help="why")], rep: RepOption = None) -> None:
    """Give a step up, with the reason; the sequence goes on."""
    ctx, actor = at_work(rep)
    _tell(work_task.skip(ctx, By(task, actor), reason))


def reassign(task: TaskId, to: Annotated[str, typer.Argument(help="the other rep")], rep: RepOption = None) -> None:
    """Give a task, and the rest of its sequence, to another rep."""
    ctx, actor = at_work(rep)
    _tell(work_task.reassign(ctx, By(task, actor), to))


def _tell(task: Record) -> None:
    came = f" ({task.outcome})" if task.outcome else ""
    say(f"task {task.id} is {task.status}{came}")
