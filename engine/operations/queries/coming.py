"""What comes next for an enrollment, in words: what is planned already, and what is foreseen after it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from engine.core.enrollment import EnrollmentStatus
from engine.core.sequence import Step as PlanStep
from engine.operations import facts, wording
from engine.operations.act import Act
from engine.operations.queries import on_time
from engine.store import touches
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class Step:
    """Something that lies ahead, if every step is done when it falls due."""

    step: str
    title: str
    kind: str
    day: int
    at: datetime


def steps_ahead(
    act: Act, enrollment: Record, locale: str, *, leaving_out: Collection[int | None] = ()
) -> tuple[Step, ...]:
    """Soonest first, without the touches that are shown elsewhere. Nothing lies ahead of what has ended.

    `enrollment` is a row with its person.
    """
    if not EnrollmentStatus(enrollment.status).is_live:
        return ()
    plan = act.plan(enrollment.version_id).sequence
    past = touches.of_enrollments(act.connection, [enrollment.id])[enrollment.id]
    progress = facts.progress_of(plan, enrollment, past, facts.setting_of(act.workspace, enrollment, act.now))
    planned = [row for row in past if row.ended_at is None and facts.is_planned(row)]
    now = max(act.now, facts.begun_at(enrollment))
    starts = {row.step: max(act.now, row.callable_from or row.due_at) for row in planned}
    by_key = {step.key: step for step in plan.steps}
    others = [(row.step, starts[row.step]) for row in planned if row.id not in leaving_out]
    later = [(one.step, one.at) for one in on_time.ahead(plan, progress, now, starts=starts)]
    return tuple(_step(by_key[key], at, locale) for key, at in sorted([*others, *later], key=lambda one: one[1]))


def _step(step: PlanStep, at: datetime, locale: str) -> Step:
    return Step(step.key, step.title or wording.step_name(step.do, locale), step.do.value, step.day, at)
