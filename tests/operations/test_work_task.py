"""What a rep does with a task beside completing it: skip, snooze, claim, hand on; and what happens if nobody does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from engine.core.errors import BadInput, Conflict, IllegalTransition, NotFound, Stale
from engine.core.outcome import Answer
from engine.core.ranking import Level
from engine.operations import steering
from engine.operations.act import act_on
from engine.operations.lifecycle.pausing import release_held
from engine.operations.tasks import work_task
from engine.operations.tasks.work_task import By
from tests.support.stage import HUMAN_VERBS, Stage, stage_in
from tests.support.trying import MONDAY, REP, SAID, Trial


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_in(tmp_path_factory.mktemp("stage")) as made:
        yield made


def by(trial: Trial, *, version: int | None = None, actor: str = REP, kind: str | None = None) -> By:
    return By(trial.task(kind).id, actor, version)


@pytest.mark.parametrize("verb", HUMAN_VERBS)
def test_a_skipped_step_keeps_its_reason_and_the_lane_goes_on(stage: Stage, verb: str) -> None:
    trial = Trial.of(stage, verb)

    task = work_task.skip(trial.world.ctx, by(trial), "they are at a fair")

    assert (task.status, task.answer) == ("skipped", {"reason": "they are at a fair"})
    (touch,) = trial.touches("first")
    assert (touch.status, touch.reason, touch.detail) == ("skipped", "by_rep", "they are at a fair")
    assert [row.status for row in trial.touches("second")] == ["scheduled"]


def test_a_skip_before_it_is_late_keeps_the_plan(stage: Stage) -> None:
    trial = Trial.of(stage, "call")

    work_task.skip(trial.world.ctx, by(trial), "no")

    assert [row.due_date.day for row in trial.touches("second")] == [4]


def test_a_skip_without_a_reason_is_refused(stage: Stage) -> None:
    trial = Trial.of(stage, "call")

    with pytest.raises(BadInput, match="say why"):
        work_task.skip(trial.world.ctx, by(trial), "  ")


def test_a_triage_can_be_skipped_like_any_other_work(stage: Stage) -> None:
    trial = Trial.of(stage, "triage")

    work_task.skip(trial.world.ctx, by(trial, kind="triage"), "answered by phone")

    assert trial.open_kinds == []


def test_a_snoozed_task_is_back_at_its_time(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    until = MONDAY + timedelta(hours=2)

    work_task.snooze(trial.world.ctx, by(trial), until)
    trial.world.tick()
    assert trial.open_kinds == []
    trial.world.clock.set(until)
    trial.world.tick()

    assert trial.open_kinds == ["call"]
    assert trial.task().snoozed_until is None


def test_a_snooze_into_the_past_is_refused(stage: Stage) -> None:
    trial = Trial.of(stage, "call")

    with pytest.raises(BadInput, match="has passed"):
        work_task.snooze(trial.world.ctx, by(trial), MONDAY)


def test_a_call_nobody_makes_leaves_the_queue_after_three_business_days(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    late = datetime(2026, 3, 6, 5, tzinfo=UTC)  # the end of Thursday in New York

    trial.world.clock.set(late - timedelta(seconds=1))
    trial.world.tick()
    assert [row.status for row in trial.touches("first")] == ["queued"]
    trial.world.clock.set(late)
    trial.world.tick()

    assert [(row.status, row.reason) for row in trial.touches("first")] == [("skipped", "late")]
    assert [row.status for row in trial.world.rows("task")] == ["cancelled"]
    assert [row.status for row in trial.touches("second")] == ["scheduled"]


def test_a_snooze_does_not_save_a_call_from_being_late(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    work_task.snooze(trial.world.ctx, by(trial), MONDAY + timedelta(days=20))

    trial.world.clock.set(MONDAY + timedelta(days=10))
    trial.world.tick()

    assert [row.status for row in trial.world.rows("task", touch_id=trial.touches("first")[0].id)] == ["cancelled"]


def test_a_personal_mail_stays_with_its_rep_for_as_long_as_it_takes(stage: Stage) -> None:
    trial = Trial.of(stage, "personal_email")

    trial.world.clock.set(MONDAY + timedelta(days=60))
    trial.world.tick()

    assert [row.status for row in trial.touches("first")] == ["queued"]


def test_a_claim_keeps_others_out_for_half_an_hour(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    task = by(trial).task_id
    work_task.claim(trial.world.ctx, By(task, REP))

    with pytest.raises(Conflict, match="tom-lee is working on"):
        work_task.claim(trial.world.ctx, By(task, "ana-diaz"))
    trial.world.clock.set(MONDAY + timedelta(minutes=30))
    claimed = work_task.claim(trial.world.ctx, By(task, "ana-diaz"))

    assert (claimed.status, claimed.claimed_by) == ("claimed", "ana-diaz")


def test_a_claim_is_renewed_by_who_has_it(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    task = by(trial).task_id
    work_task.claim(trial.world.ctx, By(task, REP))
    trial.world.clock.set(MONDAY + timedelta(minutes=20))

    assert work_task.claim(trial.world.ctx, By(task, REP)).claimed_until == MONDAY + timedelta(minutes=50)


def test_whoever_takes_a_task_over_takes_the_rest_of_the_enrollment_too(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    (ana,) = trial.world.rows("rep", key="ana-diaz")

    work_task.reassign(trial.world.ctx, by(trial), "ana-diaz")

    assert trial.task().rep_id == trial.enrollment.rep_id == ana.id


def test_nobody_hands_work_to_a_rep_who_is_not_there(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    (ana,) = trial.world.rows("rep", key="ana-diaz")
    trial.change("rep", ana.id, is_active=False)

    with pytest.raises(BadInput, match="takes no new work"):
        work_task.reassign(trial.world.ctx, by(trial), "ana-diaz")
    with pytest.raises(NotFound, match="no rep 'nobody'"):
        work_task.reassign(trial.world.ctx, by(trial), "nobody")


def test_a_task_that_somebody_changed_meanwhile_is_not_worked_as_it_was_read(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    read = trial.task()
    work_task.reassign(trial.world.ctx, By(read.id, REP), "ana-diaz")

    with pytest.raises(Stale, match="read it again"):
        work_task.complete(trial.world.ctx, By(read.id, REP, read.version), Answer("interested"))

    assert trial.enrollment.status == "active"


def test_a_task_is_completed_once(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    task = by(trial).task_id
    work_task.complete(trial.world.ctx, By(task, REP), Answer("no_answer"))

    with pytest.raises(IllegalTransition):
        work_task.complete(trial.world.ctx, By(task, REP), Answer("interested"))
    with pytest.raises(NotFound):
        work_task.complete(trial.world.ctx, By(4711, REP), Answer("interested"))


@pytest.mark.parametrize(
    ("verb", "level"),
    [("call", Level.NEW_DAY_ONE), ("linkedin", Level.NEW_DAY_ONE), ("triage", Level.TRIAGE)],
)
def test_a_task_is_ranked_as_rule_19_says(stage: Stage, verb: str, level: Level) -> None:
    trial = Trial.of(stage, verb)

    assert trial.task(None if verb != "triage" else "triage").level == level


def test_a_promised_call_back_is_ranked_above_planned_calls(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    trial.give("call_back", at=SAID["at"])

    trial.world.clock.set(SAID["at"])
    trial.world.tick()

    assert trial.task("call").level == Level.PROMISED_CALL
    assert Level.TRIAGE < Level.PROMISED_CALL < Level.DUE_CALL


def test_a_call_after_day_one_is_a_due_call(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    trial.give("no_answer")

    trial.world.clock.set(MONDAY + timedelta(days=2))
    trial.world.tick()

    assert trial.task("call").level == Level.DUE_CALL


def test_the_clock_of_an_inbound_lead_is_ranked_above_everything(stage: Stage) -> None:
    world = stage.world(MONDAY)
    who = world.add_prospect(email="ada@example.com", phone="+12125550100", zone="America/New_York")
    world.enroll("call-in-15", who, rep="grace-hill")

    world.tick()

    task = Trial(world, who).task("call")
    assert task.level == Level.INBOUND_CLOCK
    assert task.respond_by == MONDAY + timedelta(minutes=5)


def test_what_cannot_be_written_is_held_by_name_and_goes_out_when_it_can(stage: Stage) -> None:
    world = stage.world(MONDAY)
    trial = Trial(world, world.add_prospect(email="ada@example.com", phone="+12125550100", zone="America/New_York"))
    world.enroll("strict", trial.person)

    world.tick()

    held = world.rows("touch", status="held")
    assert {(row.step, row.reason) for row in held} == {("mail", "cannot_render"), ("call", "cannot_render")}
    assert all("prospect.department" in row.detail for row in held)
    assert world.rows("message") == world.rows("task") == []

    trial.change("prospect", trial.person, department="Dispatch")
    with act_on(world.ctx, trial.person) as act:
        assert release_held(act, held) == 2
    world.tick()

    assert [row.subject for row in world.rows("message")] == ["For Dispatch"]
    assert trial.task("call").script == "Ask for Dispatch."


def test_what_is_released_too_early_is_held_again(stage: Stage) -> None:
    world = stage.world(MONDAY)
    trial = Trial(world, world.add_prospect(email="ada@example.com", phone="+12125550100", zone="America/New_York"))
    world.enroll("strict", trial.person)
    world.tick()

    with act_on(world.ctx, trial.person) as act:
        release_held(act, world.rows("touch", status="held"))
    world.tick()

    assert {row.reason for row in world.rows("touch", status="held")} == {"cannot_render"}


def test_a_release_does_not_end_a_pause(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    steering.pause(trial.world.ctx, 1, actor=REP)
    held = trial.world.rows("touch", status="held")
    assert held

    with act_on(trial.world.ctx, trial.person) as act:
        assert release_held(act, held) == 0
