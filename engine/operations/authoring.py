"""Files become deployed versions: everything is applied, or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

import orjson

from engine.core.codec import digest, to_json
from engine.core.errors import EngineError
from engine.core.sequence import Sequence
from engine.core.workspace import Rep, Workspace
from engine.messages.contract import outcome_ref
from engine.operations import leaves
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.lifecycle.leavers import hand_over_due
from engine.operations.validating import Checked, Finding, Project, Texts, validate
from engine.store import newcomers, plans

Tell = Callable[[tuple[Finding, ...]], None]


@dataclass(frozen=True, slots=True)
class Change:
    """`kind` is new, changed or same; `live` counts the enrollments that stay on the version they have."""

    key: str
    kind: str
    live: int = 0


class Invalid(EngineError):
    """The files have errors; nothing was applied."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings=findings)
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply changed: the new version number by sequence key; the others are as they were."""

    versions: Mapping[str, int] = field(default_factory=dict)
    unchanged: tuple[str, ...] = ()
    is_workspace_changed: bool = False


def apply(
    ctx: Context, project: Project, *, actor: str, file_of_templates: str = "templates", tell: Tell | None = None
) -> Applied:
    """Deploys the workspace and every sequence in one transaction. Raises Invalid when anything has an error that is
    deployed; `tell` hears of the others.

    Live enrollments stay on the version they began with.
    """
    workspace, checked = _sound(ctx, project, file_of_templates, tell)
    with begin(ctx, actor) as act:
        changed = _save_workspace(act, workspace)
        numbers = {
            sequence.key: _save_sequence(act, sequence, source, project.templates)
            for sequence, source in checked.compiled
        }
    hand_over_due(ctx)
    new = {key: number for key, number in numbers.items() if number is not None}
    return Applied(new, tuple(key for key in numbers if key not in new), changed)


def _sound(ctx: Context, project: Project, file_of_templates: str, tell: Tell | None) -> tuple[Workspace, Checked]:
    checked = validate(project, ctx.now().date(), file_of_templates)
    if checked.blocking or checked.workspace is None:
        raise Invalid(checked.errors)
    if tell is not None:
        tell(checked.errors_aside)
    return checked.workspace, checked


def plan(
    ctx: Context, project: Project, *, file_of_templates: str = "templates", tell: Tell | None = None
) -> tuple[Change, ...]:
    """What `apply` would change. Raises Invalid as it does."""
    workspace, checked = _sound(ctx, project, file_of_templates, tell)
    with ctx.database.read() as connection:
        known = {row.key: row.hash for row in plans.sequences(connection)}
        live = plans.live_counts(connection)
        row = plans.workspace_row(connection)
    hashes = {sequence.key: _packed(sequence, project.templates).digest for sequence, _ in checked.compiled}
    own = Change("workspace", _kind(row.hash if row else None, digest(to_json(workspace))))
    changes = (Change(key, _kind(known.get(key), hashed), live.get(key, 0)) for key, hashed in hashes.items())
    return (own, *changes)


def _kind(before: str | None, after: str) -> str:
    if before is None:
        return "new"
    return "same" if before == after else "changed"


def _save_workspace(act: Act, workspace: Workspace) -> bool:
    definition = to_json(workspace)
    changed = plans.save_workspace(act.connection, definition=definition, digest=digest(definition), now=act.now)
    if not changed:
        return False
    for team, reps in groupby(sorted(workspace.reps, key=lambda rep: rep.team), key=lambda rep: rep.team):
        team_id = plans.save_team(act.connection, team)
        for rep in reps:
            _save_rep(act, rep, team_id)
    staying = [rep for rep in workspace.reps if rep.leaves_to is None]
    addresses = [mailbox.address for rep in staying for mailbox in rep.mailboxes]
    plans.retire_others(act.connection, rep_keys=[rep.key for rep in staying], addresses=addresses)
    for rep in workspace.reps:
        if rep.leaves_to is not None:
            plans.name_successor(act.connection, rep.key, rep.leaves_to)
    leaves.take_over(act, workspace)
    newcomers.plan_anew(act.connection, act.now)
    act.record("apply", "workspace", 1, hash=digest(definition))
    return True


def _save_rep(act: Act, rep: Rep, team_id: int) -> None:
    named = {name: getattr(rep, name) for name in ("name", "email", "zone", "locale", "title", "phone")}
    aliases = list(rep.aliases)
    rep_id = plans.save_rep(act.connection, rep.key, team_id=team_id, aliases=aliases, **named)
    for mailbox in rep.mailboxes:
        values = {"rep_id": rep_id, "display_name": mailbox.display_name, "signature": mailbox.signature}
        plans.save_mailbox(act.connection, mailbox.address, is_active=True, **values)


@dataclass(frozen=True, slots=True)
class _Packed:
    """A sequence version as it is stored; its digest is its identity."""

    definition: str
    templates: str

    @property
    def digest(self) -> str:
        return digest(self.definition, self.templates)


def _packed(sequence: Sequence, templates: Texts) -> _Packed:
    texts = orjson.dumps(_texts_of(sequence, templates), option=orjson.OPT_SORT_KEYS).decode()
    return _Packed(to_json(sequence), texts)


def _save_sequence(act: Act, sequence: Sequence, source: str, templates: Texts) -> int | None:
    """The version's number, None where it is live already."""
    packed = _packed(sequence, templates)
    number = plans.save_version(
        act.connection,
        {"key": sequence.key, "title": sequence.title, "audience": sequence.audience.kind.value},
        digest=packed.digest,
        now=act.now,
        definition=packed.definition,
        templates=packed.templates,
        source=source,
        actor=act.actor,
    )
    if number is not None:
        act.record("apply", "sequence", sequence.key, version=number)
    return number


def _texts_of(sequence: Sequence, templates: Texts) -> dict[str, Mapping[str, Mapping[str, str]]]:
    """The templates that this sequence can need, those of its outcomes included."""
    refs = {step.use for step in sequence.steps if step.use}
    refs |= {sequence.acknowledge.use} if sequence.acknowledge else set()
    refs |= {outcome_ref(name) for table in sequence.outcomes.values() for name, row in table.items() if row.add}
    return {ref: templates[ref] for ref in sorted(refs) if ref in templates}
