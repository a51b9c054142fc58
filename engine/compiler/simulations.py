"""A simulation file: YAML text to its shape, or everything that is wrong with it at once."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from engine.compiler.document import Document, Path, read_yaml
from engine.compiler.draft import Draft, draft
from engine.compiler.problems import Complaint, Problem, did_you_mean, listed, reported
from engine.compiler.simulation_shape import SimulationShape
from engine.compiler.words import shown
from engine.compiler.workspace_calendars import PlaceNamed
from engine.core.workspace import Workspace

_STAND_INS: dict[str, Any] = {"simulation": "unnamed", "leads": [{"sequence": "none", "people": 1}]}


@dataclass(frozen=True, slots=True)
class ReadSimulation:
    """`shape` is None when a problem is an error; `places` are where holidays are asked for."""

    shape: SimulationShape | None
    problems: tuple[Problem, ...]
    places: tuple[PlaceNamed, ...] = ()


def is_simulation(document: Document | None) -> bool:
    return document is not None and isinstance(document.data, dict) and "simulation" in document.data


def read_simulation(text: str, file: str, workspace: Workspace, sequences: Collection[str]) -> ReadSimulation:
    """`sequences` are the keys of those that there are, drafts included."""
    document, unread = read_yaml(text, file)
    if document is None:
        return ReadSimulation(None, unread)
    drafted = draft(SimulationShape, document, _STAND_INS)
    judged = (*_leads(drafted, workspace, sequences), *_reps(drafted, workspace), *_rates(drafted, workspace))
    problems = reported((*unread, *drafted.problems, *judged))
    is_sound = not any(problem.is_error for problem in problems)
    return ReadSimulation(drafted.shape if is_sound else None, problems, tuple(_places(drafted)))


def _leads(drafted: Draft[SimulationShape], workspace: Workspace, sequences: Collection[str]) -> Iterator[Problem]:
    document, works = drafted.document, _working(drafted.shape, workspace)
    for index, group in drafted.numbered(("leads",), drafted.shape.leads):
        here: Path = ("leads", index)
        if group.sequence not in sequences:
            yield document.problem((*here, "sequence"), _unknown("sequence", group.sequence, sequences))
        if (group.people is None) == (group.per_day is None) and drafted.is_intact(*here):
            yield document.problem(here, _HOW_MANY)
        for number, rep in drafted.numbered((*here, "reps"), group.reps or []):
            if rep not in works:
                yield document.problem((*here, "reps", number), _unknown("rep", rep, works))


_HOW_MANY = Complaint("how-many", "how many people come must be said once", "people or per_day", "write one of them")


def _working(shape: SimulationShape, workspace: Workspace) -> list[str]:
    if shape.standard_reps is not None:
        return [f"rep-{number}" for number in range(1, shape.standard_reps + 1)]
    return shape.reps or [rep.key for rep in workspace.reps if rep.leaves_to is None]


def _reps(drafted: Draft[SimulationShape], workspace: Workspace) -> Iterator[Problem]:
    shape, document = drafted.shape, drafted.document
    known = [rep.key for rep in workspace.reps if rep.leaves_to is None]
    for number, rep in drafted.numbered(("reps",), shape.reps or []):
        if rep not in known:
            yield document.problem(("reps", number), _unknown("rep", rep, known))
    if shape.reps is not None and shape.standard_reps is not None:
        yield document.problem(("standard_reps",), _WHO_WORKS, at_key=True)


_WHO_WORKS = Complaint(
    "who-works", "it is said twice who works", "reps of workspace.yaml or standard_reps", "delete one of the two"
)


def _rates(drafted: Draft[SimulationShape], workspace: Workspace) -> Iterator[Problem]:
    """Outcomes are those of the workspace's tables, and something of a kind has to come of it."""
    for audience, rates in (drafted.shape.rates or {}).items():
        for kind, weights in (rates.outcomes or {}).items():
            path: Path = ("rates", audience, "outcomes", kind)
            known = workspace.outcomes.get(kind, {})
            for outcome in weights:
                if outcome not in known:
                    complaint = _unknown("outcome", outcome, known)
                    yield drafted.document.problem((*path, outcome), complaint, at_key=True)
            if not any(weights.values()):
                yield drafted.document.problem(path, _NOTHING, at_key=True)


_NOTHING = Complaint("no-weight", "nothing ever comes of it", "a weight above 0", "give one of its outcomes a weight")


def _places(drafted: Draft[SimulationShape]) -> Iterator[PlaceNamed]:
    document = drafted.document
    for index, group in drafted.numbered(("leads",), drafted.shape.leads):
        for number, place in drafted.numbered(("leads", index, "where"), group.where or []):
            path: Path = ("leads", index, "where", number)
            if place.country is not None:
                marks = document.mark((*path, "country")), document.mark((*path, "region"))
                yield PlaceNamed(document.file, place.country, place.region, *marks)


def _unknown(kind: str, word: str, known: Collection[str]) -> Complaint:
    advice = did_you_mean(word, known, f"name a {kind} that there is")
    return Complaint(f"unknown-{kind}", f"there is no {kind} {shown(word)}", listed(sorted(known)), advice)
