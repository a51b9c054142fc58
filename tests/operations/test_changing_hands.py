"""Work that is out of the queue when it comes to somebody else: what was put off is theirs at once, what has its day
keeps it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from engine.core.capacity import Capacity, Flood
from engine.core.leave import Leave, LeavePolicy
from engine.operations import leaves, steering
from engine.operations.lifecycle import leavers
from engine.operations.queries.explaining.explanation import explain
from engine.operations.tasks.work_task import By, reassign, snooze
from engine.store.connection import Record
from tests.operations.capped import set_workspace
from tests.support.databases import on_sqlite
from tests.support.world import World

Move = Callable[[World], None]


def by_leaving(world: World) -> None:
    leavers.leave_for_good(world.ctx, "tom-lee", to="ana-diaz", actor="test")


def by_hand(world: World) -> None:
    for task in world.rows("task"):
        reassign(world.ctx, By(task.id, "grace-hill"), "ana-diaz")


MOVES = pytest.mark.parametrize("move", [by_leaving, by_hand])


def begin(world: World, number: int = 1) -> None:
    """Wednesday 4 March: as many calls in Tom's queue."""
    zone = {"zone": "America/New_York", "zone_origin": "own"}
    people = [world.add_prospect(f"Person {n}", phone=f"+1212555{n:04}", **zone) for n in range(number)]
    world.enroll("outbound-7x3x21", *people, when_too_many=Flood.ENROLL_ALL)
    world.clock.set(datetime(2026, 3, 6, 15, tzinfo=UTC))
    world.tick()


def task(world: World) -> Record:
    (found,) = world.rows("task")
    return found


def rep(world: World, key: str) -> int:
    return next(int(row.id) for row in world.rows("rep") if row.key == key)


@MOVES
def test_what_the_one_before_had_put_off_is_in_the_new_owners_queue_at_once(world: World, move: Move) -> None:
    begin(world)
    snooze(world.ctx, By(task(world).id, "tom-lee"), datetime(2026, 3, 16, 15, tzinfo=UTC))
    move(world)
    found = task(world)
    assert (found.rep_id, found.status, found.snoozed_until) == (rep(world, "ana-diaz"), "open", None)


@on_sqlite
@MOVES
def test_what_is_paused_sleeps_on(world: World, move: Move) -> None:
    begin(world)
    snooze(world.ctx, By(task(world).id, "tom-lee"), datetime(2026, 3, 16, 15, tzinfo=UTC))
    steering.pause(world.ctx, 1, actor="test")
    move(world)
    assert (task(world).status, task(world).snoozed_until) == ("snoozed", None)
    steering.resume(world.ctx, 1, actor="test")
    assert (task(world).status, task(world).rep_id) == ("open", rep(world, "ana-diaz"))


@on_sqlite
@MOVES
def test_what_a_return_has_given_a_day_keeps_it_by_the_new_owners_hours(world: World, move: Move) -> None:
    begin(world, 3)
    leave = Leave(date(2026, 3, 9), date(2026, 3, 10), LeavePolicy.PAUSE)
    leaves.add(world.ctx, "tom-lee", leave, actor="test", source="cli")
    world.clock.set(datetime(2026, 3, 9, 15, tzinfo=UTC))
    world.tick()
    set_workspace(world, replace(world.ctx.workspace(), capacity=Capacity(tasks_per_day=1)))
    world.clock.set(datetime(2026, 3, 11, 15, tzinfo=UTC))
    world.tick()
    move(world)
    on_day = datetime(2026, 3, 12, 8, tzinfo=UTC)  # nine in Berlin
    placed = [(row.status, row.due_at, row.snoozed_until) for row in world.rows("task")[1:]]
    assert placed == [("snoozed", at, at) for at in (on_day, on_day + timedelta(days=1))]
    assert {row.late_at > on_day for row in world.rows("touch", status="queued")} == {True}


@on_sqlite
def test_what_is_to_come_is_due_when_its_new_owner_begins_though_the_person_can_be_reached_before(world: World) -> None:
    berlin = {"zone": "Europe/Berlin", "zone_origin": "own"}
    who = world.add_prospect("Ada", phone="+4930123456", **berlin)
    world.enroll("outbound-7x3x21", who, rep="ana-diaz")
    leavers.leave_for_good(world.ctx, "ana-diaz", to="tom-lee", actor="test")
    found = explain(world.ctx, 1)
    call = next(one for one in found.touches if one.kind == "call")
    told = {link.rule: link.words for link in call.why}
    assert "from Thu 5 Mar 09:00 (America/New_York), the start of the rep" in told["rep_day"]
    assert told["planned"] == "Planned for Thu 5 Mar 15:00."  # in Berlin
    assert min(one.at for one in found.next if one.kind == "call") >= call.due_at
