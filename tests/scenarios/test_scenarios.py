"""Every scenario that ships, and those of tests/data, run by the real engine: a case each."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.compiler.scenarios import read_scenarios
from engine.operations.validating import Project
from engine.runtime.scenarios.play import Result
from engine.runtime.scenarios.running import run_texts
from tests.sequences.shipped import SEQUENCES
from tests.support.world import shipped_project

OWN = Path(__file__).parents[1] / "data" / "scenarios"  # sequences of verbs that no shipped one uses
FILES = sorted((*(SEQUENCES / "tests").glob("*.yaml"), *(OWN / "tests").glob("*.yaml")))


@cache
def _project() -> Project:
    shipped = shipped_project()
    own = {path.name: path.read_text(encoding="utf-8") for path in OWN.glob("*.yaml")}
    return replace(shipped, sequences={**shipped.sequences, **own})


@cache
def _results(file: Path) -> dict[str, Result]:
    """A file is run once, by the worker that has its group."""
    results = run_texts(_project(), {file.name: file.read_text(encoding="utf-8")})
    return {result.name: result for result in results}


def _cases() -> Iterator[Any]:
    for file in FILES:
        scenarios, problems = read_scenarios(file.read_text(encoding="utf-8"), file.name)
        assert problems == ()
        for scenario in scenarios:
            name = scenario.shape.scenario
            yield pytest.param(file, name, id=f"{file.stem}: {name}", marks=pytest.mark.xdist_group(file.stem))


@pytest.mark.parametrize(("file", "name"), list(_cases()))
def test_scenario(file: Path, name: str) -> None:
    result = _results(file)[name]

    assert result.passed, "\n".join(result.told)
