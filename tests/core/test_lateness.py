"""Who takes late work over, and who hears of it."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from engine.core.hours import NO_HOURS
from engine.core.lateness import who_hears, who_takes_over
from engine.core.outcome import OutcomeTables
from engine.core.sequence import MANAGER, IfLate, Late
from engine.core.workspace import Rep, Team, Workspace

NO_TABLES: OutcomeTables = {}
REPS = tuple(Rep(key, key, f"{key}@a.test", team, "UTC", "en") for key, team in [
    ("ana", "sdr"), ("bo", "sdr"), ("cy", "sdr"), ("dee", "ae"), ("boss", "ae")
])  # fmt: skip
WORKSPACE = Workspace(
    "Acme", "1 Main St", "UTC", "US", "en", NO_HOURS, NO_TABLES, (), reps=REPS, teams=(Team("sdr", "boss"),)
)
EVERYBODY = {rep.key: 0 for rep in REPS}


def taker(to: str | None = None, rep: str = "ana", load: Mapping[str, int] = MappingProxyType(EVERYBODY)) -> str | None:
    return who_takes_over(IfLate(Late.REASSIGN, to=to), rep, workspace=WORKSPACE, open_tasks=load)


def hearer(to: str | None = None, rep: str = "ana") -> str | None:
    return who_hears(IfLate(Late.ESCALATE, to=to), rep, workspace=WORKSPACE)


@pytest.mark.parametrize(
    ("open_tasks", "expected"),
    [
        ({"ana": 0, "bo": 9, "cy": 3, "dee": 0}, "cy"),  # not the late one, and nobody of another team
        ({"ana": 0, "bo": 3, "cy": 3}, "bo"),
        ({"ana": 0, "cy": 99}, "cy"),  # bo is away
        ({"ana": 0, "dee": 0}, None),
    ],
)
def test_late_work_goes_to_whoever_of_the_team_is_there_and_has_least_to_do(
    open_tasks: dict[str, int], expected: str | None
) -> None:
    assert taker(load=open_tasks) == expected


def test_whoever_is_named_takes_it_over_unless_it_is_theirs_already_and_the_team_where_they_are_away() -> None:
    assert (taker("dee"), taker("ana"), taker("dee", load={"ana": 0, "bo": 0})) == ("dee", None, "bo")
    assert (taker(MANAGER), taker(MANAGER, rep="dee"), taker(MANAGER, load={"ana": 0})) == ("boss", None, None)


def test_the_manager_of_the_team_hears_or_whoever_is_named() -> None:
    assert (hearer(), hearer("cy"), hearer("ana")) == ("boss", "cy", None)
    assert (hearer(rep="dee"), hearer(rep="gone")) == (None, None)


def test_a_manager_who_is_late_has_nobody_above() -> None:
    led = replace(WORKSPACE, teams=(Team("ae", "boss"),))
    assert who_hears(IfLate(Late.ESCALATE), "boss", workspace=led) is None
