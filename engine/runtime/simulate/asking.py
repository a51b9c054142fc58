"""What is typed, as what a simulation file would ask for."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine.compiler import SimulationShape
from engine.compiler.problems import did_you_mean
from engine.compiler.simulation_shape import MOST_STANDARD_REPS
from engine.compiler.workspace_shape import CapacityShape
from engine.core.errors import BadInput, NotFound
from engine.operations.simulating.simulate import Material
from engine.operations.simulating.staging import sustained_a_day

SUFFIXES = (".yaml", ".yml")
_DIGITS = 20  # of a number that is too large anyway


@dataclass(frozen=True, slots=True)
class Typed:
    """None is what was not typed. `reps` are keys, or one number of standard reps."""

    people: int | None = None
    per_day: int | None = None
    start: str | None = None
    days: int | None = None
    seed: int | None = None
    plan: str | None = None
    no_stops: bool = False
    reps: tuple[str, ...] = ()
    tasks: int | None = None
    minutes: int | None = None

    def changes(self, usual: CapacityShape | None) -> dict[str, Any]:
        """Over what a file says, by the names of the shape's fields."""
        found: dict[str, Any] = {"from_": self.start, "days": self.days, "seed": self.seed, "plan": self.plan}
        if self.no_stops:
            found["stops"] = False
        if self.reps:
            found |= _working(self.reps)
        limits = {"tasks_per_day": self.tasks, "minutes_per_day": self.minutes}
        known = {name: limit for name, limit in limits.items() if limit is not None}
        if known:
            found["capacity"] = (usual or CapacityShape()).model_copy(update=known)
        return {name: value for name, value in found.items() if value is not None} | _cleared(found)


def _working(reps: tuple[str, ...]) -> dict[str, Any]:
    words = [word for text in reps for word in text.split(",") if word]
    if len(words) == 1 and words[0].isdecimal():
        return {"standard_reps": _many(words[0]), "reps": None}
    return {"reps": words, "standard_reps": None}


def _many(word: str) -> int:
    many = int(word[:_DIGITS])
    if not 1 <= many <= MOST_STANDARD_REPS:
        raise BadInput(f"--reps {word[:_DIGITS]}: a team of standard reps has 1 to {MOST_STANDARD_REPS}")
    return many


def _cleared(found: dict[str, Any]) -> dict[str, Any]:
    """Whoever names one kind of reps takes the other back."""
    return {name: found[name] for name in ("reps", "standard_reps") if name in found}


def is_file(what: str) -> bool:
    return what.endswith(SUFFIXES) or Path(what).is_file()


def for_sequence(key: str, typed: Typed, material: Material, today: date) -> SimulationShape:
    """One group of leads; where nothing says how many, one for each rep, with as many a day as the rep sustains.

    Raises NotFound for a sequence, and BadInput for reps, that there are not.
    """
    if key not in material.sequences:
        raise NotFound(f"there is no sequence {key}; {_nearest(key, material.sequences)}")
    if typed.people is not None and typed.per_day is not None:
        raise BadInput("say --people or --per-day, not both")
    group = {"sequence": key, "people": typed.people, "per_day": typed.per_day}
    asked = SimulationShape.model_validate({"simulation": key, "leads": [group]})
    asked = with_typed(asked, typed, material)
    if typed.people is None and typed.per_day is None:
        paces = sustained_a_day(material.workspace, material.sequences, asked, today)
        (all_of_them,) = asked.leads
        each = [all_of_them.model_copy(update={"per_day": many, "reps": [rep]}) for rep, many in paces.items()]
        asked = asked.model_copy(update={"leads": each})
    return asked


def with_typed(asked: SimulationShape, typed: Typed, material: Material) -> SimulationShape:
    """What is typed goes before what the file says. Raises BadInput for reps that there are not."""
    changed = asked.model_copy(update=typed.changes(asked.capacity))
    known = {rep.key for rep in material.workspace.reps if rep.leaves_to is None}
    for rep in changed.reps or ():
        if rep not in known:
            raise BadInput(f"there is no rep {rep}; {_nearest(rep, known)}")
    return changed


def _nearest(word: str, known: Any) -> str:
    return did_you_mean(word, known, f"there are {', '.join(sorted(known))}")
