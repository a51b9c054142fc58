"""A clock that jumps: nothing is decided on that tick, somebody hears of it, and no cap or gap opens again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.operations.readiness import checks
from engine.runtime.heartbeat import Heart
from tests.support.factories import at
from tests.support.world import World, make_world

TEN = at("2026-03-04T10:00-05:00")  # Wednesday


class Unsteady:
    """A clock that anybody may set."""

    def __init__(self) -> None:
        self.now = TEN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Unsteady:
    return Unsteady()


@pytest.fixture
def world(tmp_path: Path, clock: Unsteady) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path}/t.db", tmp_path, TEN)
    made.ctx = replace(made.ctx, now=clock)
    yield made
    made.ctx.database.close()


def clock_check(world: World) -> bool:
    return next(check.is_good for check in checks(world.ctx) if check.name == "clock")


@pytest.mark.parametrize("hours", [2, -2])
def test_the_tick_after_a_jump_is_left_out_and_the_next_one_goes_on(world: World, clock: Unsteady, hours: int) -> None:
    heart = Heart(world.ctx, senders=1)
    heart.beat()
    assert [row.at for row in world.rows("heartbeat")] == [TEN]
    clock.now = TEN + timedelta(hours=hours)
    heart.beat()
    assert [row.at for row in world.rows("heartbeat")] == [TEN]
    assert not clock_check(world)
    heart.beat()
    assert [row.at for row in world.rows("heartbeat")] == [clock.now]
    clock.now += timedelta(seconds=50)
    heart.beat()
    assert len(world.rows("audit", action="clock_jumped")) == 1
    clock.now += timedelta(minutes=5)
    assert clock_check(world)


def test_a_clock_that_goes_back_opens_no_gap_and_no_cap_again(world: World, clock: Unsteady) -> None:
    """What was used in the future is used now."""
    for name in ("ada", "bob"):
        person = world.add_prospect(name, email=f"{name}@{name}.example", zone="America/New_York", zone_origin="own")
        world.enroll("outbound-7x3x21", person)
    world.tick()
    assert [row.status for row in world.rows("touch", step="intro")] == ["sent", "scheduled"]
    rests_until = world.rows("touch", step="intro")[1].due_at
    clock.now = TEN - timedelta(minutes=30)
    world.tick()
    clock.now = TEN + timedelta(seconds=30)
    world.tick()
    assert [row.status for row in world.rows("touch", step="intro")] == ["sent", "scheduled"]
    clock.now = rests_until
    world.tick()
    assert [row.status for row in world.rows("touch", step="intro")] == ["sent", "sent"]
