"""How commands speak: tables for people, JSON for programs, errors on standard error."""

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from enum import Enum
from typing import Any, NoReturn

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.contacts.cells import csv_cell

_WHOLE = 10_000  # columns: what goes to a file or another program is never cut to a screen that is not there

out = Console(highlight=False, width=None if sys.stdout.isatty() else _WHOLE)
err = Console(stderr=True, highlight=False)


def fail(message: str, code: int = 1) -> NoReturn:
    err.print(Text("touchline: ", style="bold red") + Text(message), soft_wrap=True)
    sys.exit(code)


def print_json(value: object) -> None:
    sys.stdout.write(orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2).decode() + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    table = Table(*columns, title=title, title_justify="left", title_style="bold", header_style="bold", box=None)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    out.print(table)


def counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """For spreadsheets: a cell that one would take for a formula is defused."""
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    writer.writerows([csv_cell("" if cell is None else str(cell)) for cell in row] for row in rows)


def say(text: str, style: str = "") -> None:
    """Text of people may hold brackets: it is never read as markup."""
    out.print(Text(text, style=style), soft_wrap=True)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)
