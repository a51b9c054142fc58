"""The command line. Exit codes: 0 done, 1 failed, 2 only for `plan` with changes, 64 wrong usage."""

import sys
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from engine.core.errors import EngineError
from engine.runtime.console import fail

USAGE = 64
_CLICK_USAGE = 2

# Who uses it -> command -> module and function. Only what is asked for is imported, so that `validate` answers at once.
PANELS = {
    "Begin": {
        "demo": ("demo", "demo"),
        "serve": ("serve", "serve"),
        "status": ("status", "status"),
    },
    "Authors of sequences": {
        "validate": ("validate", "validate"),
        "plan": ("authoring", "plan"),
        "apply": ("authoring", "apply"),
        "schema": ("validate", "schema"),
        "test": ("authoring", "test"),
        "simulate": ("simulate", "run"),
        "capacity": ("capacity", "capacity"),
    },
    "People and sequences": {
        "import": ("importing", "import_file"),
        "people": ("people", "people"),
        "enroll": ("people", "enroll"),
        "enrollment": ("enrollment", "enrollment"),
        "explain": ("explain", "explain"),
        "forecast": ("forecast", "forecast"),
        "reply": ("reply", "reply"),
        "consent": ("consent", "consent"),
        "suppressions": ("consent", "suppressions"),
        "suppress": ("consent", "suppress"),
        "unsuppress": ("consent", "unsuppress"),
    },
    "Reps": {
        "queue": ("work", "queue"),
        "show": ("work", "show"),
        "done": ("work", "done"),
        "undo": ("work", "undo"),
        "snooze": ("work", "snooze"),
        "skip": ("work", "skip"),
        "reassign": ("work", "reassign"),
        "leave": ("leave", "leave"),
        "rep": ("reps", "rep"),
    },
    "Operators": {
        "doctor": ("run", "doctor"),
        "sending": ("run", "sending"),
        "doubts": ("doubts", "doubts"),
        "held": ("safety", "held"),
        "breakers": ("safety", "breakers"),
        "recovery": ("safety", "recovery"),
        "db": ("run", "database"),
    },
}
COMMANDS = {name for commands in PANELS.values() for name in commands}
_VERSION = "--version"


def build(wanted: str | None = None) -> typer.Typer:
    """The whole command line, or the part that one command needs."""
    app = typer.Typer(
        name="touchline",
        help="Touch sequences in YAML, sent and worked from one ranked daily queue.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)  # keeps `touchline COMMAND` even where a single command is built
    for panel, commands in PANELS.items():
        for name, (module, function) in commands.items():
            if wanted in (None, name):
                _add(app, name, getattr(import_module(f"engine.runtime.cli.{module}"), function), panel)
    return app


def _add(app: typer.Typer, name: str, found: Any, panel: str) -> None:
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name, rich_help_panel=panel)
    else:
        app.command(name, rich_help_panel=panel)(found)


def _tell_version(is_asked: bool) -> None:
    if is_asked:
        sys.stdout.write(f"touchline {version('touchline')}\n")
        raise typer.Exit


def _root(
    *,
    _version: Annotated[
        bool, typer.Option(_VERSION, callback=_tell_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    pass


def main() -> None:
    first = sys.argv[1] if len(sys.argv) > 1 else None
    try:
        code = build(first if first in COMMANDS or first == _VERSION else None)(standalone_mode=False)
    except TyperException as problem:
        show = getattr(problem, "show", None)
        if show is not None:
            show()
        sys.exit(USAGE if problem.exit_code == _CLICK_USAGE else problem.exit_code)
    except typer.Abort:
        sys.exit(1)
    except EngineError as problem:
        fail(str(problem))
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe has gone: nothing is left to say
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)
