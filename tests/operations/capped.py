"""Worlds whose caps a test sets, and a sequence that is held up by nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import update

from engine.core.codec import digest, to_json
from engine.core.workspace import Caps, Workspace
from engine.operations import authoring
from engine.operations.validating import Project
from engine.store import plans, tables
from tests.support.databases import migrate
from tests.support.world import World, open_world, shipped_project

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # Wednesday
APPLIED = datetime(2026, 1, 5, tzinfo=UTC)
WIDE = """\
sequence: wide
title: Wide
formula: 5x2x5
audience: {kind: outbound, locales: [en]}
schedule:
  days: calendar
  hours: {mon-sun: ["00:00-23:59"]}
  call_hours: {mon-sun: ["00:00-23:59"]}
again: always
steps:
  - {key: first, day: 1, do: email, use: outbound/intro}
  - {key: ring, day: 2, do: call, use: outbound/call-1}
  - {key: second, day: 3, do: email, use: outbound/proof}
  - {key: ring-again, day: 4, do: call, use: outbound/call-2}
  - {key: third, day: 5, do: email, use: outbound/proof}
"""
# Nothing limits but what a test sets.
OPEN = Caps(
    mailbox_per_day=1_000, mailbox_start=1_000, mailbox_gap=0, mailbox_per_hour=None, guessed_share=1,
    person_per_day=None, account_people_per_day=None, account_active=None,
)  # fmt: skip
_names = count()


def fill(url: str) -> None:
    migrate(url)
    world = open_world(url, Path(), APPLIED, transports={})
    shipped = shipped_project()
    kept = {name: text for name, text in shipped.sequences.items() if name.startswith("policies/")}
    names = ("workspace.yaml", "call-in-15.yaml", "nurture.yaml")
    files = kept | {name: shipped.sequences[name] for name in names} | {"wide.yaml": WIDE}
    authoring.apply(world.ctx, Project(files, shipped.templates), actor="test")
    world.ctx.database.close()


def set_caps(world: World, **changes: Any) -> None:
    """To these, and OPEN for the rest."""
    set_workspace(world, replace(world.ctx.workspace(), caps=replace(OPEN, **changes)))


def set_workspace(world: World, workspace: Workspace) -> None:
    definition = to_json(workspace)
    with world.ctx.database.write() as connection:
        plans.save_workspace(connection, definition=definition, digest=digest(definition), now=world.clock())


def person(world: World, *, colleague_of: int | None = None, quality: str = "verified", **values: Any) -> int:
    """Somebody new, at a company of their own or at that of a colleague."""
    name = f"P{next(_names)}"
    made = world.add_prospect(name, email=f"{name}@{name}.example", zone="UTC", zone_origin="own", **values)
    with world.ctx.database.write() as connection:
        theirs = update(tables.address).where(tables.address.c.prospect_id == made)
        connection.execute(theirs.values(quality=quality))
        if colleague_of is not None:
            (colleague,) = world.rows("prospect", id=colleague_of)
            mine = update(tables.prospect).where(tables.prospect.c.id == made)
            connection.execute(mine.values(account_id=colleague.account_id))
    return made
