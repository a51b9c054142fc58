"""A pause ends on its date: what it held up waits for the next window to open, and gets its deadlines anew."""

from dataclasses import replace

from engine.core.clock import next_window_start
from engine.core.enrollment import EnrollmentEvent, EnrollmentStatus, advance
from engine.core.schedule import PlannedTouch, plan_later
from engine.core.touch import Reason, TouchStatus
from engine.simulation import course, working
from engine.simulation.lives import Life, Touch
from engine.simulation.stage import Stage


def resume(stage: Stage, life: Life) -> None:
    """Nothing fires at once, and due dates stay: what was held up is late."""
    if life.status is not EnrollmentStatus.PAUSED:
        return
    life.status = advance(life.status, EnrollmentEvent.RESUME)
    for touch in life.open_touches:
        if touch.status is TouchStatus.HELD and touch.reason is Reason.PAUSED:
            _release(stage, touch)
        elif touch.task is not None:
            _take_out(stage, touch)
    course.go_on(stage, life)


def _release(stage: Stage, touch: Touch) -> None:
    if touch.due_at <= stage.now:
        touch.plan = _later(stage, touch)
        touch.due_at = touch.plan.due_at
    touch.status, touch.reason = TouchStatus.SCHEDULED, None
    course.wait_for(stage, touch)


def _take_out(stage: Stage, touch: Touch) -> None:
    """Its task was in the queue before the pause and is in it again."""
    task, closes_at = touch.task, touch.plan.callable_until
    assert task is not None  # noqa: S101 - asked for by the caller
    ranked = task.ranked
    if closes_at is not None and closes_at <= stage.now:
        touch.plan = _later(stage, touch)
        ranked = replace(ranked, callable_from=touch.plan.callable_from, closes_at=touch.plan.callable_until)
    stage.floor.take_up(task, ranked)
    working.watch(stage, touch)


def _later(stage: Stage, touch: Touch) -> PlannedTouch:
    life, plan = touch.life, touch.plan
    hours, setting = life.sequence.schedule.hours_for(plan.verb), life.setting
    opens = next_window_start(hours, setting.calendar, setting.zone, stage.now)
    if not touch.is_planned:
        return replace(plan, due_at=opens)
    progress = life.progress()
    past = progress.of(plan.step, plan.repeat)
    later = plan_later(life.sequence, past, opens, progress)
    late_at = later.late_at if plan.late_at is not None else None  # once is enough
    return replace(
        plan, due_at=opens, callable_from=later.callable_from, callable_until=later.callable_until, late_at=late_at
    )
