"""docs/templates.md tells authors what exists, all of it and nothing else."""

import re
from pathlib import Path

from engine.messages.contract import KNOWN, PARTS

TEXT = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")


def test_every_variable_is_described_and_no_other() -> None:
    rows = [line.split("|")[1] for line in TEXT.splitlines() if re.match(r"\| `[a-z_]+(\.[a-z_]+)?`", line)]
    named = {name for row in rows for name in re.findall(r"`([a-z_.]+)`", row)}
    assert named - {verb.value for verb in PARTS} == set(KNOWN)


def test_every_verb_is_listed_with_its_parts() -> None:
    table = TEXT.split("| Verb | Parts |", 1)[1].split("\n\n", 1)[0]
    for verb, parts in PARTS.items():
        (row,) = (line for line in table.splitlines() if f"`{verb.value}`" in line)
        assert re.findall(r"`([a-z]+\.[a-z]+)`", row.split("|")[2]) == list(parts)
