"""The control of rule 30: what a plan by fixed dates does to a rep, beside the engine's own for the same leads."""

from datetime import date

import pytest

from engine.compiler import SimulationShape
from engine.operations.simulating.conclusion import clear_after
from engine.operations.simulating.figures import Figures
from engine.operations.simulating.simulate import Material, Simulated, material_of, simulate
from engine.operations.validating import validate
from tests.support.world import shipped_project

MONDAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def material() -> Material:
    found = material_of(validate(shipped_project(), MONDAY))
    assert found is not None
    return found


def at_once(material: Material, people: int, **also: object) -> Simulated:
    asked = {
        "simulation": "control",
        "from": MONDAY.isoformat(),
        "days": 45,
        "plan": "fixed",
        "stops": False,
        "standard_reps": 1,
        "capacity": {"tasks_per_day": 80},
        "leads": [{"sequence": "every-day", "people": people}],
    } | also
    return simulate(material, SimulationShape.model_validate(asked), MONDAY, with_control=True)


def worked(figures: Figures) -> list[int]:
    return [day.done for day in figures.reps[0].days if day.is_workday]


@pytest.mark.parametrize(("people", "peak"), [(100, 400), (200, 1500)])
def test_fixed_dates_pile_up_as_rule_30_says_and_the_engine_stays_far_below(
    material: Material, people: int, peak: int
) -> None:
    found = at_once(material, people)
    assert found.control is not None
    fixed, own = found.figures, found.control
    assert 0.85 * peak <= fixed.peak_overdue <= 1.15 * peak
    assert own.peak_overdue <= people
    assert own.peak_overdue < fixed.peak_overdue / 10
    assert max(worked(own)) <= max(worked(fixed)) == 80
    clear = clear_after(fixed)
    assert clear is not None
    assert (clear > 25) == (people == 200)


def test_fixed_dates_know_no_weekend_and_drop_nothing(material: Material) -> None:
    figures = at_once(material, 100).figures
    came = [day.came for day in figures.reps[0].days]
    assert came[:13] == [100] * 12 + [0]
    assert sum(day.done for day in figures.reps[0].days) == 1200
    assert figures.skips == {}
    assert figures.sequences[0].running == 0


def test_an_answer_stops_a_plan_of_fixed_dates_as_well(material: Material) -> None:
    rates = {"outbound": {"answer": 1.0, "complete": 1.0, "outcomes": {"call": {"interested": 1}}}}
    figures = at_once(material, 50, stops=True, rates=rates).figures
    assert figures.ends == {"interested": 50}
    assert figures.outcomes["call"] == {"interested": 50}
