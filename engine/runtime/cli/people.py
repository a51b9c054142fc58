"""people and enroll: who is known, and who should enter a sequence."""

from pathlib import Path
from typing import Annotated

import typer

from engine.core.capacity import Flood
from engine.core.errors import BadInput, NotFound
from engine.core.guards import Refusal
from engine.operations.enroll import Order, Report
from engine.operations.enroll import enroll as enroll_people
from engine.operations.selecting import Filter, select_people
from engine.runtime.cli.acting import language_of
from engine.runtime.cli.enrolled import SHOWN, print_people, print_report
from engine.runtime.cli.lists import Csv, Json
from engine.runtime.cli.spelling import an_id, is_id
from engine.runtime.console import err, print_csv, print_json, print_table
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context

Stage = Annotated[list[str] | None, typer.Option(help="only people in this stage; may be repeated")]
Country = Annotated[list[str] | None, typer.Option(help="only people in this country (ISO code)")]
Listed = Annotated[str | None, typer.Option("--list", help="only people on this list of the import")]
Source = Annotated[str | None, typer.Option(help="only people from this source")]
Locale = Annotated[str | None, typer.Option(help="only people written to in this language")]
Limit = Annotated[int | None, typer.Option(help="at most so many", min=1)]


def people(
    stage: Stage = None, country: Country = None, listed: Listed = None, source: Source = None,
    locale: Locale = None, limit: Limit = None,
    _everybody: Annotated[bool, typer.Option("--all", help="everybody: what no filter means anyway")] = False,
    as_json: Json = False, as_csv: Csv = False,
) -> None:  # fmt: skip
    """List the people that a filter selects, as `enroll` would."""
    ctx = open_context(load_settings())
    wanted = Filter(tuple(stage or ()), tuple(country or ()), listed, source, locale, limit)
    found = select_people(ctx, wanted)
    if as_json:
        print_json(found)
        return
    columns = ("id", "name", "account", "stage", "country", "zone")
    rows = [(one.id, one.name, one.account or "", one.stage or "", one.country or "", one.zone or "") for one in found]
    if as_csv:
        print_csv(columns, rows)
    else:
        print_table(columns, rows, f"{len(rows)} people")


def enroll(
    sequence: Annotated[str, typer.Argument(help="the sequence's key")],
    ids: Annotated[
        list[int] | None, typer.Argument(help="of people; without, whom the filter selects", parser=an_id, metavar="ID")
    ] = None,
    from_file: Annotated[Path | None, typer.Option("--from", help="a file with one id per line")] = None,
    stage: Stage = None, country: Country = None, listed: Listed = None, source: Source = None,
    locale: Locale = None, limit: Limit = None,
    everybody: Annotated[bool, typer.Option("--all", help="everybody, when no filter is given")] = False,
    rep: Annotated[
        list[str] | None, typer.Option(help="rep for people whom nobody owns, else TOUCHLINE_REP; several take turns")
    ] = None,
    when_too_many: Annotated[
        Flood | None, typer.Option(help="of more people than a rep can take in a day; else what workspace.yaml says")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="only say who would be refused, and who begin when")] = False,
    as_json: Json = False, as_csv: Csv = False,
) -> None:  # fmt: skip
    """Put people into a sequence: one, a list, or a filter; each refusal has a name."""
    settings = load_settings()
    ctx = open_context(settings)
    wanted = Filter(tuple(stage or ()), tuple(country or ()), listed, source, locale, limit)
    chosen = _chosen(ids, from_file)
    if chosen is None:
        if wanted == Filter() and not everybody:
            raise BadInput("name people by id, by --from FILE or by a filter such as --stage; or say --all")
        chosen = [one.id for one in select_people(ctx, wanted)]
    order = Order(
        sequence,
        tuple(chosen),
        "cli",
        reps=tuple(rep or filter(None, [settings.rep])),
        batch="cli",
        dry_run=dry_run,
        when_too_many=when_too_many,
    )
    report = enroll_people(ctx, order)
    if as_json:
        print_json(report)
    elif as_csv:
        print_people(report, language_of(ctx, settings.rep or None))
    else:
        print_report(report, ctx.now(), language_of(ctx, settings.rep or None), dry_run=dry_run)
    _tell_unknown(report)


def _tell_unknown(report: Report) -> None:
    """A wrong id is a slip of whoever typed it, and fails when nothing else was asked."""
    unknown = [one.prospect_id for one in report.refused if one.reason is Refusal.UNKNOWN_PERSON]
    if not unknown:
        return
    named = ", ".join(map(str, unknown[:SHOWN])) + (f" and {len(unknown) - SHOWN} more" if unknown[SHOWN:] else "")
    told = f"nobody has the id {named}; `touchline people` lists who is known"
    if not report.enrolled and len(unknown) == len(report.refused):
        raise NotFound(told)
    err.print(told, markup=False, soft_wrap=True)


def _chosen(ids: list[int] | None, from_file: Path | None) -> list[int] | None:
    if from_file is None:
        return ids
    try:
        lines = from_file.read_text(encoding="utf-8-sig").split()
    except (OSError, ValueError) as problem:
        raise BadInput(f"{from_file}: one id per line is expected: {problem}") from None
    wrong = next((line for line in lines if not is_id(line)), None)
    if wrong is not None:
        raise BadInput(f"{from_file}: one id per line is expected, and {wrong!r} is none")
    return [*(ids or []), *map(int, lines)]
