"""validate and schema: the checks that authors and editors run all day. Imports no database: it must be quick."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from engine.compiler import (
    channels_schema,
    policy_schema,
    sequence_schema,
    simulation_schema,
    workspace_schema,
)
from engine.core.sequence import Sequence, tasks_for_people
from engine.operations import validating
from engine.operations.validating import Checked, Finding
from engine.runtime.clock import wall_clock
from engine.runtime.console import counted, err, print_json, print_table, say
from engine.runtime.files import read_project

Folder = Annotated[Path, typer.Argument(help="the folder of workspace.yaml and the sequences")]
Checkable = Annotated[Path, typer.Argument(help="the folder of workspace.yaml and the sequences, or a channels.yaml")]
Templates = Annotated[Path | None, typer.Option(help="the folder of the templates, if not beside the sequences")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]


def validate(folder: Checkable = Path("sequences"), templates: Templates = None, as_json: Json = False) -> None:
    """Check every sequence and template; all errors at once, with file, line and column."""
    if folder.is_file():
        raise typer.Exit(_validate_channels(folder, as_json=as_json))
    checked = validating.validate(read_project(folder, templates), wall_clock().date(), shown(folder, templates))
    if as_json:
        print_json({"findings": checked.findings, "sequences": [_summary(one) for one in _compiled(checked)]})
    else:
        print_findings(checked.findings, folder, templates)
        _print_sequences(checked)
    raise typer.Exit(1 if checked.errors else 0)


def _validate_channels(path: Path, *, as_json: bool) -> int:
    from engine.runtime.channels_file import look_at  # noqa: PLC0415 - sequences are checked more often, and quickly

    channels, problems = look_at(path)
    if as_json:
        print_json({"findings": problems})
    for problem in problems if not as_json else ():
        err.print(str(problem), markup=False, soft_wrap=True)
    if not as_json and channels is not None:
        say(f"{path} can be used", "green")
    return 1 if channels is None else 0


def shown(folder: Path, templates: Path | None) -> str:
    """How template paths are printed: as the user would type them, relative to the sequences like the other files."""
    return str(templates) if templates else str(folder.parent / "templates")


def _compiled(checked: Checked) -> list[Sequence]:
    return [sequence for sequence, _ in checked.compiled]


def print_findings(findings: tuple[Finding, ...], folder: Path, templates: Path | None = None) -> None:
    """Findings name templates as `shown` does, also those that are missing; others lie in it or are named whole."""
    for finding in findings:
        is_template = finding.file.startswith(f"{shown(folder, templates)}/")
        is_whole = is_template or ("/" in finding.file and Path(finding.file).exists())
        place = finding.file if is_whole else str(folder / finding.file)
        style = "red" if finding.severity == "error" else "yellow"
        err.print(f"{place}:{finding.line}:{finding.column}: ", end="", markup=False, soft_wrap=True)
        err.print(f"{finding.severity}: ", style=style, end="")
        err.print(f"{finding.message}; expected {finding.expected}; {finding.advice}", markup=False, soft_wrap=True)


def warn_of(aside: tuple[Finding, ...], folder: Path, templates: Path | None = None) -> None:
    """What is wrong only in simulations and drafts, which nothing that is deployed needs."""
    print_findings(tuple(replace(finding, severity="warning") for finding in aside), folder, templates)


def _print_sequences(checked: Checked) -> None:
    errors = len(checked.errors)
    warnings = len(checked.findings) - errors
    rows = [list(_summary(one).values()) for one in _compiled(checked)]
    if rows:
        print_table(("sequence", "formula", "steps", "tasks for people", "audience", "languages"), rows)
    style = "red" if errors else "green"
    say(", ".join((counted(len(rows), "sequence"), counted(errors, "error"), counted(warnings, "warning"))), style)


def _summary(sequence: Sequence) -> dict[str, object]:
    return {
        "sequence": sequence.key,
        "formula": str(sequence.formula),
        "steps": len(sequence.steps),
        "tasks": tasks_for_people(sequence),
        "audience": sequence.audience.kind.value,
        "languages": ", ".join(sequence.audience.locales),
    }


def schema(
    workspace: Annotated[bool, typer.Option(help="the schema of workspace.yaml")] = False,
    policy: Annotated[bool, typer.Option(help="the schema of a file of policies/")] = False,
    channels: Annotated[bool, typer.Option(help="the schema of channels.yaml")] = False,
    simulation: Annotated[bool, typer.Option(help="the schema of a file of simulations/")] = False,
) -> None:
    """Print the JSON Schema that lets an editor complete and check a sequence file."""
    asked = (
        (workspace, workspace_schema),
        (policy, policy_schema),
        (channels, channels_schema),
        (simulation, simulation_schema),
    )
    print_json(next((made for is_asked, made in asked if is_asked), sequence_schema)())
