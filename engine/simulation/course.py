"""The course of an enrollment: it begins, goes from touch to touch, and ends."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from engine.core.clock import local_date
from engine.core.enrollment import EnrollmentEvent, EnrollmentStatus, StopReason, advance
from engine.core.executed import ExecutedTouch, executed_formula
from engine.core.guards import Candidate, Engagement, may_enroll
from engine.core.outcome import EXECUTED
from engine.core.schedule import (
    PlannedTouch,
    first_open_day,
    is_exhausted,
    next_touches,
    plan_for_another,
)
from engine.core.sequence import AudienceKind, Exhausted, Formula, Verb
from engine.core.task import TaskKind
from engine.core.touch import Reason, TouchStatus
from engine.simulation import capping
from engine.simulation.fixed import all_by_the_calendar
from engine.simulation.lives import Life, Touch, families_of
from engine.simulation.script import Lead, Plan
from engine.simulation.stage import Stage

ACKNOWLEDGEMENT = "@ack"
_COMPLETED = Exhausted()
_GIVEN_UP = (TouchStatus.SKIPPED, TouchStatus.CANCELLED)
_PLANNERS = {Plan.ENGINE: next_touches, Plan.FIXED: all_by_the_calendar}


def enter(stage: Stage, lead: Lead) -> Life | None:
    """Begins where the rules of enrolling allow it; None, and counted, where they refuse."""
    sequence, person = stage.script.sequences[lead.sequence], stage.people[lead.id]
    refusal = may_enroll(sequence, _candidate(stage, lead), stage.now)
    if refusal is not None:
        stage.tally.refused[lead.sequence, refusal] += 1
        return None
    if person.live is not None:
        stop(stage, person.live, StopReason.SUPERSEDED)
    worker = stage.floor.posts[lead.worker].worker
    setting = replace(lead.setting, rep=worker.time_for(sequence.audience.kind))
    day_one = first_open_day(sequence, setting, stage.now)
    life = Life(lead, person, sequence, setting, day_one, stage.now, lead.worker, worker.mailbox)
    person.live = life
    person.rounds.append((sequence, stage.now))
    stage.lives.append(life)
    stage.tally.entered[sequence.key] += 1
    stage.tally.people.add(lead.id)
    go_on(stage, life)
    if sequence.acknowledge is not None:
        add(stage, life, ACKNOWLEDGEMENT, sequence.acknowledge.do)
    return life


def _candidate(stage: Stage, lead: Lead) -> Candidate:
    person = stage.people[lead.id]
    return Candidate(
        engagement=Engagement(rep=stage.floor.posts[lead.worker].number),
        families=families_of(lead.reach) - person.dead,
        zone=lead.setting.zone,
        calendar=lead.setting.calendar,
        live_sequences=(person.live.sequence.key,) if person.live is not None else (),
        past_rounds=tuple(at for sequence, at in person.rounds if sequence.key == lead.sequence),
        outbound_rounds=tuple(at for one, at in person.rounds if one.audience.kind is AudienceKind.OUTBOUND),
    )


def go_on(stage: Stage, life: Life) -> None:
    """What the plan asks for next; the end, when it asks for nothing more."""
    if life.status is not EnrollmentStatus.ACTIVE:
        return
    progress = life.progress()
    planned = _PLANNERS[stage.script.plan](life.sequence, progress, stage.now)
    for touch in planned:
        schedule(stage, life, touch)
    if not planned and is_exhausted(life.sequence, progress) and not life.open_touches:
        _finish(stage, life)


def schedule(stage: Stage, life: Life, plan: PlannedTouch, *, is_promised: bool = False) -> Touch:
    touch = Touch(next(stage.numbers), life, plan, plan.due_at, is_promised=is_promised)
    life.touches.append(touch)
    if plan.hold is not None:
        touch.status, touch.reason = TouchStatus.HELD, plan.hold
    else:
        wait_for(stage, touch)
    return touch


def add(stage: Stage, life: Life, step: str, verb: Verb) -> Touch:
    """Outside the plan: its own lane, due now."""
    lanes = {touch.plan.lane for touch in life.touches if touch.plan.lane.startswith("extra:")}
    repeat = sum(touch.plan.step == step for touch in life.touches)
    today = local_date(stage.now, life.setting.zone)
    plan = PlannedTouch(step, repeat, f"extra:{len(lanes) + 1}", verb, today, today, stage.now)
    return schedule(stage, life, plan)


def put_off(stage: Stage, touch: Touch, until: datetime, why: Reason) -> None:
    """It keeps its place in its lane, and is counted once for the reason, however many steps it takes."""
    touch.due_at, touch.reason = until, why
    if why not in touch.delays:
        touch.delays.add(why)
        stage.tally.delayed[why] += 1
    wait_for(stage, touch)


def wait_for(stage: Stage, touch: Touch) -> None:
    capping.expect(stage, touch)
    moment = capping.MOMENTS[touch.plan.verb.is_automatic]
    stage.agenda.add(touch.due_at, moment, capping.order(touch), partial(_fall_due, stage, touch, touch.due_at))


def _fall_due(stage: Stage, touch: Touch, at: datetime) -> None:
    """Unless it has ended or was moved meanwhile."""
    if touch.status is TouchStatus.SCHEDULED and touch.due_at == at:
        stage.on_due(touch)


def end_touch(stage: Stage, touch: Touch, status: TouchStatus, *, reason: Reason | None = None) -> None:
    touch.status, touch.reason, touch.ended_at = status, reason, stage.now
    capping.forget(stage, touch)
    if touch.used_at is not None and status in _GIVEN_UP:
        stage.mailroom.give_back(capping.hand_off_of(stage, touch), touch.used_at)
    if touch.task is not None:
        stage.floor.take_away(touch.task)
        touch.task = None
    if status is TouchStatus.SKIPPED and reason is not None:
        stage.tally.skipped[reason] += 1


def skip(stage: Stage, touch: Touch, reason: Reason) -> None:
    """The step is given up, the lane goes on."""
    end_touch(stage, touch, TouchStatus.SKIPPED, reason=reason)
    go_on(stage, touch.life)


def stop(stage: Stage, life: Life, reason: StopReason) -> None:
    """What is open is cancelled with it."""
    status = advance(life.status, EnrollmentEvent.STOP)
    for touch in life.open_touches:
        end_touch(stage, touch, TouchStatus.CANCELLED, reason=Reason.STOPPED)
    _end(stage, life, status, reason.value)
    stage.on_stop(life)


def give_to(stage: Stage, life: Life, worker: str) -> None:
    """Another rep works it from now on: what is to come is planned by that rep's days."""
    life.worker = worker
    life.setting = replace(life.setting, rep=stage.worker(life).time_for(life.sequence.audience.kind))
    progress = life.progress()
    for touch in filter(_is_to_come, life.open_touches):
        past = progress.of(touch.plan.step, touch.plan.repeat)
        planned = plan_for_another(life.sequence, past, progress, stage.now)
        touch.plan = replace(planned, respond_by=touch.plan.respond_by)
        touch.due_at, touch.reason = planned.due_at, None
        wait_for(stage, touch)


