"""Who takes late work over, and who hears of it: what `if_late: reassign` and `escalate` come to. Pure."""

from collections.abc import Mapping

from engine.core.sequence import MANAGER, IfLate
from engine.core.workspace import Workspace


def who_takes_over(if_late: IfLate, rep: str, *, workspace: Workspace, open_tasks: Mapping[str, int]) -> str | None:
    """The rep who is named; where none is, or that one is not there, whoever of the team has the fewest open tasks, by
    key where two have as few.

    `open_tasks` names everybody who is there; the rep who is late is no choice. None where nobody is left.
    """
    if if_late.to is not None:
        named = _named(if_late.to, rep, workspace)
        if named is None or named == rep or named in open_tasks:
            return named if named != rep else None
    team = next((one.team for one in workspace.reps if one.key == rep), None)
    others = [one.key for one in workspace.reps if one.team == team and one.key != rep and one.key in open_tasks]
    return min(others, key=lambda key: (open_tasks[key], key), default=None)


def who_hears(if_late: IfLate, rep: str, *, workspace: Workspace) -> str | None:
    """The rep who is named, else the manager of the team of the rep who is late; whoever stands in for one who is away
    or has left hears instead. None where that would be the rep who is late.
    """
    named = _named(if_late.to or MANAGER, rep, workspace)
    return named if named != rep else None


def _named(to: str, rep: str, workspace: Workspace) -> str | None:
    return workspace.manager_of(rep) if to == MANAGER else to
