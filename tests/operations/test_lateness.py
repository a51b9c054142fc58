"""Work for people that nobody does: given up, overtaken, handed to somebody else, or told to the manager; once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from engine.core.leave import Leave, LeavePolicy
from engine.core.outcome import Answer
from engine.operations import authoring, leaves, steering
from engine.operations.delivery.dispatch import tick
from engine.operations.lifecycle import leavers
from engine.operations.plans import PlanShelf
from engine.operations.tasks import work_task
from engine.operations.tasks.work_task import By
from engine.operations.validating import Project
from engine.store import touches
from engine.store.connection import Connection, Record
from engine.store.database import Database
from tests.support.databases import Databases, Shelf, migrate, on_postgresql, on_sqlite
from tests.support.world import World, open_world, shipped_project

WEDNESDAY = datetime(2026, 3, 4, 15, tzinfo=UTC)  # ten in the morning in New York
FRIDAY = datetime(2026, 3, 6, 5, tzinfo=UTC)  # the first moment of Friday there: a whole business day has passed
POLICIES = ("{skip_after: 1bd}", "proceed", "reassign", "escalate")
REP, MANAGER = "tom-lee", "grace-hill"


def plan(policy: str, index: int) -> str:
    """Two mails of a lane, and a call that waits for the first."""
    return f"""
sequence: late-{index}
title: Late {index}
formula: 3x2x6
audience: {{kind: outbound, locales: [en]}}
schedule: {{days: business, hours: {{mon-fri: ["09:00-17:00"]}}, zone: prospect}}
again: always
steps:
  - {{key: write, day: 1, do: personal_email, use: outbound/personal, if_late: {policy}}}
  - {{key: again, day: 6, do: personal_email, use: outbound/personal, if_late: wait}}
  - {{key: call, day: 2, do: call, use: outbound/call-1, after: {{step: write, gap: 1bd}}}}
