"""Days are closed, and hours changed, while work is under way: nothing comes into a queue on a day that is none, and
nothing is given up for it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from engine.core.outcome import Answer
from engine.core.workspace import Workspace
from engine.operations.queries.explaining.explanation import explain_touch
from engine.operations.queries.snapshot import snapshot
from engine.operations.tasks.work_task import By, complete
from engine.runtime.virtual import run_until
from engine.store.connection import Record
from tests.operations.capped import set_workspace
from tests.operations.test_forecast_holds import differences
from tests.operations.test_queue_days import ring, rings
from tests.support.databases import on_sqlite
from tests.support.factories import hours
from tests.support.world import World

Change = Callable[[Workspace], Workspace]


def closed(workspace: Workspace) -> Workspace:
    return replace(workspace, closed=(*workspace.closed, "2026-03-10..2026-03-20"))


def fridays_only(workspace: Workspace) -> Workspace:
    reps = tuple(replace(rep, hours=hours("09:00-17:00", days=[4])) for rep in workspace.reps)
    return replace(workspace, reps=reps)


def under_way(world: World, change: Change) -> None:
    """On Monday one of two is called, and the next call to them planned for Tuesday; then the days change."""
    rings(world, tasks_per_day=80)
    ring(world, 1, 2)
    complete(world.ctx, By(1, "tom-lee"), Answer("voicemail"))
    assert [row.due_date for row in world.rows("touch", step="two")] == [date(2026, 3, 10)]
    set_workspace(world, change(world.ctx.workspace()))


def planned(world: World) -> Record:
    (found,) = world.rows("touch", step="two")
    return found


@pytest.mark.parametrize(
    ("change", "day"),
    [(closed, 23), (fridays_only, 13)],
)
def test_work_whose_day_was_closed_since_comes_on_the_next_one(world: World, change: Change, day: int) -> None:
    under_way(world, change)
    run_until(world.ctx, world.clock, datetime(2026, 3, 12, 15, tzinfo=UTC))
    row = planned(world)
    assert (row.status, row.reason, row.due_date) == ("scheduled", "day_off", date(2026, 3, day))
    assert row.nominal_date == date(2026, 3, 10)
    told = explain_touch(world.ctx, row.id).touch.why
    assert not [link for link in told if link.rule.startswith("moved")]
    run_until(world.ctx, world.clock, datetime(2026, 3, day, 15, tzinfo=UTC))
    assert planned(world).status == "queued"


@on_sqlite
@pytest.mark.parametrize("change", [closed, fridays_only])
def test_days_that_were_closed_since_are_foreseen(world: World, change: Change) -> None:
    under_way(world, change)
    assert differences(world, snapshot(world.ctx, timedelta(days=21))) == []


@on_sqlite
@pytest.mark.parametrize("change", [closed, fridays_only])
def test_nothing_is_given_up_for_days_on_which_nobody_works_any_more(world: World, change: Change) -> None:
    under_way(world, change)
    (open_call,) = world.rows("touch", status="queued")
    assert open_call.late_at == datetime(2026, 3, 13, 4, tzinfo=UTC)
    run_until(world.ctx, world.clock, datetime(2026, 3, 13, 15, tzinfo=UTC))
    (still,) = world.rows("touch", id=open_call.id)
    assert still.status == "queued"
    (told,) = [link for link in explain_touch(world.ctx, still.id).touch.why if link.rule == "if_late"]
    assert told.value == still.late_at.isoformat()
    run_until(world.ctx, world.clock, still.late_at)
    assert [row.reason for row in world.rows("touch", id=open_call.id)] == ["late"]
