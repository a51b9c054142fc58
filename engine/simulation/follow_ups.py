"""Work that no step asks for: replies to read, hand-overs, meetings to confirm, late work to look after."""

from engine.core.clock import add_business_time
from engine.core.ranking import Ranked, base_level
from engine.core.sequence import AudienceKind
from engine.core.task import TaskKind, response_time
from engine.simulation import covering
from engine.simulation.covering import Assigned
from engine.simulation.lives import Life, Task
from engine.simulation.stage import Stage


def open_task(stage: Stage, life: Life, kind: TaskKind, *, doer: Assigned | None = None) -> None:
    """Due now, to be done within business hours of whoever must act: the person's rep, unless a `doer` is named."""
    level = base_level(kind, has_clock=False, is_promised=False, is_day_one=False)
    doer = doer or covering.assign(stage, life, kind, level)
    time, due = stage.floor.posts[doer.worker].worker.time, doer.waits_until or stage.now
    length = response_time(kind, is_inbound=life.sequence.audience.kind is AudienceKind.INBOUND)
    ranked = Ranked(
        id=next(stage.numbers),
        level=level,
        due_at=due,
        callable_from=None,
        closes_at=None,
        respond_by=add_business_time(due, length, hours=time.hours, calendar=time.calendar, zone=time.zone),
        tier=life.lead.tier,
        lead_at=life.started_at,
    )
    is_aside = doer.waits_until is not None
    stage.floor.give(Task(kind, ranked, life, doer.worker, lent_by=doer.lent_by, is_aside=is_aside))
