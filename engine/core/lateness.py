"""Who takes late work over, and who hears of it: what `if_late: reassign` and `escalate` come to. Pure."""

from collections.abc import Collection, Mapping

from engine.core.sequence import MANAGER, IfLate
from engine.core.workspace import Workspace


def who_takes_over(if_late: IfLate, rep: str, *, workspace: Workspace, open_tasks: Mapping[str, int]) -> str | None:
    """The rep who is named; else whoever of the team has the fewest open tasks, by key where two have as few.

    `open_tasks` names everybody who is there; the rep who is late is no choice. None where nobody is left.
    """
    if if_late.to is not None:
        return _other(_named(if_late.to, rep, workspace), rep, open_tasks)
    team = next((one.team for one in workspace.reps if one.key == rep), None)
    others = [one.key for one in workspace.reps if one.team == team and one.key != rep and one.key in open_tasks]
    return min(others, key=lambda key: (open_tasks[key], key), default=None)


def who_hears(if_late: IfLate, rep: str, *, workspace: Workspace, present: Collection[str]) -> str | None:
    """The rep who is named, else the manager of the team of the rep who is late. None where nobody is there to tell."""
    return _other(_named(if_late.to or MANAGER, rep, workspace), rep, present)


def _named(to: str, rep: str, workspace: Workspace) -> str | None:
    return workspace.manager_of(rep) if to == MANAGER else to


def _other(found: str | None, rep: str, present: Collection[str]) -> str | None:
    return found if found != rep and found in present else None
