"""Work that nobody did in time: what its step's `if_late` says."""

from dataclasses import replace
from functools import partial
from typing import assert_never

from engine.core.lateness import who_hears, who_takes_over
from engine.core.schedule import plan_later
from engine.core.sequence import IfLate, Late
from engine.core.task import TaskKind
from engine.core.touch import Reason, TouchStatus
from engine.simulation import course, covering, follow_ups
from engine.simulation.agenda import Moment
from engine.simulation.lives import Touch
from engine.simulation.stage import Stage


def act_on(stage: Stage, touch: Touch) -> None:
    """Once its deadline is really over: a leave may have moved it, or taken it off until the return."""
    is_aside = touch.task is not None and touch.task.is_aside
    is_over = touch.plan.late_at is not None and touch.plan.late_at <= stage.now
    if touch.status is not TouchStatus.QUEUED or is_aside or not is_over:
        return
    if touch.task is not None and _is_away(stage, touch, touch.task.worker):
        return
    if_late = touch.life.sequence.step(touch.plan.step).if_late
    match if_late.policy:
        case Late.SKIP_AFTER | Late.PROCEED:
            course.skip(stage, touch, Reason.LATE)
        case Late.REASSIGN:
            _reassign(stage, touch, if_late)
        case Late.ESCALATE:
            _escalate(stage, touch, if_late)
        case Late.WAIT:
            pass
        case _:
            assert_never(if_late.policy)


def _is_away(stage: Stage, touch: Touch, worker: str) -> bool:
    """Nobody is late with the work of a rep who is away: it counts again from the return."""
    rep, life = stage.floor.posts[worker].worker, touch.life
    leave = covering.leave_of(rep, stage.now)
    if leave is None:
        return False
    progress, plan = life.progress(), touch.plan
    past = progress.of(plan.step, plan.repeat)
    late_at = plan_later(life.sequence, past, covering.back_at(rep, leave), progress).late_at
    touch.plan = replace(plan, late_at=late_at)
    if late_at is not None:
        stage.agenda.add(late_at, Moment.LATE, touch.number, partial(act_on, stage, touch))
    return True


def _reassign(stage: Stage, touch: Touch, if_late: IfLate) -> None:
    """The rest of the enrollment goes with it. Where nobody can take it over, the manager hears of it."""
    counts, life = covering.loads(stage), touch.life
    late = touch.task.worker if touch.task is not None else life.worker
    taker = who_takes_over(if_late, late, workspace=stage.script.workspace, open_tasks=counts)
    if taker is None or touch.task is None:
        _escalate(stage, touch, IfLate(Late.ESCALATE))
        return
    course.give_to(stage, life, taker)
    stage.floor.hand_over(touch.task, taker, for_good=True)


def _escalate(stage: Stage, touch: Touch, if_late: IfLate) -> None:
    late = touch.task.worker if touch.task is not None else touch.life.worker
    hearer = who_hears(if_late, late, workspace=stage.script.workspace)
    doer = covering.who_is_told(stage, hearer, late=late) if hearer is not None else None
    if doer is not None:
        follow_ups.open_task(stage, touch.life, TaskKind.ESCALATION, doer=doer)
