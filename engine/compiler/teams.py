"""Teams of a workspace and who leads them."""

from collections.abc import Iterator

from engine.compiler.draft import Draft
from engine.compiler.problems import Complaint, Problem, did_you_mean, listed
from engine.compiler.words import shown
from engine.compiler.workspace_shape import TeamShape, WorkspaceShape
from engine.core.workspace import Team


def team_of(shape: TeamShape) -> Team:
    return Team(shape.key, shape.manager)


def judge_teams(drafted: Draft[WorkspaceShape]) -> Iterator[Problem]:
    """Teams are those of the reps, and a manager is one of the reps."""
    if not drafted.is_intact("reps"):
        return
    keys, teams = ({getattr(rep, name) for rep in drafted.shape.reps} for name in ("key", "team"))
    for index, team in drafted.numbered(("teams",), drafted.shape.teams):
        if team.key not in teams:
            yield drafted.document.problem(("teams", index, "key"), _nobodys_team(team.key, teams))
        if team.manager not in keys:
            yield drafted.document.problem(("teams", index, "manager"), _unknown_rep(team.manager, keys))


def _nobodys_team(key: str, known: set[str]) -> Complaint:
    advice = did_you_mean(key, known, "write the team beside a rep, or leave it out here")
    return Complaint("unknown-team", f"no rep is in a team {shown(key)}", listed(sorted(known)), advice)


def _unknown_rep(key: str, known: set[str]) -> Complaint:
    advice = did_you_mean(key, known, "name one of the reps")
    return Complaint("unknown-rep", f"there is no rep {shown(key)}", listed(sorted(known)), advice)
