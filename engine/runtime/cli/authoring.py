"""plan, apply, test: what the people who write sequences run."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from engine.operations import authoring
from engine.runtime.cli.validate import Folder, Json, Templates, print_findings, shown, warn_of
from engine.runtime.console import counted, out, print_json, say
from engine.runtime.files import read_project
from engine.runtime.scenarios.running import run_scenarios
from engine.runtime.settings import load_settings
from engine.runtime.wiring import open_context

PLAN_HAS_CHANGES = 2


def plan(folder: Folder = Path("sequences"), templates: Templates = None, as_json: Json = False) -> None:
    """Show what `apply` would change. Exit code 2 when there are changes."""
    ctx = open_context(load_settings())
    named, tell = shown(folder, templates), partial(warn_of, folder=folder, templates=templates)
    with _errors_told("there is no plan", folder, templates):
        changes = authoring.plan(ctx, read_project(folder, templates), file_of_templates=named, tell=tell)
    if as_json:
        print_json(changes)
    else:
        for change in changes:
            glyph = {"new": "+", "changed": "~", "same": "="}[change.kind]
            live = f", {change.live} live enrollments stay on their version" if change.live else ""
            say(f"{glyph} {change.key}: {change.kind}{live}")
    raise typer.Exit(PLAN_HAS_CHANGES if any(change.kind != "same" for change in changes) else 0)


def apply(folder: Folder = Path("sequences"), templates: Templates = None, as_json: Json = False) -> None:
    """Deploy the workspace and immutable versions of all sequences; live enrollments stay on theirs."""
    ctx, named = open_context(load_settings()), shown(folder, templates)
    tell = partial(warn_of, folder=folder, templates=templates)
    with _errors_told("nothing was applied", folder, templates):
        project = read_project(folder, templates)
        applied = authoring.apply(ctx, project, actor="cli", file_of_templates=named, tell=tell)
    if as_json:
        print_json(applied)
        return
    for key, number in applied.versions.items():
        say(f"+ {key} version {number}")
    for key in applied.unchanged:
        say(f"= {key}")
    say("workspace changed" if applied.is_workspace_changed else "workspace unchanged")


@contextmanager
def _errors_told(ending: str, folder: Path, templates: Path | None = None) -> Iterator[None]:
    try:
        yield
    except authoring.Invalid as invalid:
        print_findings(invalid.findings, folder, templates)
        say(f"{counted(len(invalid.findings), 'error')}; {ending}", "red")
        raise typer.Exit(1) from None


def test(
    paths: Annotated[list[Path] | None, typer.Argument(help="scenario files or folders")] = None, as_json: Json = False
) -> None:
    """Run scenarios through the real engine on a virtual clock."""
    with _errors_told("no scenario was run", Path()):
        results = run_scenarios(paths or [Path("sequences/tests")])
    if as_json:
        print_json(results)
    else:
        for result in results:
            say(f"{'ok  ' if result.passed else 'FAIL'} {result.name}", "" if result.passed else "red")
            for line in result.told:
                out.print(f"     {line}", markup=False)
        failed = sum(not result.passed for result in results)
        say(f"{len(results) - failed} passed, {failed} failed")
    raise typer.Exit(0 if all(result.passed for result in results) else 1)
