"""The commands of whoever keeps it running: what stopped by itself is told and goes on when they say so."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from engine.runtime.clock import wall_clock
from engine.store import enrollments, heartbeats, plans, tables
from tests.support.factories import at
from tests.support.terminal import Touchline
from tests.support.world import World, make_world

NOW = at("2026-03-04T10:00-05:00")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("TOUCHLINE_DATA", str(tmp_path))
    made = make_world(f"sqlite:///{tmp_path}/touchline.db", tmp_path, NOW)
    yield made
    made.ctx.database.close()


def test_a_restored_backup_is_told_and_released(world: World, touchline: Touchline) -> None:
    assert touchline("recovery", "status") == "not held"
    with world.ctx.database.write() as connection:
        plans.hold_for_recovery(connection, since=NOW, note="214 touches were sent after this backup")
    assert "214 touches were sent after this backup" in touchline("recovery", "status")
    assert "touchline recovery release" in touchline("doctor", "--json", code=1)
    assert touchline("recovery", "check").startswith("214 touches")
    assert touchline("recovery", "release") == "everything goes on"
    assert "nothing is held" in touchline("recovery", "release", code=1)


def test_breakers_are_told_and_released(world: World, touchline: Touchline) -> None:
    row = {"scope": "domain", "key": "example.com", "level": "stop", "reason": "complaints", "detail": "3 of 90"}
    with world.ctx.database.write() as connection:
        connection.execute(insert(tables.breaker).values(**row, at=NOW, resume_at=NOW + timedelta(days=7)))
    assert "example.com 3 of 90" in touchline("breakers", "list")
    assert "touchline breakers list" in touchline("doctor", "--json", code=1)
    assert touchline("breakers", "release", "1") == "released; 0 held touches are due again"


@pytest.mark.usefixtures("world")
def test_held_touches_are_listed_approved_and_refused(touchline: Touchline) -> None:
    assert touchline("held", "list").startswith("touch who what")
    assert touchline("held", "approve", "--reason", "stale") == "0 touches go on"
    assert touchline("held", "refuse") == "0 given up"
    assert "'paused' is not released in bulk" in touchline("held", "approve", "--reason", "paused", code=1)


def at_work(world: World, at: datetime) -> None:
    with world.ctx.database.write() as connection:
        heartbeats.beat(connection, "here", at)


def test_the_doctor_judges_the_last_tick(world: World, touchline: Touchline) -> None:
    assert "nothing is sent before `touchline serve` runs" in touchline("doctor", "--json")  # no fault before the first
    at_work(world, wall_clock() - timedelta(minutes=5))
    assert "start `touchline serve`" in touchline("doctor", "--json", code=1)
    at_work(world, wall_clock())
    assert "start `touchline serve`" not in touchline("doctor", "--json")


def test_the_doctor_says_what_is_held_and_what_is_in_doubt(world: World, touchline: Touchline) -> None:
    at_work(world, wall_clock())
    assert "held" not in touchline("doctor", "--json")
    people = [
        world.add_prospect(email=f"{name}@example.com", zone="America/New_York", zone_origin="own column")
        for name in ("ada", "bo", "cy")
    ]
    for person in people:
        world.enroll("outbound-7x3x21", person)
    stale, doubtful, paused = (world.rows("touch", prospect_id=person)[0].id for person in people)
    with world.ctx.database.write() as connection:
        for one, status, reason in (
            (stale, "held", "stale"),
            (doubtful, "quarantined", None),
            (paused, "held", "paused"),
        ):
            values = {"status": status, "reason": reason}
            connection.execute(update(tables.touch).where(tables.touch.c.id == one).values(**values))
        plans.hold_mailbox(connection, 1, "535 no")
    told = touchline("doctor", "--json", code=1)
    assert '"held touches", "value": "stale 1", "advice": "see `touchline held list`"' in told
    assert "1 send that nobody can prove" in told
    assert ": 535 no" in told


def test_the_doctor_says_that_sending_is_off(world: World, touchline: Touchline) -> None:
    at_work(world, wall_clock())
    assert "touchline sending on" not in touchline("doctor", "--json")
    assert touchline("sending", "off") == "sending is off"
    assert "touchline sending on" in touchline("doctor", "--json", code=1)


@pytest.mark.parametrize("switch", [(), ("on",), ("off",)])
def test_before_anything_was_applied_the_switch_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, touchline: Touchline, switch: tuple[str, ...]
) -> None:
    monkeypatch.setenv("TOUCHLINE_DATA", str(tmp_path / "new"))
    assert "run `touchline apply sequences/` first" in touchline("sending", *switch, code=1)


def test_one_held_touch_is_released_by_its_number(world: World, touchline: Touchline) -> None:
    person = world.add_prospect(email="ada@example.com", zone="America/New_York", zone_origin="own column")
    world.enroll("outbound-7x3x21", person)
    with world.ctx.database.write() as connection:
        enrollments.set_mailbox(connection, world.rows("enrollment")[0].id, None)
    world.tick()
    (touch,) = world.rows("touch", status="held")
    told = touchline("held", "list")
    assert f"{touch.id} " in told
    assert "no_mailbox" in told
    assert touchline("held", "release", str(touch.id)) == f"touch {touch.id} goes on"
    assert "only a held one can be released" in touchline("held", "release", str(touch.id), code=1)
