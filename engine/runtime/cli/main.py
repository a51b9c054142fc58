"""The command line. Exit codes: 0 done, 1 failed, 2 only for `plan` with changes, 64 wrong usage."""

import sys
from importlib import import_module

import typer
from typer.exceptions import TyperException

from engine.core.errors import EngineError
from engine.runtime.console import fail

USAGE = 64
_CLICK_USAGE = 2

# Command -> module and function. Only what is asked for is imported, so that `validate` answers at once.
COMMANDS = {
    "demo": ("demo", "demo"),
    "serve": ("serve", "serve"),
    "validate": ("validate", "validate"),
    "plan": ("authoring", "plan"),
    "apply": ("authoring", "apply"),
    "schema": ("validate", "schema"),
    "test": ("authoring", "test"),
    "import": ("importing", "import_file"),
    "people": ("people", "people"),
    "enroll": ("people", "enroll"),
    "consent": ("consent", "consent"),
    "suppressions": ("consent", "suppressions"),
    "suppress": ("consent", "suppress"),
    "unsuppress": ("consent", "unsuppress"),
    "queue": ("work", "queue"),
    "show": ("work", "show"),
    "done": ("work", "done"),
    "undo": ("work", "undo"),
    "snooze": ("work", "snooze"),
    "skip": ("work", "skip"),
    "reassign": ("work", "reassign"),
    "sending": ("run", "sending"),
    "recovery": ("safety", "recovery"),
    "held": ("safety", "held"),
    "breakers": ("safety", "breakers"),
    "doctor": ("run", "doctor"),
    "db": ("run", "database"),
}


def build(wanted: str | None = None) -> typer.Typer:
    """The whole command line, or the part that one command needs."""
    app = typer.Typer(
        name="touchline",
        help="Touch sequences in YAML, sent and worked from one ranked daily queue.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    app.callback()(lambda: None)  # keeps `touchline COMMAND` even where a single command is built
    for name, (module, function) in COMMANDS.items():
        if wanted in (None, name):
            found = getattr(import_module(f"engine.runtime.cli.{module}"), function)
            if isinstance(found, typer.Typer):
                app.add_typer(found, name=name)
            else:
                app.command(name)(found)
    return app


def main() -> None:
    first = sys.argv[1] if len(sys.argv) > 1 else None
    try:
        code = build(first if first in COMMANDS else None)(standalone_mode=False)
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
