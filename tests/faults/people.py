"""Whom the bench writes to: people who are each owed one mail and one text."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.core.capacity import Flood
from engine.operations.enroll import Order, enroll
from engine.operations.validating import Project
from engine.store import consents
from tests.faults.clocks import NOON
from tests.support.databases import migrate
from tests.support.world import World, make_world, shipped_project

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
consent: {sms: express}
steps:
  - {key: text, day: 1, do: sms, use: bench/text}
  - {key: call, day: 2, do: call, use: call-in/call-back}
on_exhausted: {start: nurture, reason: not_reached}
"""
_COLD = """\
sequence: cold
title: Cold
formula: 2x2x1
audience: {kind: outbound, locales: [en]}
schedule:
  days: calendar
  hours: {mon-fri: ["09:00-12:00", "13:30-17:30"]}
  zone: prospect
again: always
consent: {sms: express}
steps:
  - {key: mail, day: 1, do: email, use: outbound/intro}
  - {key: text, day: 1, do: sms, use: bench/text, after: {step: mail, gap: 30m}}
"""
# The day and the gap of a mailbox are audited; what else would slow the bench down is out of its way.
_WIDE = {
    "mailbox_start: 20": "mailbox_start: 50",
    "mailbox_per_hour: 20": "mailbox_per_hour: unlimited",
    "person_per_day: 2": "person_per_day: unlimited",
}
_COASTS = ("America/New_York", "America/Chicago", "America/Los_Angeles")
_FIRST_NUMBER = 5550000
_TEXT = "Hello {{ prospect.name }}, this is {{ rep.name }} of {{ company.name }}. Reply STOP to opt out."


def bench_project() -> Project:
    shipped = shipped_project()
    kept = ("workspace.yaml", "nurture.yaml")
    files = {name: text for name, text in shipped.sequences.items() if name in kept or name.startswith("policies/")}
    for shipped_cap, wide in _WIDE.items():
        assert shipped_cap in files["workspace.yaml"], shipped_cap
        files["workspace.yaml"] = files["workspace.yaml"].replace(shipped_cap, wide)
    texts = {**shipped.templates, "bench/text": {"en": {"sms.txt": _TEXT}}}
    return Project({**files, "bench.yaml": _SEQUENCE, "cold.yaml": _COLD}, texts)


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many people in one sequence, enrolled at `since`, of whom nobody has heard from us yet."""

    count: int
    sequence: str = "bench"
    since: datetime = NOON
    zones: tuple[str, ...] = ("UTC",)
    reps: tuple[str, ...] = ("tom-lee",)

    def fill(self, url: str) -> None:
        migrate(url)
        world = make_world(url, Path(), self.since, transports={}, project=bench_project())
        self.enter(world, 0)
        world.ctx.database.close()

    def enter(self, world: World, first: int) -> None:
        """They are numbered from `first` on."""
        numbers = range(first, first + self.count)
        ids = [world.add_prospect(f"P{one}", **self._contact(one)) for one in numbers]
        with world.ctx.database.write() as connection:
            consents.add_many(connection, [self._agreed(one) for one in ids])
        report = enroll(world.ctx, Order(self.sequence, tuple(ids), "bench", self.reps, when_too_many=Flood.ENROLL_ALL))
        assert len(report.enrolled) == self.count, report.reasons

    def _agreed(self, person: int) -> dict[str, Any]:
        """To texts: without that the law of their country wants none to be sent."""
        told = {"basis": "express", "text": "agreed", "source": "bench", "actor": "bench", "at": self.since}
        return {"prospect_id": person, "channel": "sms", **told}

    def _contact(self, one: int) -> dict[str, str]:
        where = {"zone": self.zones[one % len(self.zones)], "zone_origin": "own", "country": "US", "stage": "new"}
        return {"email": f"p{one}@x{one}.example", "phone": f"+1212{_FIRST_NUMBER + one}", **where}


def cold(count: int, since: datetime) -> Crowd:
    """People on both coasts, shared among four reps and their mailboxes, who are written to in office hours alone."""
    return Crowd(count, "cold", since, _COASTS, ("tom-lee", "ana-diaz", "wei-zhang", "grace-hill"))


def zone_of(recipient: str) -> str:
    """Where one of the cold ones is, by the number in the address."""
    number = int(recipient[1:].partition("@")[0]) if "@" in recipient else int(recipient[5:]) - _FIRST_NUMBER
    return _COASTS[number % len(_COASTS)]
