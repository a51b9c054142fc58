"""After downtime nothing bursts: the next slots, the coming days, or a person's approval."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest
from sqlalchemy import update

from engine.channels.simulated import RecordingTransport
from engine.core.errors import BadInput
from engine.operations import steering
from engine.operations.safeguards import backlog
from engine.runtime.virtual import run_until
from engine.store import tables
from tests.support.databases import Shelf, on_sqlite
from tests.support.sink import Sink
from tests.support.world import World, open_world

THURSDAY = datetime(2026, 3, 5, 15, tzinfo=UTC)  # 10:00 in New York
HOUR = timedelta(hours=1)
REPS = ("tom-lee", "ana-diaz", "grace-hill")


@pytest.fixture
def world(filled: Shelf) -> Iterator[World]:
    with filled.copy() as url:
        made = open_world(url, Path(), THURSDAY - timedelta(days=8), transports={})
        yield made
        made.ctx.database.close()


@pytest.fixture
def sink(world: World) -> Sink:
    made = Sink(RecordingTransport(world.clock), lambda: world.ctx)
    world.ctx = replace(world.ctx, transports={"email": made, "sms": made})
    return made


def overdue(world: World, sequence: str, **late: float) -> dict[str, int]:
    """People whose first mail should have left so many hours before Thursday morning."""
    made = {}
    for number, (name, hours) in enumerate(late.items()):
        mail, values = f"{name}@{name}.example", {"zone": "America/New_York", "zone_origin": "own", "country": "US"}
        made[name] = world.add_prospect(name, email=mail, **values)
        assert world.enroll(sequence, made[name], rep=REPS[number % len(REPS)]).enrolled
        with world.ctx.database.write() as connection:
            mine = (tables.touch.c.prospect_id == made[name]) & (tables.touch.c.verb == "email")
            due_at = THURSDAY - timedelta(hours=hours)
            connection.execute(update(tables.touch).where(mine).values(due_at=due_at))
    world.clock.set(THURSDAY)
    return made


def first_mail(world: World, person: int) -> tuple[str, str | None, datetime]:
    row = next(row for row in world.rows("touch", prospect_id=person) if row.verb == "email")
    return row.status, row.reason, row.due_at


def test_a_day_goes_on_three_days_are_spread_and_more_waits_for_a_person(world: World, sink: Sink) -> None:
    people = overdue(world, "outbound-7x3x21", day=24, two=48, four=96)
    world.tick()
    assert first_mail(world, people["day"])[0] == "sent"
    status, reason, due_at = first_mail(world, people["two"])
    assert (status, reason) == ("scheduled", "backlog")
    assert THURSDAY < due_at < THURSDAY + timedelta(days=2)
    assert first_mail(world, people["four"])[:2] == ("held", "stale")
    assert len(sink.accepted()) == 1


def test_a_touch_whose_place_cannot_be_told_keeps_nobody_else_from_being_written_to(world: World, sink: Sink) -> None:
    people = overdue(world, "outbound-7x3x21", day=24, two=48)
    with world.ctx.database.write() as connection:
        lost = tables.enrollment.c.prospect_id == people["two"]
        connection.execute(update(tables.enrollment).where(lost).values(zone="Nowhere/Land"))
    with pytest.raises(ZoneInfoNotFoundError):
        world.tick()
    assert first_mail(world, people["day"])[0] == "sent"
    assert first_mail(world, people["two"])[0] == "scheduled"
    assert len(sink.accepted()) == 1


def test_answers_that_somebody_waits_for_are_not_spread_but_they_go_stale(world: World, sink: Sink) -> None:
    people = overdue(world, "call-in-15", two=48, four=96)
    world.tick()
    assert first_mail(world, people["two"])[0] == "sent"
    assert first_mail(world, people["four"])[:2] == ("held", "stale")
    assert len(sink.accepted()) == 1


@on_sqlite
def test_a_crowd_that_is_overdue_is_paced_and_nothing_leaves_outside_its_window(world: World, sink: Sink) -> None:
    count = 60
    overdue(world, "outbound-7x3x21", **{f"p{n}": 0.5 + 72 * n / count for n in range(count)})
    run_until(world.ctx, world.clock, THURSDAY + timedelta(days=7))
    assert sink.violations == []
    firsts = [call for call in sink.transport.accepted if call.at < THURSDAY + timedelta(days=6)]
    per_hour = Counter((call.envelope.sender, call.at.replace(minute=0)) for call in firsts)
    assert per_hour.most_common(1)[0][1] <= 25  # a mailbox rests for 144 seconds at least
    sent = {row.prospect_id for row in world.rows("touch", step="intro", status="sent")}
    assert len(sent) == count


def test_stale_touches_are_approved_in_bulk(world: World, sink: Sink) -> None:
    overdue(world, "outbound-7x3x21", ada=96, bob=97)
    overdue(world, "call-in-15", cyd=98)
    world.tick()
    assert backlog.approve(world.ctx, "stale", actor="admin", sequence="outbound-7x3x21") == 2
    world.tick()
    assert len(sink.accepted()) == 2
    assert backlog.approve(world.ctx, "stale", actor="admin") == 1
    world.tick()
    assert len(sink.accepted()) == 3
    assert backlog.approve(world.ctx, "stale", actor="admin") == 0
    assert {row.actor for row in world.rows("audit", action="release")} == {"admin"}


def test_stale_touches_are_refused_in_bulk_and_their_lanes_go_on(world: World, sink: Sink) -> None:
    people = overdue(world, "outbound-7x3x21", ada=96, bob=97)
    world.tick()
    assert backlog.refuse(world.ctx, actor="admin") == 2
    assert first_mail(world, people["ada"])[:2] == ("expired", "stale")
    assert [row.status for row in world.rows("touch", step="proof")] == ["scheduled"] * 2
    assert sink.accepted() == []


def test_only_what_may_be_released_together_is(world: World) -> None:
    with pytest.raises(BadInput, match="is not released in bulk; one of calendar_unknown, cannot_render, stale is"):
        backlog.approve(world.ctx, "paused", actor="admin")


def test_the_kill_switch_makes_a_backlog_too(world: World, sink: Sink) -> None:
    people = overdue(world, "outbound-7x3x21", ada=0)
    steering.switch_sending(world.ctx, is_on=False, actor="admin")
    world.tick()
    world.clock.set(THURSDAY + 100 * HOUR)
    world.tick()
    steering.switch_sending(world.ctx, is_on=True, actor="admin")
    world.tick()
    assert first_mail(world, people["ada"])[:2] == ("held", "stale")
    assert sink.accepted() == []
