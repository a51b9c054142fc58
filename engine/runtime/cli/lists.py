"""Every list in the same three forms: a table that fits the screen, all of it as CSV, all of it as JSON."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Annotated, TypeVar

import typer

from engine.runtime.console import print_csv, print_json, print_table, say

Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Csv = Annotated[bool, typer.Option("--csv", help="print CSV for a spreadsheet")]
Item = TypeVar("Item")
_SHOWN = 200


def print_list(
    found: Iterable[Item],
    columns: Sequence[str],
    row: Callable[[Item], Sequence[object]],
    *,
    as_json: bool,
    as_csv: bool,
    in_table: int | None = None,
    heads: Sequence[str] | None = None,
    on_screen: Callable[[Item], Sequence[object]] | None = None,
) -> None:
    """`in_table`: so many of the columns are on the screen, too; all of them are in the CSV. On the screen `heads` and
    `on_screen` say them in the reader's language.
    """
    if as_json:
        print_json(list(found))
    elif as_csv:
        print_csv(columns, map(row, found))
    else:
        rows = [(on_screen or row)(one)[:in_table] for one in islice(found, _SHOWN + 1)]
        print_table((heads or columns)[:in_table], rows[:_SHOWN])
        if len(rows) > _SHOWN:
            say("and more; --csv lists them all")
