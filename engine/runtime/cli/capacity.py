"""capacity: how many new people a day a rep sustains, before anybody is enrolled. Needs no database."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from engine.core.errors import BadInput, NotFound
from engine.core.sequence import Sequence as Plan
from engine.operations.queries.capacity import CapacityView, RepSustains, SequenceLoad, WhatIf
from engine.operations.queries.capacity import capacity as reckon
from engine.operations.validating import Checked, validate
from engine.runtime.cli.lists import Csv, Json
from engine.runtime.cli.validate import print_findings, warn_of
from engine.runtime.clock import wall_clock
from engine.runtime.console import print_csv, print_json, print_table, say
from engine.runtime.files import read_project

_LOADS = ("sequence", "tasks", "minutes", "mails", "by tasks", "by minutes", "leads/day")
_REPS = ("sequence", "new people/day", "a day is full", "of")
_EVERY = (*_LOADS, "rep", "new people/day", "a day is full")


def capacity(
    keys: Annotated[
        list[str] | None, typer.Argument(help="keys of sequences; all when left out", metavar="KEY")
    ] = None,
    folder: Annotated[Path, typer.Option("--files", help="the folder of workspace.yaml and the sequences")] = Path(
        "sequences"
    ),
    tasks: Annotated[int | None, typer.Option(help="as if everybody did so many tasks a day", min=1, max=1000)] = None,
    minutes: Annotated[
        float | None, typer.Option(help="as if everybody had so many minutes a day", min=1, max=1440)
    ] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """What one lead of a sequence costs, and how many new ones a day each rep sustains."""
    checked = validate(read_project(folder), wall_clock().date())
    if checked.workspace is None or checked.blocking:
        print_findings(checked.errors, folder)
        raise BadInput("the files have errors; mend them first, `touchline validate` shows them all")
    warn_of(checked.errors_aside, folder)
    found = reckon(checked.workspace, _chosen(checked, keys), what_if=WhatIf(tasks, minutes))
    if as_json:
        print_json(found)
    elif as_csv:
        print_csv(_EVERY, _every_row(found))
    else:
        _print(found)


def _chosen(checked: Checked, keys: list[str] | None) -> list[Plan]:
    """A draft, which is not deployed, only where it is named."""
    sequences = {one.key: one for one, _ in checked.compiled}
    known = sequences | {one.key: one for one in checked.drafts}
    unknown = [key for key in keys or () if key not in known]
    if unknown:
        raise NotFound(f"there is no sequence {unknown[0]!r}; the files have: {', '.join(known)}", key=unknown[0])
    return [known[key] for key in keys or sequences]


def _print(found: CapacityView) -> None:
    minutes = "any number of" if found.minutes_per_day is None else f"{found.minutes_per_day:g}"
    say(f"A day of a rep: {found.tasks_per_day or 'any number of'} tasks, in {minutes} minutes.")
    say("What one lead costs if nothing stops its sequence, and how many new ones a day that makes:")
    print_table(_LOADS, map(_load_row, found.sequences))
    say("")
    print_table(_REPS, _rep_rows(found.reps))


def _load_row(one: SequenceLoad) -> tuple[object, ...]:
    figures = (_figure(one.by_tasks), _figure(one.by_minutes), _figure(one.leads))
    return one.sequence, one.tasks, f"{one.minutes:g}", one.mails, *figures


def _every_row(found: CapacityView) -> Iterator[tuple[object, ...]]:
    """Each sequence with each rep: one table, as a spreadsheet wants it."""
    loads = {one.sequence: _load_row(one) for one in found.sequences}
    for one in sorted(found.reps, key=lambda rep: rep.sequence):
        yield *loads[one.sequence], one.rep, "any" if one.leads_per_day is None else one.leads_per_day, one.words


def _rep_rows(found: Sequence[RepSustains]) -> Iterator[tuple[object, ...]]:
    """Those who can take as many together."""
    everybody, same = {one.name for one in found}, defaultdict[tuple[object, ...], list[str]](list)
    for one in found:
        same[one.sequence, one.leads_per_day or "any", one.words].append(one.name)
    for row, names in sorted(same.items(), key=lambda item: str(item[0][0])):
        yield *row, "everybody" if len(names) == len(everybody) else ", ".join(names)


def _figure(leads: float | None) -> str:
    """8, 8.25, 17.4."""
    return "any" if leads is None else f"{leads:.3g}"
