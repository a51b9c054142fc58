"""Work changes hands: what is to come is planned by the days of whoever has it now, what waited for somebody waits no
more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.core.clock import local_date
from engine.core.schedule import Progress, plan_for_another, plan_later
from engine.core.working_time import WorkingTime
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.days.open_days import working_time
from engine.operations.lifecycle import placing
from engine.operations.lifecycle.placing import Placed
from engine.store import cases, plans, rep_work
from engine.store.connection import Record


def take_up(act: Act, rep_id: int, enrollment_ids: Sequence[int], waited: Sequence[Record]) -> None:
    """The enrollments are that rep's by now. `waited` are tasks that were left until somebody else would be back: that
    made them no later, they count from now on.
    """
    coming = rep_work.touches_coming(act.connection, enrollment_ids)
    queued = cases.of(act.connection, [row.touch_id for row in waited if row.touch_id is not None])
    if not (coming or waited):
        return
    key = next(rep.key for rep in plans.reps(act.connection, only_active=False) if rep.id == rep_id)
    time, progress = working_time(act.workspace, key, act.now.date()), placing.progress_of(act, [*coming, *queued])
    desk, steps = _Desk(act, time, progress), {row.id: row for row in queued}
    placed = [desk.placed(steps.get(row.touch_id), row) for row in waited] + [desk.placed(row) for row in coming]
    placing.place(act, rep_id, placed)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Of whoever takes it up: their working time, and how far the enrollments are."""

    act: Act
    time: WorkingTime
    progress: Mapping[int, Progress]

    def placed(self, touch: Record | None, task: Record | None = None) -> Placed:
        if touch is None or not facts.is_planned(touch):
            day = next(self.time.workdays(local_date(self.act.now, self.time.zone)))
            return Placed(self.time.begins(day), day, day, task=task, touch=touch)
        sequence, progress = self.act.plan(touch.version_id).sequence, self.progress[touch.enrollment_id]
        past = next(one for one in progress.touches if (one.step, one.repeat) == (touch.step, touch.repeat))
        if task is None:
            planned = plan_for_another(sequence, past, progress, self.act.now)
            return Placed(planned.due_at, planned.due_date, planned.nominal_date, touch=touch, planned=planned)
        planned = plan_later(sequence, past, self.act.now, progress)
        return Placed(planned.due_at, planned.due_date, planned.due_date, task=task, touch=touch, planned=planned)
