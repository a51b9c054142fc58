"""A simulation, played from the files of a project: what is in the database is neither read nor touched."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.compiler import SimulationShape, read_simulation
from engine.core.sequence import Sequence as Plan
from engine.core.workspace import Workspace
from engine.operations.days.holidays_known import holiday_problems
from engine.operations.simulating.figures import Figures, figures_of
from engine.operations.simulating.staging import first_day, script_of
from engine.operations.validating import Checked, Finding, found_in
from engine.simulation.play import play
from engine.simulation.rates import Rates
from engine.simulation.script import Plan as PlanKind
from engine.simulation.script import Script
from engine.simulation.tally import Tally

Tell = Callable[[datetime], None]
Player = Callable[[Script, Tell | None], Tally]


def in_one_piece(script: Script, tell: Tell | None = None) -> Tally:
    return play(script, tell).tally


@dataclass(frozen=True, slots=True)
class Simulated:
    """`control` are the same leads by the other plan, where that was asked for. `rates` are by audience."""

    figures: Figures
    control: Figures | None
    rates: Mapping[str, Rates]


@dataclass(frozen=True, slots=True)
class Material:
    """What is simulated: a workspace, and its sequences and drafts by key."""

    workspace: Workspace
    sequences: Mapping[str, Plan]


def material_of(checked: Checked) -> Material | None:
    """None for files with errors; those of another simulation or draft are none of it."""
    if checked.workspace is None or checked.blocking:
        return None
    sequences = (*(sequence for sequence, _ in checked.compiled), *checked.drafts)
    return Material(checked.workspace, {sequence.key: sequence for sequence in sequences})


def read(text: str, file: str, material: Material, today: date) -> tuple[SimulationShape | None, tuple[Finding, ...]]:
    """What a simulation file asks for, None where it has an error."""
    found = read_simulation(text, file, material.workspace, material.sequences.keys())
    problems = (*found.problems, *(one for one in holiday_problems(found.places, (), today) if one.is_error))
    is_sound = not any(problem.is_error for problem in problems)
    return found.shape if is_sound else None, tuple(map(found_in, problems))


def simulate(
    material: Material,
    asked: SimulationShape,
    today: date,
    *,
    with_control: bool = False,
    tell: Tell | None = None,
    player: Player = in_one_piece,
) -> Simulated:
    """The same files and numbers always give the same figures. `tell` hears how far each play is."""
    script = script_of(material.workspace, material.sequences, asked, today)
    first = first_day(asked, today)

    def played(one: Script) -> Figures:
        return figures_of(one, player(one, tell), first, asked)

    figures = played(script)
    control = played(replace(script, plan=_OTHER[script.plan])) if with_control else None
    return Simulated(figures, control, {kind.value: rates for kind, rates in script.rates.items()})


_OTHER = {PlanKind.ENGINE: PlanKind.FIXED, PlanKind.FIXED: PlanKind.ENGINE}
