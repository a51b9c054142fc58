"""One act: a transaction, the instant at which it happens, and who does it. The time is read once per act."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from engine.core.workspace import Workspace
from engine.operations.context import Context
from engine.operations.plans import Plan
from engine.store import locks, trail
from engine.store.connection import Connection

ENGINE = "engine"


@dataclass(frozen=True)
class Act:
    ctx: Context
    connection: Connection
    now: datetime
    actor: str = ENGINE

    @cached_property
    def workspace(self) -> Workspace:
        return self.ctx.shelf.workspace(self.connection)

    def later(self, connection: Connection) -> "Act":
        """The act that ends what this one has begun, by the same workspace."""
        made = replace(self, connection=connection, now=self.ctx.now())
        vars(made)["workspace"] = self.workspace
        return made

    def plan(self, version_id: int) -> Plan:
        return self.ctx.shelf.plan(self.connection, version_id)

    def record(self, action: str, subject: str, subject_id: object, **detail: Any) -> None:
        """The audit row, in the act's own transaction."""
        trail.record(
            self.connection,
            actor=self.actor,
            action=action,
            subject=subject,
            subject_id=subject_id,
            now=self.now,
            **detail,
        )


@contextmanager
def act(ctx: Context, actor: str = ENGINE) -> Iterator[Act]:
    with ctx.database.write() as connection:
        yield Act(ctx, connection, ctx.now(), actor)


@contextmanager
def act_on(ctx: Context, *prospect_ids: int, actor: str = ENGINE) -> Iterator[Act]:
    """An act that holds these people: no send to them is under way while it commits. Raises ProspectBusy."""
    with locks.stopping(ctx.database, prospect_ids, ctx.now, patience=ctx.patience) as connection:
        yield Act(ctx, connection, ctx.now(), actor)
