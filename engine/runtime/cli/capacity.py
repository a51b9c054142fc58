"""capacity: how many new people a day a rep sustains, before anybody is enrolled. Needs no database."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from engine.core.errors import BadInput, NotFound
from engine.core.sequence import Sequence as Plan
from engine.operations.queries.capacity import CapacityView, RepSustains, SequenceLoad, WhatIf
from engine.operations.queries.capacity import capacity as reckon
from engine.operations.validating import Checked, validate
from engine.operations.wording import is_chinese
from engine.runtime.cli.lists import Csv, Json
from engine.runtime.cli.validate import print_findings, warn_of
from engine.runtime.clock import wall_clock
from engine.runtime.console import print_csv, print_json, print_table, say
from engine.runtime.files import read_project

_LOADS = ("sequence", "tasks", "minutes", "mails", "by tasks", "by minutes", "leads/day")
_WORDS = {
    "day": ("A day of a rep: {tasks} tasks, in {minutes} minutes.", "每位同事每天：任务 {tasks}，分钟 {minutes}。"),
    "costs": (
        "What one lead costs if nothing stops its sequence, and how many new ones a day that makes:",
        "序列走到最后时每位新联系人的工作量，以及由此每天可开始的人数：",
    ),
    "loads": ("|".join(_LOADS), "序列|任务|分钟|邮件|按任务数|按工时|每天新联系人"),
    "reps": ("sequence|new people/day|a day is full|of", "序列|每天新联系人|受限于|同事"),
    "no_limit": ("any number of", "不限"),
    "any": ("any", "不限"),
    "everybody": ("everybody", "所有人"),
}
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
    locale = checked.workspace.locale
    found = reckon(checked.workspace, _chosen(checked, keys), what_if=WhatIf(tasks, minutes), locale=locale)
    if as_json:
        print_json(found)
    elif as_csv:
        print_csv(_EVERY, _every_row(found))
    else:
        _Told(locale).all(found)


def _chosen(checked: Checked, keys: list[str] | None) -> list[Plan]:
    """A draft, which is not deployed, only where it is named."""
    sequences = {one.key: one for one, _ in checked.compiled}
    known = sequences | {one.key: one for one in checked.drafts}
    unknown = [key for key in keys or () if key not in known]
    if unknown:
        raise NotFound(f"there is no sequence {unknown[0]!r}; the files have: {', '.join(known)}", key=unknown[0])
    return [known[key] for key in keys or sequences]


def _load_row(one: SequenceLoad, without_limit: str = "any") -> tuple[object, ...]:
    figures = (_figure(most, without_limit) for most in (one.by_tasks, one.by_minutes, one.leads))
    return one.sequence, one.tasks, f"{one.minutes:g}", one.mails, *figures


def _every_row(found: CapacityView) -> Iterator[tuple[object, ...]]:
    """Each sequence with each rep: one table, as a spreadsheet wants it."""
    loads = {one.sequence: _load_row(one) for one in found.sequences}
    for one in sorted(found.reps, key=lambda rep: rep.sequence):
        yield *loads[one.sequence], one.rep, "any" if one.leads_per_day is None else one.leads_per_day, one.words


@dataclass(frozen=True, slots=True)
class _Told:
    """On the screen, in the language of the workspace."""

    locale: str

    def all(self, found: CapacityView) -> None:
        minutes = self._word("no_limit") if found.minutes_per_day is None else f"{found.minutes_per_day:g}"
        say(self._word("day").format(tasks=found.tasks_per_day or self._word("no_limit"), minutes=minutes))
        say(self._word("costs"))
        print_table(self._word("loads").split("|"), (_load_row(one, self._word("any")) for one in found.sequences))
        say("")
        print_table(self._word("reps").split("|"), self._rep_rows(found.reps))

    def _rep_rows(self, found: Sequence[RepSustains]) -> Iterator[tuple[object, ...]]:
        """Those who can take as many together."""
        everybody, same = {one.name for one in found}, defaultdict[tuple[object, ...], list[str]](list)
        for one in found:
            most = one.leads_per_day if one.leads_per_day is not None else self._word("any")
            same[one.sequence, most, one.words].append(one.name)
        for row, names in sorted(same.items(), key=lambda item: str(item[0][0])):
            yield *row, self._word("everybody") if len(names) == len(everybody) else ", ".join(names)

    def _word(self, name: str) -> str:
        return _WORDS[name][is_chinese(self.locale)]


def _figure(leads: float | None, without_limit: str) -> str:
    """8, 8.25, 17.4."""
    return without_limit if leads is None else f"{leads:.3g}"
