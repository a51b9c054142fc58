"""A rep's queue takes a day's work: a holiday ends without a mountain, and nobody who asked us waits for it."""

import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from engine.core.capacity import Capacity, Flood
from engine.core.leave import Leave
from engine.core.outcome import Answer
from engine.operations import authoring, leaves, steering
from engine.operations.act import Act
from engine.operations.days.queue_days import came_today
from engine.operations.delivery import dispatch
from engine.operations.delivery.dispatch import tick
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.queries.explaining.explanation import explain_touch
from engine.operations.queries.forecast import forecast
from engine.operations.queries.reasons import of_touch
from engine.operations.queries.snapshot import snapshot
from engine.operations.tasks.work_task import By, complete
from engine.operations.validating import Project
from engine.runtime.virtual import run_until
from engine.store import rep_work
from engine.store.connection import Connection
from engine.store.database import Database
from tests.operations.capped import set_workspace
from tests.operations.test_forecast_holds import differences, foreseen
from tests.support.databases import on_postgresql, on_sqlite
from tests.support.world import World, shipped_project

BACK = date(2026, 3, 16)
RINGS = """\
sequence: rings
title: Rings
formula: 2x1x2
audience: {kind: outbound, locales: [en]}
schedule: {days: business, hours: {mon-fri: ["09:00-17:00"]}}
again: always
steps:
  - {key: one, day: 1, do: call, use: outbound/call-1, redial: 2}
  - {key: two, day: 2, do: call, use: outbound/call-2}
"""


def begin(world: World, number: int, *, tasks_per_day: int | None = 3) -> None:
    """The week before that day nobody works."""
    workspace, capacity = world.ctx.workspace(), Capacity(tasks_per_day=tasks_per_day, minutes_per_day=None)
    closed = (*workspace.closed, "2026-03-09..2026-03-13")
    set_workspace(world, replace(workspace, capacity=capacity, closed=closed))
    zone = {"zone": "America/New_York", "zone_origin": "own"}
    people = [world.add_prospect(f"Person {n}", phone=f"+1518555{n:04}", **zone) for n in range(number)]
    world.enroll("outbound-7x3x21", *people, rep="tom-lee", when_too_many=Flood.ENROLL_ALL)


def came(world: World) -> Counter[date]:
    return Counter(row.created_at.date() for row in world.rows("task") if row.touch_id is not None)


@on_sqlite
def test_what_waited_for_a_break_to_end_comes_a_days_work_at_a_time(world: World) -> None:
    begin(world, 8)
    run_until(world.ctx, world.clock, datetime(2026, 3, 16, 20, tzinfo=UTC))
    before = came(world)
    assert before[BACK] == 3
    waiting = world.rows("touch", reason="day_full")
    assert {row.due_date for row in waiting} == {BACK + timedelta(days=1)}
    assert all(row.nominal_date < row.due_date for row in waiting)
    assert of_touch("day_full", "en") != of_touch("day_full", "zh")
    run_until(world.ctx, world.clock, datetime(2026, 3, 20, 20, tzinfo=UTC))
    assert max(came(world).values()) == 3


def test_whoever_asked_us_does_not_wait_for_a_day_with_room(world: World) -> None:
    begin(world, 4)
    run_until(world.ctx, world.clock, datetime(2026, 3, 16, 15, tzinfo=UTC))
    asked = world.add_prospect("Ada Asks", phone="+15185559999", zone="America/New_York")
    world.enroll("call-in-15", asked, rep="tom-lee")
    world.tick()
    assert [row.prospect_id for row in world.rows("task", status="open")].count(asked) == 1


@on_sqlite
def test_a_queue_without_a_limit_takes_all_at_once(world: World) -> None:
    begin(world, 8, tasks_per_day=None)
    run_until(world.ctx, world.clock, datetime(2026, 3, 16, 20, tzinfo=UTC))
    assert not world.rows("touch", reason="day_full")


def test_full_days_go_as_foreseen(world: World) -> None:
    begin(world, 8)
    run_until(world.ctx, world.clock, datetime(2026, 3, 16, 14, tzinfo=UTC))
    (tom,) = (one for one in forecast(world.ctx, days=5).reps if one.rep == "tom-lee")
    assert max(day.tasks for day in tom.days[1:]) == 3  # what is open already stands on the first day
    assert differences(world, snapshot(world.ctx, timedelta(days=14))) == []
    assert world.rows("touch", reason="day_full") or came(world)[BACK] == 3


def test_what_is_given_up_takes_nothing_of_a_day_and_what_is_answered_does(world: World) -> None:
    begin(world, 3)
    run_until(world.ctx, world.clock, datetime(2026, 3, 16, 15, tzinfo=UTC))

    def taken() -> tuple[int, float]:
        with world.ctx.database.read() as connection:
            act = Act(world.ctx, connection, world.clock())
            found = came_today(act, next(one.id for one in world.rows("rep") if one.key == "tom-lee"), "tom-lee")
        return found.tasks, found.minutes

    assert taken() == (3, 9)
    stopped, answered, _ = world.rows("enrollment")
    steering.stop(world.ctx, stopped.id, actor="test")
    assert taken() == (2, 6)
    reply = Inbound("replied", answered.prospect_id, world.clock(), "r1", body={"channel": "phone", "text": "Call me"})
    ingest(world.ctx, reply)
    assert len(world.rows("task", status="open", kind="triage")) == 1
    assert taken() == (2, 6)


