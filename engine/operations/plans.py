"""Deployed versions and the workspace as values, built once and kept: a version never changes."""

from collections import defaultdict
from dataclasses import dataclass, replace

import orjson

from engine.core.codec import from_json
from engine.core.errors import BadInput
from engine.core.leave import Leave, LeavePolicy
from engine.core.sequence import Sequence
from engine.core.workspace import Workspace
from engine.messages.rendering import Templates
from engine.store import leaves, plans
from engine.store.connection import Connection, Record


@dataclass(frozen=True, slots=True)
class Plan:
    """A deployed sequence version, ready to run."""

    version_id: int
    number: int
    sequence: Sequence
    templates: Templates


class PlanShelf:
    """Caches plans by version id, the workspace by its hash and the revision of the leave."""

    def __init__(self) -> None:
        self._plans: dict[int, Plan] = {}
        self._workspace: tuple[tuple[str, str] | None, Workspace] | None = None

    def plan(self, connection: Connection, version_id: int) -> Plan:
        if version_id not in self._plans:
            row = plans.version(connection, version_id)
            templates = Templates(orjson.loads(row.templates))
            self._plans[version_id] = Plan(version_id, row.number, from_json(Sequence, row.definition), templates)
        return self._plans[version_id]

    def live_plan(self, connection: Connection, key: str) -> Plan:
        """Raises NotFound for a sequence that was never applied."""
        return self.plan(connection, plans.live_version_id(connection, key))

    def workspace(self, connection: Connection) -> Workspace:
        """Its reps have all their leave, that which was entered beside the file too. Raises BadInput before the first
        `touchline apply`.
        """
        state = plans.workspace_state(connection)
        if self._workspace is None or self._workspace[0] != state:
            self._workspace = (state, _with_leave(written_workspace(connection), connection))
        return self._workspace[1]


def written_workspace(connection: Connection) -> Workspace:
    """As the file has it: of leave, only what stands there. Raises BadInput before the first `touchline apply`."""
    row = plans.workspace_row(connection)
    if row is None:
        raise BadInput("no workspace has been applied yet; run `touchline apply sequences/` first")
    return from_json(Workspace, row.definition)


def _with_leave(found: Workspace, connection: Connection) -> Workspace:
    away: dict[str, list[Leave]] = defaultdict(list)
    for row in leaves.unfinished(connection):
        if row.cancelled_at is None:
            away[row.rep_key].append(leave_of(row))
    return replace(found, reps=tuple(replace(rep, leave=tuple(away[rep.key])) for rep in found.reps))


def leave_of(row: Record) -> Leave:
    """`row` is read by `store.leaves`."""
    return Leave(row.first_day, row.last_day, LeavePolicy(row.policy), row.to_key)
