"""A pause is a gate: the same touches leave, none earlier, and nothing fires at once when it ends (I12)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.clock import local_date
from engine.core.errors import Conflict, IllegalTransition
from engine.core.outcome import Answer
from engine.operations import steering
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.tasks.work_task import By, complete
from engine.runtime.virtual import Hands, run_until
from tests.support.factories import NEW_YORK
from tests.support.stage import Stage, stage_in
from tests.support.trying import MONDAY, REP, Trial
from tests.support.world import World

START = datetime(2026, 3, 2, 13, tzinfo=UTC)
END = START + timedelta(days=90)
MINUTES = st.integers(0, 24 * 60 * 24)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_in(tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture(scope="module")
def unpaused(stage: Stage) -> dict[str, datetime]:
    world = begin(stage)
    live_until(world, END)
    return ends(world)


def begin(stage: Stage) -> World:
    world = stage.world(START)
    who = world.add_prospect(
        email="ada@example.com", phone="+12125550100", zone="America/New_York", zone_origin="own", country="US"
    )
    world.enroll("outbound-7x3x21", who)
    return world


def live_until(world: World, end: datetime) -> None:
    """Every task is completed as it falls due."""
    run_until(world.ctx, world.clock, end, players=[Hands()], is_over=lambda: is_over(world))


def is_over(world: World) -> bool:
    return bool(world.rows("enrollment")[0].status == "finished")


def ends(world: World) -> dict[str, datetime]:
    """When each touch that reached out did so."""
    rows = world.rows("touch", enrollment_id=1)
    return {row.step: row.ended_at for row in rows if row.status in ("sent", "done")}


@settings(max_examples=20)
@given(after=MINUTES, length=st.integers(1, 30 * 24 * 60))
def test_after_a_pause_the_same_touches_leave_and_none_earlier(
    stage: Stage, unpaused: dict[str, datetime], after: int, length: int
) -> None:
    paused_at = START + timedelta(minutes=after)
    resumed_at = paused_at + timedelta(minutes=length)
    world = begin(stage)
    live_until(world, paused_at)
    if is_over(world):
        return

    steering.pause(world.ctx, 1, actor=REP, note="they asked for time")
    live_until(world, resumed_at)
    steering.resume(world.ctx, 1, actor=REP)
    live_until(world, END)

    found = ends(world)
    assert set(found) == set(unpaused)
    assert all(found[step] >= unpaused[step] for step in unpaused)
    assert not any(paused_at < at <= resumed_at for at in found.values())
    back = local_date(resumed_at, NEW_YORK)
    mails = [at for step, at in found.items() if step in ("intro", "proof") and at > resumed_at]
    assert sum(local_date(at, NEW_YORK) == back for at in mails) <= 1


def test_a_paused_touch_says_why_it_waits(stage: Stage) -> None:
    world = begin(stage)

    steering.pause(world.ctx, 1, actor=REP, note="they asked for time")

    assert {(row.status, row.reason) for row in world.rows("touch")} == {("held", "paused")}
    assert [(row.cause, row.note) for row in world.rows("pause")] == [("rep", "they asked for time")]


def test_a_task_leaves_the_queue_and_comes_back_with_new_deadlines(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    steering.pause(trial.world.ctx, 1, actor=REP)
    assert trial.open_kinds == []

    trial.world.clock.set(MONDAY + timedelta(days=14, hours=-3))
    trial.world.tick()
    assert [row.status for row in trial.touches("first")] == ["queued"]
    steering.resume(trial.world.ctx, 1, actor=REP)
    trial.world.tick()

    (touch,), task = trial.touches("first"), trial.task("call")
    assert task.callable_from == touch.callable_from == datetime(2026, 3, 16, 13, tzinfo=UTC)
    assert task.callable_until == datetime(2026, 3, 16, 21, tzinfo=UTC)
    assert touch.late_at == datetime(2026, 3, 20, 4, tzinfo=UTC)  # three whole business days after the new one


def test_a_task_whose_window_is_still_open_comes_back_as_it_was(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    before = trial.touches("first")
    steering.pause(trial.world.ctx, 1, actor=REP)
    trial.world.clock.set(MONDAY + timedelta(hours=1))

    steering.resume(trial.world.ctx, 1, actor=REP)

    assert trial.touches("first") == before
    assert trial.open_kinds == ["call"]


def test_a_pause_with_a_date_ends_by_itself(stage: Stage) -> None:
    world = begin(stage)
    steering.pause(world.ctx, 1, actor=REP, resume_at=START + timedelta(days=3))

    world.clock.set(START + timedelta(days=3))
    world.tick()

    assert world.rows("enrollment")[0].status == "active"
    assert world.rows("pause") == []
    (intro,) = world.rows("touch", step="intro")
    assert (intro.status, intro.due_at) == ("scheduled", datetime(2026, 3, 5, 14, tzinfo=UTC))


def test_the_last_of_several_causes_decides(stage: Stage) -> None:
    world = begin(stage)
    steering.pause(world.ctx, 1, actor=REP)
    ingest(world.ctx, Inbound("out_of_office", 1, START, "away-1", body={"until": "2026-03-03"}))

    world.clock.set(START + timedelta(days=10))
    world.tick()

    assert world.rows("enrollment")[0].status == "paused"
    assert [row.cause for row in world.rows("pause")] == ["rep"]


def test_what_an_outcome_in_a_pause_leads_to_waits_for_its_end(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    asleep = trial.task("call")
    steering.pause(trial.world.ctx, 1, actor=REP)

    complete(trial.world.ctx, By(asleep.id, REP), Answer("no_answer"))
    assert trial.touches("second") == []
    steering.resume(trial.world.ctx, 1, actor=REP)

    assert [row.status for row in trial.touches("second")] == ["scheduled"]


def test_what_has_ended_cannot_be_paused_or_resumed(stage: Stage) -> None:
    world = begin(stage)
    steering.stop(world.ctx, 1, actor=REP)

    with pytest.raises(IllegalTransition):
        steering.pause(world.ctx, 1, actor=REP)
    with pytest.raises(Conflict, match="only a paused one"):
        steering.resume(world.ctx, 1, actor=REP)
