"""Each rep's next days, as they then come to pass."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from engine.core.capacity import Capacity, Flood
from engine.core.errors import NotFound, OutOfScope
from engine.core.leave import Leave
from engine.operations import leaves
from engine.operations.act import Act
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.queries.coming import steps_ahead
from engine.operations.queries.explaining.explanation import explain
from engine.operations.queries.forecast import Forecast, RepAhead, forecast
from engine.operations.queries.snapshot import snapshot
from engine.runtime.virtual import run_until
from engine.store import enrollments
from tests.operations.capped import set_workspace
from tests.support.databases import on_sqlite
from tests.support.paced_reps import PacedReps
from tests.support.world import World

ZONE = {"zone": "America/New_York", "zone_origin": "own"}


def people(world: World, count: int) -> list[int]:
    return [
        world.add_prospect(f"Person {n}", email=f"p{n}@firm{n}.example.com", phone=f"+1518555{n:04}", **ZONE)
        for n in range(count)
    ]


def of(found: Forecast, rep: str) -> RepAhead:
    return next(one for one in found.reps if one.rep == rep)


def test_what_is_foreseen_for_a_rep_is_what_then_comes(world: World) -> None:
    world.enroll("outbound-7x3x21", *people(world, 12))
    found = forecast(world.ctx, days=10)
    script = snapshot(world.ctx, timedelta(days=11))
    run_until(world.ctx, world.clock, datetime(2026, 3, 14, tzinfo=UTC), players=[PacedReps(script)])
    days = {day.day: day for day in of(found, "tom-lee").days}
    came = Counter(row.created_at.date() for row in world.rows("task"))
    assert came == {day: one.tasks for day, one in days.items() if one.tasks}
    left = [row.ended_at.date() for row in world.rows("touch", status="sent")]
    (mailbox,) = (one for one in found.mailboxes if one.rep == "tom-lee")
    assert [left.count(one.day) for one in mailbox.days] == [one.mails for one in mailbox.days]
    assert [one.most for one in mailbox.days][:3] == [20, 25, 30]
    assert sum(left.count(one.day) for one in mailbox.days) == 24


@on_sqlite
def test_leave_holidays_and_weekends_are_shown_and_nothing_comes_on_them(world: World) -> None:
    leaves.add(world.ctx, "tom-lee", Leave(date(2026, 3, 9), date(2026, 3, 10)), actor="test", source="cli")
    world.enroll("outbound-7x3x21", *people(world, 3))
    found = of(forecast(world.ctx, days=8), "tom-lee")
    off = {day.day.day: day.off for day in found.days if day.off}
    assert off == {
        7: "Tom Lee does not work on that weekday",
        8: "Tom Lee does not work on that weekday",
        9: "Tom Lee is on leave until 2026-03-10",
        10: "Tom Lee is on leave until 2026-03-10",
    }
    assert sum(day.done for day in found.days if day.off) == 0
    assert [day.kinds for day in found.days][1] == {"call": 3}
    assert of(forecast(world.ctx, days=8, locale="zh"), "tom-lee").days[3].off == "Tom Lee当天不上班"


@on_sqlite
def test_what_was_left_when_a_leave_begins_stands_in_no_queue_meanwhile(world: World) -> None:
    set_workspace(world, replace(world.ctx.workspace(), capacity=Capacity(tasks_per_day=None, minutes_per_day=None)))
    leaves.add(world.ctx, "tom-lee", Leave(date(2026, 3, 6), date(2026, 3, 9)), actor="test", source="cli")
    world.enroll("outbound-7x3x21", *people(world, 130), when_too_many=Flood.ENROLL_ALL)
    _, thursday, *away, tuesday = of(forecast(world.ctx, days=7), "tom-lee").days
    assert (thursday.open > 0, thursday.overdue > 0) == (True, True)
    assert [(day.overdue, day.open) for day in away] == [(0, 0)] * 4
    assert tuesday.done > 0


@on_sqlite
def test_a_rep_sees_no_more_than_their_own_and_those_whom_they_lead(world: World) -> None:
    assert [one.rep for one in forecast(world.ctx, days=1, viewer="tom-lee").reps] == ["tom-lee"]
    assert len(forecast(world.ctx, days=1, viewer="grace-hill").reps) == 4
    assert len(forecast(world.ctx, days=1).reps) == 4
    with pytest.raises(OutOfScope):
        forecast(world.ctx, days=1, viewer="tom-lee", rep="ana-diaz")
    with pytest.raises(NotFound):
        forecast(world.ctx, days=1, rep="nobody")


@on_sqlite
def test_work_that_an_ended_enrollment_has_left_is_foreseen_too(world: World) -> None:
    (who,) = people(world, 1)
    world.enroll("outbound-7x3x21", who)
    ingest(world.ctx, Inbound("replied", who, world.clock(), "r1", body={"channel": "phone", "text": "Call me"}))
    found = of(forecast(world.ctx, days=3), "tom-lee")
    assert [day.kinds for day in found.days] == [{"triage": 1}, {}, {}]
    assert [(day.done, day.overdue) for day in found.days] == [(1, 0), (0, 0), (0, 0)]


@on_sqlite
@pytest.mark.parametrize("sequence", ["outbound-7x3x21", "call-in-15"])
def test_a_single_enrollment_is_foreseen_alike_by_both_ways(world: World, sequence: str) -> None:
    """The quick way for a task's panel, and the play that knows capacity, caps and leave: where nothing disturbs an
    enrollment, they give every step the same day.
    """
    (who,) = people(world, 1)
    rep = "grace-hill" if sequence.startswith("call-in") else "tom-lee"
    world.enroll(sequence, who, rep=rep)
    with world.ctx.database.read() as connection:
        (row,) = enrollments.with_people(connection, [1])
        quick = {one.step: one.at for one in steps_ahead(Act(world.ctx, connection, world.ctx.now()), row, "en")}
    played = {
        one.step: one.at for one in explain(world.ctx, 1).next if one.repeat == 0 and not one.step.startswith("@")
    }
    assert quick.keys() == played.keys()
    assert {step: at.date() for step, at in quick.items()} == {step: at.date() for step, at in played.items()}
