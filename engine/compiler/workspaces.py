"""`workspace.yaml`: YAML text to `engine.core.workspace.Workspace`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeAlias

from engine.compiler.caps import caps_of, unused_domains
from engine.compiler.document import Path, read_yaml
from engine.compiler.draft import Draft, draft
from engine.compiler.hours import HoursShape, never_open, read_hours
from engine.compiler.leaves import judge_leaves, leave_of
from engine.compiler.lint import NEVER_OPEN
from engine.compiler.outcome_tables import PLAIN_TABLES, judge_rows, missing_rows, overlay
from engine.compiler.problems import MOST_PROBLEMS, Complaint, Problem, reported
from engine.compiler.teams import judge_teams, team_of
from engine.compiler.words import shown
from engine.compiler.workspace_calendars import PlaceNamed, account_calendars, country_of, days_twice, places_named
from engine.compiler.workspace_shape import CapacityShape, RepShape, StageShape, WorkspaceShape
from engine.core.capacity import Capacity, Flood
from engine.core.hours import Hours
from engine.core.leave import LeavePolicy
from engine.core.outcome import OutcomeTables
from engine.core.workspace import Mailbox, Rep, Stage, Workspace

_STAND_INS: dict[str, Any] = {
    "company": "none",
    "postal_address": "none",
    "zone": "UTC",
    "country": "US",
    "locale": "en",
    "hours": {"mon-fri": ["09:00-17:00"]},
    "stages": [{"key": "none", "title": "none"}],
    "outcomes": {},
}


def compile_workspace(text: str, file: str) -> tuple[Workspace | None, tuple[Problem, ...]]:
    drafted = draft_workspace(text, file)
    is_sound = not any(problem.is_error for problem in drafted.problems)
    return drafted.workspace if is_sound else None, drafted.problems


@dataclass(frozen=True, slots=True)
class WorkspaceDraft:
    """The workspace as far as it can be read, good for judging sequences in the same run and nothing else."""

    workspace: Workspace
    problems: tuple[Problem, ...]
    places: tuple[PlaceNamed, ...] = ()


def draft_workspace(text: str, file: str) -> WorkspaceDraft:
    document, unread = read_yaml(text, file)
    if document is None:
        return WorkspaceDraft(stand_in_workspace(), unread)
    drafted = draft(WorkspaceShape, document, _STAND_INS)
    workspace, problems = _judged(drafted)
    found = reported((*unread, *drafted.problems, *problems))
    return WorkspaceDraft(workspace, found, tuple(places_named(drafted)))


def stand_in_workspace() -> Workspace:
    shape = WorkspaceShape.model_validate(_STAND_INS)
    return replace(_workspace(shape, read_hours(shape.hours)[0], PLAIN_TABLES), stages=())


def _judged(drafted: Draft[WorkspaceShape]) -> tuple[Workspace, list[Problem]]:
    shape, document = drafted.shape, drafted.document
    hours, problems = _hours(drafted, drafted.shape.hours, ("hours",))
    for index, rep in drafted.numbered(("reps",), shape.reps):
        if rep.hours is not None:
            problems += _hours(drafted, rep.hours, ("reps", index, "hours"))[1]
    outcomes = overlay(PLAIN_TABLES, shape.outcomes)
    stages = [stage.key for _, stage in drafted.numbered(("stages",), shape.stages)] or None
    problems += islice(judge_rows(drafted, shape.outcomes, outcomes, stages), MOST_PROBLEMS + 1)
    if isinstance(document.data, dict):
        problems += missing_rows(document)
    problems += _repeated(drafted)
    problems += judge_teams(drafted)
    problems += judge_leaves(drafted)
    problems += days_twice(drafted)
    problems += unused_domains(drafted)
    workspace = _workspace(shape, hours, outcomes)
    return (workspace if stages else replace(workspace, stages=())), problems


def _workspace(shape: WorkspaceShape, hours: Hours, outcomes: OutcomeTables) -> Workspace:
    capacity = capacity_from(shape.capacity, Capacity()) if shape.capacity else Capacity()
    return Workspace(
        company=shape.company,
        postal_address=shape.postal_address,
        zone=shape.zone,
        country=shape.country,
        locale=shape.locale,
        hours=hours,
        outcomes=outcomes,
        stages=tuple(_stage(stage) for stage in shape.stages),
        caps=caps_of(shape.caps),
        capacity=capacity,
        reps=tuple(_rep(rep, shape, capacity) for rep in shape.reps),
        teams=tuple(team_of(team) for team in shape.teams),
        website=shape.website,
        region=shape.region,
        closed=tuple(shape.closed),
        extra_workdays=tuple(shape.extra_workdays),
        tracks_clicks=shape.track == "clicks",
        on_leave=LeavePolicy(shape.on_leave),
        holds_unknown_days=shape.unknown_holidays == "hold",
        account_calendars=account_calendars(shape),
    )


def _stage(shape: StageShape) -> Stage:
    return Stage(shape.key, shape.title, shape.blocks_outbound, tuple(shape.aliases))


def capacity_from(shape: CapacityShape, default: Capacity) -> Capacity:
    """What the file leaves out is as in `default`."""
    return Capacity(
        tasks_per_day=default.tasks_per_day if shape.tasks_per_day is None else shape.tasks_per_day,
        minutes_per_day=default.minutes_per_day if shape.minutes_per_day is None else shape.minutes_per_day,
        minutes={**default.minutes, **{str(kind): length for kind, length in (shape.minutes or {}).items()}},
        new_leads_per_day=default.new_leads_per_day if shape.new_leads_per_day is None else shape.new_leads_per_day,
        when_too_many=Flood(shape.when_too_many) if shape.when_too_many else default.when_too_many,
    )


def _rep(shape: RepShape, workspace: WorkspaceShape, capacity: Capacity) -> Rep:
    return Rep(
        key=shape.key,
        name=shape.name,
        email=shape.email,
        team=shape.team,
        zone=shape.zone or workspace.zone,
        locale=shape.locale or workspace.locale,
        title=shape.title,
        phone=shape.phone,
        aliases=tuple(shape.aliases),
        mailboxes=tuple(Mailbox(each.address, each.display_name, each.signature) for each in shape.mailboxes),
        capacity=capacity_from(shape.capacity, capacity) if shape.capacity else None,
        country=country_of(shape, workspace),
        region=shape.region,
        hours=read_hours(shape.hours)[0] if shape.hours else None,
        leave=tuple(leave_of(one) for one in shape.leave),
        leaves_to=shape.leaves_to,
    )


def _hours(drafted: Draft[WorkspaceShape], shape: HoursShape, at: Path) -> tuple[Hours, list[Problem]]:
    hours, complaints = read_hours(shape)
    document = drafted.document
    problems = [document.problem((*at, *path), complaint) for path, complaint in complaints]
    if drafted.is_intact(*at) and never_open(hours):
        problems.append(document.problem(at, NEVER_OPEN, at_key=True))
    return hours, problems


# Who is named, where, and by which word: two of a kind must not share one.
_Naming: TypeAlias = Iterator[tuple[Path, Path, str]]


def _repeated(drafted: Draft[WorkspaceShape]) -> Iterator[Problem]:
    namings = (
        _calendar_keys,
        _calendar_accounts,
        _stage_keys,
        _stage_names,
        _rep_keys,
        _rep_addresses,
        _rep_aliases,
        _mailboxes,
        _team_keys,
    )
    for naming in namings:
        owners: dict[str, Path] = {}
        for owner, path, word in naming(drafted):
            if owners.setdefault(word.casefold(), owner) != owner:
                yield drafted.document.problem(path, _taken(word))


def _taken(word: str) -> Complaint:
    return Complaint("duplicate-name", f"{shown(word)} is taken", "a word that nothing else goes by", "write another")


def _calendar_keys(drafted: Draft[WorkspaceShape]) -> _Naming:
    for index, calendar in drafted.numbered(("calendars",), drafted.shape.calendars):
        yield ("calendars", index), ("calendars", index, "key"), calendar.key


def _calendar_accounts(drafted: Draft[WorkspaceShape]) -> _Naming:
    for index, calendar in drafted.numbered(("calendars",), drafted.shape.calendars):
        here: Path = ("calendars", index)
        for number, domain in drafted.numbered((*here, "accounts"), calendar.accounts):
            yield here, (*here, "accounts", number), domain


def _stage_keys(drafted: Draft[WorkspaceShape]) -> _Naming:
    for index, stage in drafted.numbered(("stages",), drafted.shape.stages):
        yield ("stages", index), ("stages", index, "key"), stage.key


def _stage_names(drafted: Draft[WorkspaceShape]) -> _Naming:
    for index, stage in drafted.numbered(("stages",), drafted.shape.stages):
        here: Path = ("stages", index)
        yield here, (*here, "title"), stage.title
        for number, alias in drafted.numbered((*here, "aliases"), stage.aliases):
            yield here, (*here, "aliases", number), alias


def _rep_keys(drafted: Draft[WorkspaceShape]) -> _Naming:
    for index, rep in drafted.numbered(("reps",), drafted.shape.reps):
        yield ("reps", index), ("reps", index, "key"), rep.key


def _rep_addresses(drafted: Draft[WorkspaceShape]) -> _Naming:
    for index, rep in drafted.numbered(("reps",), drafted.shape.reps):
        yield ("reps", index), ("reps", index, "email"), rep.email


def _rep_aliases(drafted: Draft[WorkspaceShape]) -> _Naming:
    for index, rep in drafted.numbered(("reps",), drafted.shape.reps):
        for number, alias in drafted.numbered(("reps", index, "aliases"), rep.aliases):
            yield ("reps", index), ("reps", index, "aliases", number), alias


def _mailboxes(drafted: Draft[WorkspaceShape]) -> _Naming:
    for index, rep in drafted.numbered(("reps",), drafted.shape.reps):
        for number, mailbox in drafted.numbered(("reps", index, "mailboxes"), rep.mailboxes):
            here: Path = ("reps", index, "mailboxes", number)
            yield here, (*here, "address"), mailbox.address


def _team_keys(drafted: Draft[WorkspaceShape]) -> _Naming:
    for index, team in drafted.numbered(("teams",), drafted.shape.teams):
        yield ("teams", index), ("teams", index, "key"), team.key
