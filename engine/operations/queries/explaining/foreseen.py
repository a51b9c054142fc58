"""What comes next for one enrollment: it is played on from here, alone, as the forecast of everybody is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from engine.core.enrollment import EnrollmentStatus
from engine.core.touch import TouchStatus
from engine.operations.queries import reasons
from engine.operations.queries.explaining.case import Case
from engine.operations.queries.explaining.values import Foreseen
from engine.operations.queries.snapshot import snapshot_of
from engine.simulation.lives import Life, Touch
from engine.simulation.play import play
from engine.simulation.script import Script

_LONGEST = timedelta(days=400)


def foreseen(case: Case) -> tuple[Foreseen, ...]:
    """Soonest first. What is paused without a date goes on at once, so that one sees what would come."""
    status = EnrollmentStatus(case.row.status)
    if not status.is_live:
        return ()
    script = snapshot_of(case.act, case.row, _length(case))
    if status is EnrollmentStatus.PAUSED:
        script = _resumed(script)
    (life, *_) = play(script).lives or [None]
    found = list(_ahead(case, life, script.end)) if life is not None else []
    return tuple(sorted(found, key=lambda one: one.at))


def _length(case: Case) -> timedelta:
    """Long enough for all of it, with weekends and what it waits for."""
    wait = max(case.progress.enrolled_at - case.act.now, timedelta())
    last = max(step.day for step in case.plan.steps)
    return min(wait + timedelta(days=2 * last + 30), _LONGEST)


def _resumed(script: Script) -> Script:
    standing = tuple(replace(one, resumes_at=one.resumes_at or script.start) for one in script.standing)
    return replace(script, standing=standing)


def _ahead(case: Case, life: Life, end: datetime) -> Iterator[Foreseen]:
    """Touches that are not over yet, and those that come after them; without those whose end nobody can foresee."""
    over = {(row.step, row.repeat) for row in case.touches if row.ended_at is not None}
    for touch in life.touches:
        if (touch.plan.step, touch.plan.repeat) not in over and touch.ended_at is not None and touch.ended_at < end:
            yield _told(case, touch, touch.ended_at)


def _told(case: Case, touch: Touch, at: datetime) -> Foreseen:
    plan, step = touch.plan, case.step(touch.plan.step)
    is_left_out = touch.status in (TouchStatus.SKIPPED, TouchStatus.CANCELLED) and touch.reason is not None
    why = reasons.of_touch(touch.reason.value, case.voice.locale) if is_left_out and touch.reason else ""
    return Foreseen(
        step=plan.step,
        title=case.title(plan.step, plan.verb.value),
        kind=plan.verb.value,
        day=step.day if step is not None else None,
        repeat=plan.repeat,
        at=at,
        status=touch.status.value,
        why=why,
    )
