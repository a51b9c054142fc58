"""Deployed versions and the workspace as values, built once and kept: a version never changes."""

from dataclasses import dataclass

import orjson

from engine.core.codec import from_json
from engine.core.errors import BadInput
from engine.core.sequence import Sequence
from engine.core.workspace import Workspace
from engine.messages.rendering import Templates
from engine.store import plans
from engine.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Plan:
    """A deployed sequence version, ready to run."""

    version_id: int
    number: int
    sequence: Sequence
    templates: Templates


class PlanShelf:
    """Caches plans by version id, the workspace by its hash."""

    def __init__(self) -> None:
        self._plans: dict[int, Plan] = {}
        self._workspace: tuple[str, Workspace] | None = None

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
        """Raises BadInput before the first `touchline apply`."""
        digest = plans.workspace_hash(connection)
        if self._workspace is None or self._workspace[0] != digest:
            row = plans.workspace_row(connection)
            if row is None:
                raise BadInput("no workspace has been applied yet; run `touchline apply sequences/` first")
            self._workspace = (row.hash, from_json(Workspace, row.definition))
        return self._workspace[1]