def test_after_a_leave_no_more_comes_in_a_day_than_it_holds_and_so_it_is_foreseen(world: World) -> None:
    begin(world, 6, tasks_per_day=None)
    run_until(world.ctx, world.clock, datetime(2026, 3, 16, 20, tzinfo=UTC))
    set_workspace(world, replace(world.ctx.workspace(), capacity=Capacity(tasks_per_day=2, minutes_per_day=None)))
    begun_later = [world.add_prospect(f"Later {n}", phone=f"+1518556{n:04}", zone="America/New_York") for n in range(4)]
    leaves.add(world.ctx, "tom-lee", Leave(date(2026, 3, 17), date(2026, 3, 20)), actor="test", source="cli")
    run_until(world.ctx, world.clock, datetime(2026, 3, 23, 14, tzinfo=UTC))
    world.enroll("outbound-7x3x21", *begun_later, rep="tom-lee", when_too_many=Flood.ENROLL_ALL)
    (tom,) = (one for one in forecast(world.ctx, days=7).reps if one.rep == "tom-lee")
    run_until(world.ctx, world.clock, datetime(2026, 3, 30, 3, tzinfo=UTC))
    seen = Counter(max(row.created_at, row.due_at).date() for row in world.rows("task") if row.touch_id is not None)
    week = [date(2026, 3, 23) + timedelta(days=n) for n in range(5)]
    assert {day: seen[day] for day in week} == dict.fromkeys(week, 2)
    assert {one.day: one.tasks for one in tom.days[:5]} == dict.fromkeys(week, 2)


@on_postgresql
def test_two_dispatchers_fill_a_day_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has half of what is due, and takes its time between counting and letting in."""
    came_between = rep_work.came_between

    def slowly(connection: Connection, rep_id: int, since: datetime, until: datetime) -> dict[str, int]:
        kinds = came_between(connection, rep_id, since, until)
        time.sleep(0.3)
        return kinds

    monkeypatch.setattr(rep_work, "came_between", slowly)
    monkeypatch.setattr(dispatch, "BATCH", 4)
    begin(world, 8)
    world.clock.set(datetime(2026, 3, 16, 20, tzinfo=UTC))
    other = Database(world.ctx.database.url, durable=False)
    beside = threading.Thread(target=tick, args=(replace(world.ctx, database=other, worker="other"),))
    beside.start()
    tick(world.ctx)
    beside.join(30)
    other.close()
    assert came(world)[BACK] == 3
    assert len(world.rows("touch", reason="day_full")) == 5


def rings(world: World, *, tasks_per_day: int) -> None:
    """A Monday morning."""
    shipped = shipped_project()
    authoring.apply(world.ctx, Project({**shipped.sequences, "rings.yaml": RINGS}, shipped.templates), actor="test")
    capacity = Capacity(tasks_per_day=tasks_per_day, minutes_per_day=None)
    set_workspace(world, replace(world.ctx.workspace(), capacity=capacity))
    world.clock.set(datetime(2026, 3, 9, 15, tzinfo=UTC))


def ring(world: World, *numbers: int) -> None:
    zone = {"zone": "America/New_York", "zone_origin": "own"}
    people = [world.add_prospect(f"Person {n}", phone=f"+1518555{n:04}", **zone) for n in numbers]
    world.enroll("rings", *people, rep="tom-lee", when_too_many=Flood.ENROLL_ALL)
    world.tick()


def test_what_was_tried_today_is_tried_again_within_the_day_however_full_it_is(world: World) -> None:
    rings(world, tasks_per_day=3)
    ring(world, 1, 2, 3, 4)
    (waits,) = world.rows("touch", reason="day_full")
    complete(world.ctx, By(1, "tom-lee"), Answer("no_answer"))
    expected = foreseen(snapshot(world.ctx, timedelta(days=5)))
    world.clock.set(datetime(2026, 3, 9, 17, tzinfo=UTC))
    world.tick()
    (again,) = world.rows("touch", step="one", repeat=1)
    assert (again.status, again.due_at) == ("queued", world.clock())
    assert expected[1, "rings", "one", 1][2] == again.due_at
    assert [row.due_date for row in world.rows("touch", id=waits.id)] == [date(2026, 3, 10)]


def test_a_repeat_that_moved_says_when_it_was_asked_for_and_why_it_comes_later(world: World) -> None:
    rings(world, tasks_per_day=2)
    ring(world, 1, 2)
    for task in (1, 2):
        complete(world.ctx, By(task, "tom-lee"), Answer("send_info"))
    rings(world, tasks_per_day=1)
    world.clock.set(datetime(2026, 3, 11, 16, tzinfo=UTC))
    world.tick()
    (again,) = world.rows("touch", repeat=1, reason="day_full")
    asked, *_, moved, _ = explain_touch(world.ctx, again.id).touch.why
    assert (asked.rule, asked.value) == ("repeat", "2026-03-11T13:00:00+00:00")
    assert moved.rule == "moved_because"
    assert moved.words.startswith("It was moved since, to Thu 12 Mar")
