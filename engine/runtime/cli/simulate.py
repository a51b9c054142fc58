"""simulate: what a sequence, or a month of leads, would do to the team. Reads files, never the database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from engine.compiler import SimulationShape
from engine.compiler.simulation_shape import LARGEST_SEED, MOST_PEOPLE
from engine.core.errors import BadInput
from engine.operations import validating
from engine.operations.simulating.conclusion import conclusion
from engine.operations.simulating.simulate import Material, Simulated, Tell, material_of, read, simulate
from engine.operations.simulating.staging import first_day
from engine.runtime.cli.lists import Csv, Json
from engine.runtime.cli.spelling import a_day
from engine.runtime.cli.validate import Templates, print_findings, shown, warn_of
from engine.runtime.clock import wall_clock
from engine.runtime.console import err, out, print_csv, print_json, print_table, say
from engine.runtime.files import read_project
from engine.runtime.simulate import tables
from engine.runtime.simulate.asking import Typed, for_sequence, is_file, with_typed
from engine.runtime.simulate.garbage import left_lying
from engine.runtime.simulate.processes import played_apart
from engine.runtime.simulate.words import say_in
from engine.runtime.text_file import read_text

_LARGEST = 1_000_000  # characters of a simulation file
_SHOWN = 200  # rows of a table


class PlanWord(StrEnum):
    ENGINE = "engine"
    FIXED = "fixed"


def run(
    what: Annotated[
        str, typer.Argument(metavar="SEQUENCE|FILE.yaml", help="a sequence or draft by its key, or a simulation file")
    ],
    people: Annotated[int | None, typer.Option(help="so many people at once", min=1, max=MOST_PEOPLE)] = None,
    per_day: Annotated[
        int | None,
        typer.Option(help="or so many each working day; without either, what the reps sustain", min=1, max=MOST_PEOPLE),
    ] = None,
    days: Annotated[int | None, typer.Option(help="how many days, 30 if not said", min=1, max=366)] = None,
    start: Annotated[
        date | None, typer.Option("--from", help="the first day, else today", parser=a_day, metavar="DATE")
    ] = None,
    reps: Annotated[list[str] | None, typer.Option(help="keys of reps, or a number of standard reps")] = None,
    seed: Annotated[
        int | None, typer.Option(help="another seed is another throw of the dice", min=0, max=LARGEST_SEED)
    ] = None,
    plan: Annotated[
        PlanWord | None, typer.Option(help="`fixed` plays fixed dates, and the engine's plan beside it")
    ] = None,
    no_stops: Annotated[
        bool, typer.Option("--no-stops", help="nobody answers: every sequence runs to its end")
    ] = False,
    tasks: Annotated[int | None, typer.Option(help="tasks that a rep gets done in a day", min=1, max=1000)] = None,
    minutes: Annotated[int | None, typer.Option(help="minutes of a day for tasks", min=1, max=1440)] = None,
    folder: Annotated[Path, typer.Option(help="the folder of workspace.yaml and the sequences")] = Path("sequences"),
    templates: Templates = None,
    html: Annotated[Path | None, typer.Option(help="write a report with charts to this file")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Foretell what leads will do to the team, by the engine's own rules on a clock of its own. No database is used."""
    if html is not None:
        _refuse_unwritable(html)
    today = wall_clock().date()
    material = _material(what, folder, templates, today)
    typed = Typed(
        people, per_day, start.isoformat() if start else None, days, seed,
        plan.value if plan else None, no_stops, tuple(reps or ()), tasks, minutes,
    )  # fmt: skip
    asked = _asked(what, typed, material, today)
    with_control = asked.plan == PlanWord.FIXED.value or html is not None
    with left_lying(), _progress(first_day(asked, today), asked.days) as tell:
        found = simulate(material, asked, today, with_control=with_control, tell=tell, player=played_apart)
    locale = material.workspace.locale
    if html is not None:
        from engine.runtime.simulate.report import report  # noqa: PLC0415 - most runs draw nothing

        _write(html, report(found, asked.title or asked.simulation, locale))
    _print(found, locale, as_json=as_json, as_csv=as_csv)
    if html is not None and not (as_json or as_csv):
        say(f"{html}: {say_in(locale)('written')}", "green")


def _refuse_unwritable(page: Path) -> None:
    """Before a run of minutes, not after it."""
    if page.is_dir():
        raise BadInput(f"--html {page} is a folder; name a file in it, such as {page / 'report.html'}")
    if not page.parent.is_dir():
        raise BadInput(f"--html {page}: there is no folder {page.parent}; make it first, or name another file")
    if not os.access(page if page.exists() else page.parent, os.W_OK):
        raise BadInput(f"--html {page} may not be written; name a file in a folder of your own")


def _write(page: Path, text: str) -> None:
    try:
        page.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise BadInput(f"--html {page} cannot be written: {problem.strerror}") from None


def _material(what: str, folder: Path, templates: Path | None, today: date) -> Material:
    checked = validating.validate(read_project(folder, templates), today, shown(folder, templates))
    material = material_of(checked)
    if material is None:
        print_findings(checked.errors, folder, templates)
        raise typer.Exit(1)
    others = tuple(one for one in checked.errors_aside if folder / one.file != Path(what))  # its own are told as errors
    warn_of(others, folder, templates)
    return material


def _asked(what: str, typed: Typed, material: Material, today: date) -> SimulationShape:
    if not is_file(what):
        return for_sequence(what, typed, material, today)
    if typed.people is not None or typed.per_day is not None:
        raise BadInput("--people and --per-day are for one sequence; a file says itself how many come")
    try:
        text = read_text(Path(what), _LARGEST)
    except UnicodeDecodeError:
        raise BadInput(f"{what} is not UTF-8; save it as UTF-8") from None
    except OSError as problem:
        raise BadInput(f"{what} cannot be read: {problem.strerror}") from None
    asked, findings = read(text, what, material, today)
    print_findings(findings, Path())
    if asked is None:
        raise typer.Exit(1)
    return with_typed(asked, typed, material)


@contextmanager
def _progress(first: date, days: int) -> Iterator[Tell | None]:
    """Only where somebody watches."""
    if not err.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(first.isoformat(), total=days)

        def tell(at: datetime) -> None:
            done = (at.date() - first).days
            progress.update(task, completed=min(max(done, 0), days), description=at.date().isoformat())

        yield tell


def _print(found: Simulated, locale: str, *, as_json: bool, as_csv: bool) -> None:
    told = conclusion(found, locale)
    if as_json:
        print_json({"conclusion": told, "figures": found.figures, "control": found.control, "rates": found.rates})
        return
    if as_csv:
        by_day = tables.days(found.figures, locale)
        print_csv(by_day.columns, by_day.rows)
        return
    for sentence in told:
        say(sentence)
    for table in tables.tables_of(found, locale):
        out.print()
        print_table(table.columns, table.rows[:_SHOWN], table.title)
        if len(table.rows) > _SHOWN:
            say(say_in(locale)("more"))
    say(say_in(locale)("assumed"), "dim")
