"""What is under way when a play begins takes its place on the stage."""

from dataclasses import replace
from functools import partial

from engine.core.enrollment import EnrollmentStatus
from engine.core.replanning import deadline, moved_off
from engine.core.touch import Reason, TouchStatus
from engine.simulation import course, resuming, working
from engine.simulation.agenda import Moment
from engine.simulation.lives import Life, Task, Touch
from engine.simulation.script import Standing, StandingTask, StandingTouch
from engine.simulation.stage import Stage


def take_place(stage: Stage, one: Standing) -> Life:
    lead, person = one.lead, stage.people[one.lead.id]
    setting = replace(lead.setting, rep=stage.floor.posts[lead.worker].worker.time_for(one.sequence.audience.kind))
    life = Life(lead, person, one.sequence, setting, one.day_one, lead.at, lead.worker, one.mailbox)
    life.status = one.ended_as or (EnrollmentStatus.PAUSED if one.is_paused else EnrollmentStatus.ACTIVE)
    life.end_reason = one.end_reason
    person.live = life if life.status.is_live else person.live
    person.rounds.append((one.sequence, lead.at))
    stage.lives.append(life)
    life.touches += [_touch(life, known) for known in one.touches]
    for touch, known in zip(life.touches, one.touches, strict=True):
        _place(stage, touch, known)
    for task in one.tasks:
        _give(stage, _task(life, task), task)
    if one.resumes_at is not None:
        stage.agenda.add(one.resumes_at, Moment.TURNOVER, lead.id, partial(resuming.resume, stage, life))
    return life


def _touch(life: Life, known: StandingTouch) -> Touch:
    return Touch(
        known.number, life, known.plan, known.due_at, known.status, known.reason, known.outcome, known.ended_at,
        is_promised=known.is_promised, used_at=known.used_at,
    )  # fmt: skip


def _place(stage: Stage, touch: Touch, known: StandingTouch) -> None:
    """Days may have been closed, and hours changed, since it was planned."""
    if touch.status is TouchStatus.SCHEDULED and not _has_moved(stage, touch):
        course.wait_for(stage, touch)
    if touch.status is TouchStatus.QUEUED and known.task is not None:
        touch.task = _task(touch.life, known.task, touch)
        _give(stage, touch.task, known.task)
        _count_anew(touch)
        working.watch(stage, touch)


def _has_moved(stage: Stage, touch: Touch) -> bool:
    if touch.plan.verb.is_automatic or not touch.is_planned or touch.is_promised or working.was_tried_today(touch):
        return False
    life, plan, progress = touch.life, touch.plan, touch.life.progress()
    planned = moved_off(life.sequence, progress.of(plan.step, plan.repeat), progress, stage.now)
    if planned is None:
        return False
    working.roll(stage, touch, planned, Reason.DAY_OFF)
    return True


def _count_anew(touch: Touch) -> None:
    """Its deadline, if that lies later now."""
    if touch.plan.late_at is not None and touch.is_planned:
        progress = touch.life.progress()
        late_at = deadline(touch.life.sequence, progress.of(touch.plan.step, touch.plan.repeat), progress)
        if late_at is not None:
            touch.plan = replace(touch.plan, late_at=max(late_at, touch.plan.late_at))


def _give(stage: Stage, task: Task, known: StandingTask) -> None:
    stage.floor.give(task, came_on=stage.floor.posts[task.worker].day_of(known.came_at))


def _task(life: Life, known: StandingTask, touch: Touch | None = None) -> Task:
    reachable = working.reachable(life, touch.plan.verb) if touch is not None else None
    return Task(
        known.kind,
        known.ranked,
        life,
        known.worker,
        touch,
        reachable,
        rests_until=known.rests_until,
        lent_by=known.lent_by,
        is_aside=known.is_aside,
    )