def _is_to_come(touch: Touch) -> bool:
    """Work for people that the plan asks for, and that nobody was promised."""
    is_work = touch.is_planned and not touch.plan.verb.is_automatic and not touch.is_promised
    return is_work and touch.status is TouchStatus.SCHEDULED


def _finish(stage: Stage, life: Life) -> None:
    """Every step has been executed or skipped: end it by name, and start what `on_exhausted` says."""
    then = life.sequence.on_exhausted or _COMPLETED
    _end(stage, life, advance(life.status, EnrollmentEvent.FINISH), then.reason)
    if then.task:
        stage.on_task(life, TaskKind.HAND_OVER)
    if then.start is not None and then.start in stage.script.sequences:
        enter(stage, replace(life.lead, at=stage.now, sequence=then.start, worker=life.worker))


def _end(stage: Stage, life: Life, status: EnrollmentStatus, reason: str) -> None:
    life.status, life.end_reason, life.ended_at = status, reason, stage.now
    life.person.live = None
    stage.tally.ends[reason] += 1
    stage.tally.formulas[life.sequence.key, str(executed(life))] += 1


def executed(life: Life) -> Formula:
    """What really reached out: sent, or done with an outcome that means contact was tried."""
    zone = life.setting.zone
    reached = [
        ExecutedTouch(touch.plan.verb, local_date(touch.ended_at, zone))
        for touch in life.touches
        if touch.ended_at is not None and touch.plan.step != ACKNOWLEDGEMENT and _reached(touch)
    ]
    return executed_formula(reached, life.day_one, count_channels=life.sequence.count_channels)


def _reached(touch: Touch) -> bool:
    if touch.status is TouchStatus.SENT:
        return True
    return touch.status is TouchStatus.DONE and touch.outcome in EXECUTED
