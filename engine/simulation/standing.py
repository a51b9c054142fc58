"""What is under way when a play begins takes its place on the stage."""

from dataclasses import replace
from functools import partial

from engine.core.enrollment import EnrollmentStatus
from engine.core.touch import TouchStatus
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
    for touch in one.touches:
        _place(stage, life, touch)
    for task in one.tasks:
        _give(stage, _task(life, task), task)
    if one.resumes_at is not None:
        stage.agenda.add(one.resumes_at, Moment.TURNOVER, lead.id, partial(resuming.resume, stage, life))
    return life


def _place(stage: Stage, life: Life, known: StandingTouch) -> None:
    touch = Touch(
        known.number, life, known.plan, known.due_at, known.status, known.reason, known.outcome, known.ended_at,
        is_promised=known.is_promised, used_at=known.used_at,
    )  # fmt: skip
    life.touches.append(touch)
    if touch.status is TouchStatus.SCHEDULED:
        course.wait_for(stage, touch)
    if touch.status is TouchStatus.QUEUED and known.task is not None:
        touch.task = _task(life, known.task, touch)
        _give(stage, touch.task, known.task)
        working.watch(stage, touch)


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