"""


def fill(url: str) -> None:
    shipped = shipped_project()
    kept = {name: text for name, text in shipped.sequences.items() if name.startswith(("workspace", "policies/"))}
    late = {f"late-{index}.yaml": plan(policy, index) for index, policy in enumerate(POLICIES)}
    migrate(url)
    world = open_world(url, Path(), WEDNESDAY, transports={})
    authoring.apply(world.ctx, Project(kept | late, shipped.templates), actor="test")
    world.ctx.database.close()


@pytest.fixture(scope="module")
def filled(databases: Databases) -> Shelf:
    return Shelf(databases, fill)


@pytest.fixture
def world(filled: Shelf) -> Iterator[World]:
    with filled.copy() as url:
        made = open_world(url, Path(), WEDNESDAY, transports={})
        yield made
        made.ctx.database.close()


def begin(world: World, policy: str, *names: str) -> list[int]:
    """People whose first task is in the queue."""
    known = {"zone": "America/New_York", "zone_origin": "own", "phone": "+12125550100"}
    people = [world.add_prospect(name, email=f"{name}@{name}.example", **known) for name in names or ("ada",)]
    world.enroll(f"late-{POLICIES.index(policy)}", *people, rep=REP)
    world.tick()
    return people


def at(world: World, moment: datetime) -> None:
    world.clock.set(moment)
    world.tick()


def touch(world: World, step: str) -> Record:
    (found,) = world.rows("touch", step=step)
    return found


def task(world: World, kind: str = "personal_email") -> Record:
    return world.rows("task", kind=kind)[-1]


def rep_of(world: World, row: Record) -> str:
    return str(world.rows("rep", id=row.rep_id)[0].key)


def do_it(world: World) -> None:
    work_task.complete(world.ctx, By(task(world).id, REP), Answer("sent"))


def planned(world: World) -> set[str]:
    return {row.step for row in world.rows("touch")}


def test_the_manager_hears_once_and_the_task_stays_where_it_is(world: World) -> None:
    begin(world, "escalate")
    at(world, FRIDAY - timedelta(seconds=1))
    assert world.rows("task", kind="escalation") == []

    at(world, FRIDAY)
    at(world, FRIDAY + timedelta(days=30))

    late, (notice,) = task(world), world.rows("task", kind="escalation")
    assert (late.status, rep_of(world, late)) == ("open", REP)
    assert (notice.status, rep_of(world, notice), notice.late_task_id) == ("open", MANAGER, late.id)
    assert notice.title == "Look into late work of the team"
    assert notice.script.startswith("“Write a personal mail” has been with Tom Lee since Wednesday, March 4.")
    assert len(world.rows("audit", action="escalate", subject_id=str(late.id))) == 1


def test_while_the_manager_is_away_whoever_stands_in_hears_and_then_it_is_the_managers(world: World) -> None:
    """Not whoever is late, even if that one has the least to do."""
    begin(world, "escalate")
    away = Leave(date(2026, 3, 5), date(2026, 3, 9), LeavePolicy.PAUSE)
    leaves.add(world.ctx, MANAGER, away, actor="test", source="cli")

    at(world, FRIDAY)
    assert rep_of(world, task(world, "escalation")) not in (REP, MANAGER)

    at(world, datetime(2026, 3, 10, 14, tzinfo=UTC))
    (notice,) = world.rows("task", kind="escalation")
    assert (notice.status, rep_of(world, notice)) == ("open", MANAGER)


def test_a_manager_who_has_left_is_heard_for_by_whoever_took_over(world: World) -> None:
    begin(world, "escalate")
    leavers.leave_for_good(world.ctx, MANAGER, to="wei-zhang", actor="boss")

    at(world, FRIDAY)

    assert rep_of(world, task(world, "escalation")) == "wei-zhang"


def test_a_notice_goes_when_the_work_is_done_and_stays_away(world: World) -> None:
    begin(world, "escalate")
    at(world, FRIDAY)

    do_it(world)
    at(world, FRIDAY + timedelta(hours=12))

    assert task(world, "escalation").status == "cancelled"
    assert planned(world) == {"write", "again", "call"}


def test_a_pause_brings_no_second_notice(world: World) -> None:
    begin(world, "escalate")
    at(world, FRIDAY)

    steering.pause(world.ctx, 1, actor=REP)
    world.clock.set(FRIDAY + timedelta(days=10))
    steering.resume(world.ctx, 1, actor=REP)
    at(world, FRIDAY + timedelta(days=40))

    assert len(world.rows("task", kind="escalation")) == 1


def test_late_work_goes_to_somebody_else_of_the_team_with_the_rest_of_the_enrollment(world: World) -> None:
    begin(world, "reassign")
    mailbox = world.rows("enrollment")[0].mailbox_id

    at(world, FRIDAY)
    at(world, FRIDAY + timedelta(days=30))

    (enrollment,), late = world.rows("enrollment"), task(world)
    assert (late.status, rep_of(world, late), rep_of(world, enrollment)) == ("open", "ana-diaz", "ana-diaz")
    assert enrollment.mailbox_id == mailbox  # all mails of an enrollment leave from one mailbox
    (trace,) = world.rows("audit", action="reassign")
    assert '"reason":"late"' in trace.detail.replace(" ", "")


def test_what_was_put_off_is_in_the_queue_of_whoever_gets_it(world: World) -> None:
    begin(world, "reassign")
    work_task.snooze(world.ctx, By(task(world).id, REP), FRIDAY + timedelta(days=20))

    at(world, FRIDAY)

    assert (task(world).status, task(world).snoozed_until) == ("open", None)


def test_where_nobody_of_the_team_is_left_the_manager_hears(world: World) -> None:
    begin(world, "reassign")
    with world.ctx.database.write() as connection:
        connection.exec_driver_sql("UPDATE rep SET is_active = false WHERE key = 'ana-diaz'")

    at(world, FRIDAY)

    assert rep_of(world, task(world)) == REP
    assert rep_of(world, task(world, "escalation")) == MANAGER


def test_a_plan_that_proceeds_gives_a_step_up_for_the_next_one(world: World) -> None:
    begin(world, "proceed")
    next_due = datetime(2026, 3, 11, 14, tzinfo=UTC)  # nine in the morning of the sixth business day: clocks changed

    at(world, next_due - timedelta(hours=2))
    assert touch(world, "write").status == "queued"
    at(world, next_due)

    assert (touch(world, "write").status, touch(world, "write").reason) == ("skipped", "late")
    assert (touch(world, "again").status, touch(world, "again").nominal_date) == ("queued", date(2026, 3, 11))


def test_what_may_proceed_moves_nothing_when_it_is_done_late(world: World) -> None:
    begin(world, "proceed")
    at(world, FRIDAY + timedelta(hours=11))

    do_it(world)

    assert (touch(world, "again").nominal_date, touch(world, "again").due_date) == (date(2026, 3, 11),) * 2


def test_nothing_is_taken_out_of_somebodys_hands(world: World) -> None:
    begin(world, "{skip_after: 1bd}")
    world.clock.set(FRIDAY - timedelta(minutes=10))
    work_task.claim(world.ctx, By(task(world).id, REP))

    at(world, FRIDAY)
    assert task(world).status == "claimed"
    at(world, FRIDAY + timedelta(minutes=20))

    assert (task(world).status, touch(world, "write").status) == ("cancelled", "skipped")


@on_sqlite
@pytest.mark.parametrize("policy", POLICIES)
def test_a_join_waits_for_a_late_step_and_no_longer_than_its_policy_allows(world: World, policy: str) -> None:
    ends = {"{skip_after: 1bd}": FRIDAY, "proceed": datetime(2026, 3, 11, 14, tzinfo=UTC)}
    begin(world, policy)

    at(world, FRIDAY - timedelta(seconds=1))
    assert "call" not in planned(world)
    at(world, datetime(2026, 3, 12, tzinfo=UTC))

    if policy in ends:
        assert touch(world, "call").due_date > ends[policy].date()
        return
    assert "call" not in planned(world)
    work_task.complete(world.ctx, By(task(world).id, REP), Answer("sent"))
    assert touch(world, "call").due_date == date(2026, 3, 12)


@pytest.mark.parametrize("policy", ["reassign", "escalate"])
@on_postgresql
def test_two_dispatchers_act_on_late_work_once(world: World, policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one is through between this one's look and its lock."""
    begin(world, policy, "ada", "bo", "cy")
    world.clock.set(FRIDAY)
    other = Database(world.ctx.database.url, durable=False)
    look = touches.too_late

    def look_and_dawdle(connection: Connection, now: datetime, limit: int) -> list[Record]:
        found = look(connection, now, limit)
        monkeypatch.setattr(touches, "too_late", look)
        tick(replace(world.ctx, database=other, worker="other", shelf=PlanShelf()))
        return found

    monkeypatch.setattr(touches, "too_late", look_and_dawdle)
    world.tick()
    other.close()

    late = sorted(str(row.id) for row in world.rows("task", kind="personal_email"))
    assert sorted(row.subject_id for row in world.rows("audit", action=policy)) == late
    assert len(world.rows("task", kind="escalation")) == (3 if policy == "escalate" else 0)
