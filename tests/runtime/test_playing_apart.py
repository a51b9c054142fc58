"""Parts that are played by processes of their own: the same bytes, and errors as they are."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from engine.compiler import SimulationShape
from engine.operations.simulating.simulate import Material, material_of, simulate
from engine.operations.simulating.staging import script_of
from engine.operations.validating import validate
from engine.runtime.console import print_json
from engine.runtime.simulate.processes import played_apart
from engine.simulation.script import Script
from tests.support.world import shipped_project

MONDAY = date(2026, 3, 2)
ASKED = SimulationShape.model_validate(
    {
        "simulation": "apart",
        "from": MONDAY.isoformat(),
        "days": 14,
        "standard_reps": 4,
        "leads": [{"sequence": "outbound-7x3x21", "per_day": 12}, {"sequence": "call-in-15", "per_day": 3}],
    }
)


@pytest.fixture(scope="module")
def material() -> Material:
    found = material_of(validate(shipped_project(), MONDAY))
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def _nobody_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each process that was begun is over and was waited for."""
    begun, fork = [], os.fork

    def told() -> int:
        begun.append(fork())
        return begun[-1]

    monkeypatch.setattr(os, "fork", told)
    yield
    assert begun
    for one in begun:
        with pytest.raises(ChildProcessError):
            os.waitpid(one, os.WNOHANG)


def test_processes_print_the_same_bytes_as_one(material: Material, capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for processes in (1, 2, 3):
        player = partial(played_apart, processes=processes)
        found = simulate(material, ASKED, MONDAY, with_control=True, player=player)
        print_json({"figures": found.figures, "control": found.control, "rates": found.rates})
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] == printed[2]
    assert '"rep": "rep-4"' in printed[0]


@pytest.mark.parametrize("rep", ["rep-1", "rep-2"])
def test_an_error_is_the_same_in_whichever_process_it_happens(material: Material, rep: str) -> None:
    with pytest.raises(KeyError, match="no-such-sequence"):
        played_apart(_broken(script_of(material.workspace, material.sequences, ASKED, MONDAY), rep), processes=2)


def _broken(script: Script, rep: str) -> Script:
    leads = [replace(lead, sequence="no-such-sequence") if lead.worker == rep else lead for lead in script.leads]
    return replace(script, leads=tuple(leads))
