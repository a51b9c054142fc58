"""The words of other systems for where a person stands -> this workspace's stages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.contacts.cells import Cell, clean_line, fold, is_nothing
from engine.contacts.problems import RowProblem, problem


@dataclass(frozen=True, slots=True)
class StageReading:
    key: str | None
    raw: str


def is_never(stage: str | None) -> bool:
    """The one stage that is also an opt-out, in whatever spelling the workspace gives its key."""
    return stage is not None and fold(stage) == "donotcontact"


def folded_aliases(aliases: Mapping[str, str]) -> dict[str, str]:
    """Word -> stage key; a stage's own key is a word for it."""
    return {fold(key): key for key in aliases.values()} | {fold(word): key for word, key in aliases.items()}


def read_stage(cells: Iterable[Cell], words: Mapping[str, str]) -> tuple[StageReading, list[RowProblem]]:
    """The first column whose word is known. A word nobody knows is kept and told."""
    said = [cell for cell in cells if not is_nothing(cell.value)]
    for cell in said:
        if key := words.get(fold(cell.value)):
            return StageReading(key, clean_line(cell.value)), []
    raw = clean_line(said[0].value) if said else ""
    return StageReading(None, raw), [problem("stage_unknown", said[0])] if said else []
