"""Somebody in the sequence that tries one verb, and what an outcome did to them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from engine.core.outcome import Answer
from engine.core.sequence import Verb
from engine.operations.act import act as begin
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.tasks.work_task import By, complete
from engine.store import people, tables
from engine.store.connection import Record
from tests.support.stage import Stage
from tests.support.world import World

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)  # ten in the morning in New York
REP = "tom-lee"

# What every outcome that asks for more is given.
SAID: dict[str, Any] = {
    "at": datetime(2026, 3, 5, 20, tzinfo=UTC),
    "date": "2026-09-01",
    "reason": "no budget this year",
    "name": "Grace Field",
    "note": "asks for Ms Field",
}


@dataclass
class Trial:
    """One prospect whose first task is open; `triage` is a reply that waits to be read."""

    world: World
    person: int

    @classmethod
    def of(cls, stage: Stage, verb: str, **person: Any) -> "Trial":
        world = stage.world(MONDAY)
        known: dict[str, Any] = {"email": "ada@example.com", "phone": "+12125550100", "wechat": "ada-w"} | person
        who = world.add_prospect(zone="America/New_York", zone_origin="own", country="US", stage="new", **known)
        made = cls(world, who)
        step_verb = "call" if verb == "triage" else verb
        if step_verb == Verb.WECHAT_MESSAGE.value:
            made.befriend()
        world.enroll(f"try-{step_verb.replace('_', '-')}", who, rep=REP)
        world.tick()
        if verb == "triage":
            ingest(world.ctx, Inbound("replied", who, world.clock(), "reply-1", body={"text": "Yes?"}))
        return made

    def befriend(self) -> None:
        (rep,) = self.world.rows("rep", key=REP)
        with begin(self.world.ctx) as act:
            people.set_relation(
                act.connection, self.person, kind="wechat", our_account=str(rep.id), state="accepted", now=act.now
            )

    def change(self, table: str, row_id: int, **values: Any) -> None:
        """What somebody else changed meanwhile."""
        changed = getattr(tables, table)
        with self.world.ctx.database.write() as connection:
            connection.execute(update(changed).where(changed.c.id == row_id).values(**values))

    def task(self, kind: str | None = None) -> Record:
        """The open task, of that kind if there are several."""
        found = [row for row in self.world.rows("task", prospect_id=self.person) if row.status == "open"]
        return next(row for row in found if kind in (None, row.kind))

    def give(self, outcome: str, kind: str | None = None, **said: Any) -> Record:
        return complete(self.world.ctx, By(self.task(kind).id, REP), Answer(outcome, **said))

    @property
    def prospect(self) -> Record:
        return self.world.rows("prospect", id=self.person)[0]

    @property
    def enrollment(self) -> Record:
        """The one that is tried."""
        return self.world.rows("enrollment", prospect_id=self.person)[0]

    @property
    def suppressed(self) -> set[tuple[str, str]]:
        return {(row.scope, row.channel) for row in self.world.rows("suppression", lifted_at=None)}

    @property
    def relations(self) -> dict[str, str]:
        return {row.kind: row.state for row in self.world.rows("relation")}

    @property
    def open_kinds(self) -> list[str]:
        return sorted(row.kind for row in self.world.rows("task") if row.status == "open")

    def touches(self, step: str) -> list[Record]:
        return self.world.rows("touch", enrollment_id=self.enrollment.id, step=step)
