"""Whom the bench writes to: a database with people who are each owed one mail and one SMS, at any hour."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.operations.validating import Project
from engine.store import consents
from tests.faults.clocks import NOON
from tests.support.databases import migrate
from tests.support.world import make_world, shipped_project

_SEQUENCE = """\
sequence: bench
title: Bench
formula: 2x2x2
audience: {kind: inbound, locales: [en], sources: [web_form]}
schedule:
  days: calendar
  hours: {mon-sun: ["00:00-23:59"]}
  call_hours: {mon-sun: ["00:00-23:59"]}
  zone: prospect
respond_within: 5m
acknowledge: {do: email, use: call-in/received}
again: always
steps:
  - {key: text, day: 1, do: sms, use: bench/text}
  - {key: call, day: 2, do: call, use: call-in/call-back}
on_exhausted: {start: nurture, reason: not_reached}
"""
_TEXT = "Hello {{ prospect.name }}, this is {{ rep.name }} of {{ company.name }}. Reply STOP to opt out."


def bench_project() -> Project:
    shipped = shipped_project()
    kept = ("workspace.yaml", "nurture.yaml")
    files = {name: text for name, text in shipped.sequences.items() if name in kept or name.startswith("policies/")}
    texts = {**shipped.templates, "bench/text": {"en": {"sms.txt": _TEXT}}}
    return Project({**files, "bench.yaml": _SEQUENCE}, texts)


def people_waiting(count: int) -> Callable[[str], None]:
    """Fills a database: so many people, enrolled at NOON, of whom nobody has heard from us yet."""

    def fill(url: str) -> None:
        migrate(url)
        world = make_world(url, Path(), NOON, transports={}, project=bench_project())
        ids = [world.add_prospect(f"P{one}", **_contact(one)) for one in range(count)]
        with world.ctx.database.write() as connection:
            consents.add_many(connection, [_agreed(one) for one in ids])
        assert len(world.enroll("bench", *ids).enrolled) == count
        world.ctx.database.close()

    return fill


def _agreed(person: int) -> dict[str, Any]:
    """To texts: without that the law of their country wants none to be sent."""
    told = {"basis": "express", "text": "agreed", "source": "bench", "actor": "bench", "at": NOON}
    return {"prospect_id": person, "channel": "sms", **told}


def _contact(one: int) -> dict[str, str]:
    where = {"zone": "UTC", "zone_origin": "own", "country": "US"}
    return {"email": f"p{one}@x{one}.example", "phone": f"+1212{5550000 + one}", **where}
