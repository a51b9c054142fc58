"""The state tables: total, escapable, and drawn in docs/states.md.

After a change of a table, `python -m tests.core.test_states` draws the diagrams anew.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from engine.core import enrollment, task, touch
from engine.core.enrollment import EnrollmentEvent, EnrollmentStatus
from engine.core.errors import IllegalTransition
from engine.core.task import TaskEvent, TaskStatus
from engine.core.touch import TouchEvent, TouchStatus

STATES_PAGE = Path(__file__).parents[2] / "docs" / "states.md"


@dataclass(frozen=True)
class Machine:
    name: str
    statuses: type[StrEnum]
    events: type[StrEnum]
    table: Mapping[tuple[Any, Any], Any]
    advance: Callable[[Any, Any], Any]
    first: StrEnum
    terminal: frozenset[Any]
    undo: StrEnum


MACHINES = (
    Machine(
        "Enrollment",
        EnrollmentStatus,
        EnrollmentEvent,
        enrollment.TABLE,
        enrollment.advance,
        EnrollmentStatus.PENDING,
        frozenset(EnrollmentStatus) - enrollment.LIVE,
        EnrollmentEvent.UNDO,
    ),
    Machine(
        "Touch",
        TouchStatus,
        TouchEvent,
        touch.TABLE,
        touch.advance,
        TouchStatus.SCHEDULED,
        touch.TERMINAL,
        TouchEvent.UNDO,
    ),
    Machine(
        "Task",
        TaskStatus,
        TaskEvent,
        task.TABLE,
        task.advance,
        TaskStatus.OPEN,
        frozenset(TaskStatus) - task.OPEN,
        TaskEvent.UNDO,
    ),
)
of_each_machine = pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name.lower())


def moves(machine: Machine) -> Iterable[tuple[Any, Any, Any]]:
    """The rows of the table in the order of the enums, for a set that a table is built from has none."""
    pairs = product(machine.statuses, machine.events)
    return ((*pair, machine.table[pair]) for pair in pairs if pair in machine.table)


def reachable(machine: Machine, start: StrEnum) -> set[Any]:
    seen, new = {start}, {start}
    while new:
        new = {after for before, _, after in moves(machine) if before in new} - seen
        seen |= new
    return seen


@of_each_machine
def test_every_pair_of_status_and_event_is_in_the_table_or_refused(machine: Machine) -> None:
    for status, event in product(machine.statuses, machine.events):
        if (status, event) in machine.table:
            assert machine.advance(status, event) is machine.table[status, event]
            continue
        with pytest.raises(IllegalTransition, match=f"{status}.*cannot {event}") as refused:
            machine.advance(status, event)
        assert refused.value.data == {"status": status, "event": event}


@of_each_machine
def test_a_terminal_state_is_left_by_undo_alone(machine: Machine) -> None:
    left = {event for before, event, _ in moves(machine) if before in machine.terminal}
    assert left == {machine.undo}


@of_each_machine
def test_undo_leads_from_a_terminal_state_to_a_live_one(machine: Machine) -> None:
    undone = [(before, after) for before, event, after in moves(machine) if event is machine.undo]
    assert all(before in machine.terminal and after not in machine.terminal for before, after in undone)


@of_each_machine
def test_every_state_can_be_reached_and_every_event_is_used(machine: Machine) -> None:
    assert reachable(machine, machine.first) == set(machine.statuses)
    assert {event for _, event, _ in moves(machine)} == set(machine.events)


@of_each_machine
def test_no_live_state_is_a_dead_end(machine: Machine) -> None:
    stuck = [s for s in machine.statuses if not reachable(machine, s) & machine.terminal]
    assert stuck == []


def test_a_touch_in_doubt_or_held_is_never_sent_without_passing_scheduled() -> None:
    intents = {before for before, _, after in moves(MACHINES[1]) if after is TouchStatus.SENDING}
    assert intents == {TouchStatus.SCHEDULED}


def test_a_touch_can_only_become_sent_from_sending_or_by_evidence() -> None:
    sources = {(b, e) for b, e, after in moves(MACHINES[1]) if after is TouchStatus.SENT}
    assert sources == {
        (TouchStatus.SENDING, TouchEvent.ACCEPT),
        (TouchStatus.IN_DOUBT, TouchEvent.PROVE_SENT),
    }


def test_what_was_sent_is_never_undone() -> None:
    assert not [after for before, _, after in moves(MACHINES[1]) if before is TouchStatus.SENT]


@of_each_machine
def test_the_open_and_terminal_properties_agree_with_the_table(machine: Machine) -> None:
    names = {EnrollmentStatus: ("is_live", False), TouchStatus: ("is_terminal", True), TaskStatus: ("is_open", False)}
    name, says_terminal = names[machine.statuses]
    assert {s for s in machine.statuses if getattr(s, name) is says_terminal} == machine.terminal


def diagram(machine: Machine) -> str:
    edges = [f"    {before} --> {after}: {event}" for before, event, after in moves(machine)]
    ends = [f"    {status} --> [*]" for status in machine.statuses if status in machine.terminal]
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {machine.first}", *edges, *ends, "```"]
    return "\n".join([f"## {machine.name}", "", *lines])


def states_page() -> str:
    opening = (
        "# States\n\n"
        "Drawn from the tables in `engine/core/{enrollment,touch,task}.py` by `python -m tests.core.test_states`.\n"
        "What is not drawn raises `IllegalTransition`; `undo` belongs to the rep who gave the outcome, for 5 minutes."
    )
    return "\n\n".join([opening, *map(diagram, MACHINES)]) + "\n"


def test_the_page_about_states_shows_the_tables() -> None:
    drawn = STATES_PAGE.read_text(encoding="utf-8")
    assert drawn == states_page(), "draw it anew: python -m tests.core.test_states"


if __name__ == "__main__":
    STATES_PAGE.write_text(states_page(), encoding="utf-8")
