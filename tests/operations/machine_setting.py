"""What the state machine plays with: three sequences, two or three people, a sink that watches, and what must hold."""

import tempfile
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
)

from engine.channels.simulated import RecordingTransport
from engine.core.enrollment import EnrollmentStatus
from engine.core.errors import EngineError
from engine.core.task import OPEN as OPEN_TASK
from engine.core.touch import TouchStatus
from engine.operations import authoring
from engine.operations.validating import Project
from engine.store import consents
from engine.store.connection import Record
from tests.support import invariants
from tests.support.databases import Shelf, migrate
from tests.support.sink import Sink
from tests.support.world import open_world, shipped_project

SEQUENCES = ("outbound-7x3x21", "call-in-15", "at-night")
NIGHT = """\
# Windows where the clocks are changed: they end inside the hour that comes twice, and inside the one that never comes.
sequence: at-night
title: At night
formula: 4x2x4
audience: {kind: outbound, locales: [en]}
allow: [customer]
schedule:
  days: calendar
  hours: {mon-sun: ["00:15-01:30", "02:15-03:30"]}
  call_hours: {mon-sun: ["00:15-04:00"]}
again: always
steps:
  - {key: first, day: 1, do: email, use: outbound/intro}
  - {key: ring, day: 2, do: call, use: outbound/call-1, if_late: {skip_after: 1bd}}
  - {key: second, day: 3, do: email, use: outbound/proof}
  - {key: third, day: 4, do: email, use: two-wave/second-mail, after: {step: ring, gap: 2h}}
"""
APPLIED = datetime(2026, 1, 5, tzinfo=UTC)
STARTS = tuple(
    datetime.fromisoformat(text).replace(tzinfo=UTC)
    for text in (
        "2026-03-06T12:00", "2026-03-08T04:50", "2026-03-27T17:30", "2026-03-28T23:45", "2026-04-03T08:00",
        "2026-10-24T22:30", "2026-10-30T20:00", "2026-11-01T04:10", "2026-02-15T15:00", "2026-07-03T15:59",
    )
)  # fmt: skip
ZONES = ("America/New_York", "Europe/London", "Asia/Shanghai", "Australia/Lord_Howe", "America/Havana")
COUNTRIES = {"America/New_York": "US", "Europe/London": "GB", "Asia/Shanghai": "CN"}


def project(version: int = 0) -> Project:
    """Three sequences and the one they hand over to. Later versions differ in a text, a day and an hour."""
    shipped = shipped_project()
    names = ("workspace.yaml", "outbound-7x3x21.yaml", "call-in-15.yaml", "nurture.yaml")
    laws = {name: text for name, text in shipped.sequences.items() if name.startswith("policies/")}
    files = {name: shipped.sequences[name] for name in names} | laws | {"at-night.yaml": NIGHT}
    if version:
        old, new = ("day: 4, do: email", "day: 5, do: email"), ("4x2x4", "4x2x5")
        files["at-night.yaml"] = NIGHT.replace(*old).replace(*new).replace("At night", f"At night, version {version}")
        files["call-in-15.yaml"] = files["call-in-15.yaml"].replace("gap: 30m", f"gap: {30 + version}m")
    return Project(files, shipped.templates)


def fill(url: str) -> None:
    """What every example begins with: the migrated tables and the applied project."""
    migrate(url)
    world = open_world(url, Path(), APPLIED, transports={})
    authoring.apply(world.ctx, project(), actor="test")
    world.ctx.database.close()


class Setting(RuleBasedStateMachine):
    shelf: ClassVar[Shelf]  # where the examples' databases come from

    def __init__(self) -> None:
        super().__init__()
        self._copy = self.shelf.copy()
        self._folder = tempfile.TemporaryDirectory()
        self.world = open_world(self._copy.__enter__(), Path(self._folder.name), APPLIED)
        self.people: list[int] = []
        self.before: invariants.Snapshot | None = None
        self.is_undo = False
        self.keys = 0
        self.version = 0

    def teardown(self) -> None:
        self.world.ctx.database.close()
        self._copy.__exit__(None, None, None)
        self._folder.cleanup()

    # What there is

    @initialize(
        start=st.sampled_from(STARTS),
        zones=st.lists(st.sampled_from(ZONES), min_size=2, max_size=3),
        sequence=st.sampled_from(SEQUENCES),
        proof=st.booleans(),
    )
    def begin_with(self, start: datetime, zones: list[str], sequence: str, *, proof: bool) -> None:
        """Everybody is in a sequence, the first in the one that was drawn and the others in the next ones."""
        self.begin(start, zones, proof=proof)
        for number, person in enumerate(self.people):
            self.world.enroll(SEQUENCES[(SEQUENCES.index(sequence) + number) % len(SEQUENCES)], person)

    def begin(self, start: datetime, zones: list[str], *, proof: bool) -> None:
        """Two or three people. The first two share a telephone; all have a mail address, one has two."""
        self.world.clock.set(start)
        self.sink = Sink(RecordingTransport(self.world.clock, keeps_evidence=proof), lambda: self.world.ctx)
        self.world.ctx = replace(self.world.ctx, transports={"email": self.sink, "sms": self.sink})
        for number, zone in enumerate(zones):
            emails = [f"p{number}@acme{number}.example", f"p{number}@home.example"][: 1 + (number == 1)]
            self.people.append(
                self.world.add_prospect(
                    f"P{number} Example",
                    email=emails,
                    phone=f"+1212555010{number // 2}",
                    zone=zone,
                    zone_origin="own",
                    country=COUNTRIES.get(zone),
                    account={"domain": f"acme{number}.example"},
                )
            )
        agreed = {"channel": "email", "basis": "express", "text": "agreed", "source": "form", "actor": "test"}
        with self.world.ctx.database.write() as connection:
            consents.add_many(connection, [agreed | {"prospect_id": one, "at": start} for one in self.people])

    @property
    def now(self) -> datetime:
        return self.world.clock()

    def touches(self, *statuses: TouchStatus) -> list[Record]:
        return [row for row in self.world.rows("touch") if row.status in statuses]

    def live(self) -> list[Record]:
        return [row for row in self.world.rows("enrollment") if EnrollmentStatus(row.status).is_live]

    # What must hold

    @invariant()
    def holds(self) -> None:
        if not self.people:
            return
        now = invariants.read(self.world.ctx)
        found = list(invariants.problems(self.world.ctx, now))
        if self.before is not None:
            found += invariants.changes(self.before, now, is_undo=self.is_undo)
        found += self.sink.violations + list(invariants.of_calls(now, self.sink.calls, self.sink.accepted()))
        self.before, self.is_undo = now, False
        assert not found, "\n".join(found)

    def queue(self) -> list[Record]:
        return [row for row in self.world.rows("task") if row.status in OPEN_TASK]

    def person(self, which: int) -> int:
        return self.people[which % len(self.people)]


def refusals() -> AbstractContextManager[None]:
    """The engine may say no by name; then nothing has changed, as the next look at the rows must show."""
    return suppress(EngineError)


def pick(rows: list[Record], which: int) -> Record:
    return rows[which % len(rows)]
