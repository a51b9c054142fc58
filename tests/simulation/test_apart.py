"""A play in parts comes to what the whole comes to, and whoever may meet is in one part."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.compiler import SimulationShape
from engine.core.leave import Leave, LeavePolicy
from engine.core.workspace import Team
from engine.operations.simulating.simulate import Material, material_of
from engine.operations.simulating.staging import script_of
from engine.operations.validating import validate
from engine.simulation.apart import parts
from engine.simulation.play import Played, play
from engine.simulation.script import Script
from engine.simulation.tally import Tally
from tests.support.world import shipped_project

MONDAY = date(2026, 3, 2)
PLACES = [{"country": "US", "zone": "America/New_York"}, {"country": "CN"}, {"country": "DE"}]


@pytest.fixture(scope="module")
def material() -> Material:
    found = material_of(validate(shipped_project(), MONDAY))
    assert found is not None
    return found


def script(material: Material) -> Script:
    leads = [
        {"sequence": "outbound-7x3x21", "per_day": 14, "at": "08:00-12:00", "where": PLACES},
        {"sequence": "call-in-15", "per_day": 3, "where": PLACES},
    ]
    asked = {
        "simulation": "apart",
        "from": MONDAY.isoformat(),
        "days": 21,
        "standard_reps": 5,
        "capacity": {"tasks_per_day": 8, "when_too_many": "enroll_all"},
        "leads": leads,
    }
    return script_of(material.workspace, material.sequences, SimulationShape.model_validate(asked), MONDAY)


def as_it_is(made: Script) -> Script:
    return made


def one_mailbox(made: Script) -> Script:
    first, second, *others = made.workers
    return replace(made, workers=(first, replace(second, mailbox=first.mailbox), *others))


def one_team_under_a_manager(made: Script) -> Script:
    """Of the first two; the third looks after what they are late with."""
    first, second, third, *_ = (worker.key for worker in made.workers)
    usual = made.workspace.reps[0]
    reps = tuple(replace(usual, key=key, team=team) for key, team in ((first, "a"), (second, "a"), (third, "b")))
    return replace(made, workspace=replace(made.workspace, reps=reps, teams=(Team("a", third),)))


def one_manager_who_has_left(made: Script) -> Script:
    """Somebody else then hears of late work."""
    managed = one_team_under_a_manager(made)
    return replace(managed, workspace=replace(managed.workspace, teams=(Team("a", "gone"),)))


def one_person_of_two(made: Script) -> Script:
    first, second, *others = made.leads
    return replace(made, leads=(first, replace(second, id=first.id), *others))


def a_leave(made: Script) -> Script:
    away = Leave(MONDAY + timedelta(days=3), MONDAY + timedelta(days=9), LeavePolicy.REASSIGN)
    first, *others = made.workers
    return replace(made, workers=(replace(first, leaves=(away,)), *others))


def companies(made: Script) -> Script:
    return replace(made, leads=tuple(replace(lead, account=lead.id % 7) for lead in made.leads))


def a_cap_for_all(made: Script) -> Script:
    caps = replace(made.workspace.caps, workspace_per_day=9)
    return replace(made, workspace=replace(made.workspace, caps=caps))


def new_domain(made: Script) -> Script:
    workers = tuple(replace(worker, mailbox=f"{worker.key}@New.example") for worker in made.workers)
    caps = replace(made.workspace.caps, new_domains={"new.example": MONDAY})
    return replace(made, workers=workers, workspace=replace(made.workspace, caps=caps))


def fates(*plays: Played) -> set[tuple[object, ...]]:
    return {
        (life.lead.id, life.sequence.key, life.worker, life.end_reason, touch.plan, touch.status, touch.reason,
         touch.due_at, touch.ended_at, touch.outcome)
        for played in plays for life in played.lives for touch in life.touches
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "groups"),
    [
        (as_it_is, [{1, 4}, {2, 5}, {3}]),
        (one_mailbox, [{1, 2}, {3, 5}, {4}]),
        (one_team_under_a_manager, [{1, 2, 3}, {4}, {5}]),
        (one_manager_who_has_left, [{1, 2, 3, 4, 5}]),
        (one_person_of_two, [{1, 2}, {3, 5}, {4}]),
        (a_leave, [{1, 2, 3, 4, 5}]),
        (companies, [{1, 2, 3, 4, 5}]),
        (a_cap_for_all, [{1, 2, 3, 4, 5}]),
        (new_domain, [{1, 2, 3, 4, 5}]),
    ],
)
def test_parts_come_to_what_the_whole_comes_to(
    material: Material, change: Callable[[Script], Script], groups: list[set[int]]
) -> None:
    whole = change(script(material))
    made = parts(whole, 3)
    assert sorted(sorted(worker.key for worker in part.workers) for part in made) == [
        [f"rep-{number}" for number in sorted(group)] for group in groups
    ]
    apart, together = [play(part) for part in made], play(whole)
    tally = Tally()
    for played in apart:
        tally.add(played.tally)
    assert tally == together.tally
    assert fates(*apart) == fates(together)
    assert together.tally.delayed


def test_one_process_plays_the_whole(material: Material) -> None:
    whole = script(material)
    assert parts(whole, 1) == (whole,)
