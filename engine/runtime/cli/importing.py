"""import: contacts from a file of any shape, and the rows that were not taken as a file to mend."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from engine.compiler import read_yaml
from engine.core.errors import BadInput
from engine.operations.importing.files import ImportReport, import_contacts, import_defaults
from engine.operations.importing.plan import Outcome
from engine.runtime.console import err, print_json, print_table, say
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context

_SHOWN = 20  # rows and reasons on the screen; all of them are in the leftover file and in --json
_File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV in any usual encoding")]
_Yaml = typer.Option(exists=True, dir_okay=False, readable=True, help="YAML of `header: field`, for unusual columns")


def import_file(
    file: _File,
    mapping: Annotated[Path | None, _Yaml] = None,
    country: Annotated[str | None, typer.Option(help="whose national phone numbers these are, such as CN")] = None,
    zone: Annotated[str | None, typer.Option(help="IANA zone of dates and of people nobody can place")] = None,
    locale: Annotated[str | None, typer.Option(help="language to write in where the row does not tell")] = None,
    rep: Annotated[str | None, typer.Option(help="rep who owns people whose owner the file does not name")] = None,
    dry_run: Annotated[bool, typer.Option(help="only say what would happen")] = False,
    leftover: Annotated[Path | None, typer.Option(help="where rows go that are not taken")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON, with what happened to each row")] = False,
) -> None:
    """Take in contacts. Importing the same file twice changes nothing; opt-outs are never lost."""
    ctx = open_context(load_settings())
    defaults = import_defaults(ctx.workspace(), country=country, zone=zone, locale=locale)
    fields = _read_mapping(mapping) if mapping else None
    with _progress(file.name) as progress:
        report = import_contacts(
            ctx, file.read_bytes(), name=file.name, actor="cli", defaults=defaults, mapping=fields, rep=rep,
            dry_run=dry_run, progress=progress,
        )  # fmt: skip
    written = _write_leftover(report, file, leftover) if report.leftover and not dry_run else None
    if as_json:
        print_json(_as_json(report, written))
    else:
        _print(report, written)


def _read_mapping(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8; save it as UTF-8") from None
    document, problems = read_yaml(text, str(path))
    if document is None or problems:
        raise BadInput("\n".join(map(str, problems)))
    if not isinstance(document.data, dict) or not all(isinstance(field, str) for field in document.data.values()):
        raise BadInput(f"{path}: lines such as `Kontakt: full_name` are expected, a header and its field")
    return document.data


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal; elsewhere it would only be noise."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("rows"))
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _write_leftover(report: ImportReport, file: Path, chosen: Path | None) -> Path:
    path = chosen or _free_path(file.with_name(f"{file.stem}.not-taken.csv"), report.leftover)
    try:
        path.write_bytes(report.leftover)
    except OSError as problem:
        raise BadInput(
            f"the file was imported, but {path} for the rows that were not taken cannot be written"
            f" ({problem.strerror}); import it again with --leftover and a path that can, nothing else will change"
        ) from None
    return path


def _free_path(wanted: Path, content: bytes) -> Path:
    """Somebody may be mending the rows of the last time."""
    path, number = wanted, 2
    while path.exists() and path.read_bytes() != content:
        path = wanted.with_name(f"{wanted.stem}-{number}.csv")
        number += 1
    return path


def _as_json(report: ImportReport, written: Path | None) -> dict[str, Any]:
    names = ("file", "format", "encoding", "is_dry_run", "counts", "warnings", "rows")
    return {**{name: getattr(report, name) for name in names}, "leftover": str(written) if written else None}


def _print(report: ImportReport, written: Path | None) -> None:
    did, not_done = ("would be", "would not be") if report.is_dry_run else ("were", "were not")
    say(f"{report.file} ({report.format}, {report.encoding}): {report.counts['rows']} rows", "bold")
    words = {
        "new": f"{did} taken as new people",
        "merged": f"{did} merged into people known already or from an earlier row",
        "unchanged": "say nothing new",
        "not_taken": f"{not_done} taken",
    }
    print_table(("rows", "what happened"), [(report.counts[outcome], said) for outcome, said in words.items()])
    say(f"{report.counts['suppressed']} of them are marked not to be contacted, and {did} suppressed")
    _print_notes(report)
    for warning in report.warnings[:_SHOWN]:
        say(warning, "yellow")
    if written:
        say(f"Mend the rows that were not taken in {written} and import that file.", "bold")


def _print_notes(report: ImportReport) -> None:
    """The rows that were not taken one by one, everything else by kind with an example."""
    rejected = [row for row in report.rows if row.outcome is Outcome.NOT_TAKEN]
    if rejected:
        reasons = [(row.line, row.name, "; ".join(note.message for note in row.notes)) for row in rejected]
        print_table(("line", "name", "not taken because"), reasons[:_SHOWN])
    if len(rejected) > _SHOWN:
        say(f"... and {len(rejected) - _SHOWN} more")
    examples: dict[str, list[str]] = {}
    for row in report.rows:
        for note in row.notes if row.outcome is not Outcome.NOT_TAKEN else ():
            value = f"`{note.value[:40]}` " if note.value else ""
            examples.setdefault(note.reason_code, []).append(f"line {row.line}: {value}{note.message}")
    kinds = sorted(examples.items(), key=lambda kind: -len(kind[1]))
    if kinds:
        print_table(("rows", "note", "for example"), [(len(told), code, told[0]) for code, told in kinds])
