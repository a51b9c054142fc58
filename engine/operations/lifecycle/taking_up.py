"""Work changes hands: what is to come is planned by the days of whoever has it now, what waited for somebody waits no
more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.core.clock import day_start, local_date
from engine.core.schedule import PastTouch, Progress, plan_for_another, plan_later
from engine.core.sequence import Sequence as Plan
from engine.core.task import Asleep, TaskStatus, asleep
from engine.core.working_time import WorkingTime
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.days.open_days import working_time
from engine.operations.lifecycle import placing
from engine.operations.lifecycle.placing import Placed
from engine.store import cases, plans, rep_work
from engine.store.connection import Record


def take_up(act: Act, rep_id: int, enrollment_ids: Sequence[int], given: Sequence[Record], *, waited: set[int]) -> None:
    """The enrollments and the tasks `given` are that rep's by now. Those whose ids are in `waited` were left until
    somebody else would be back: that made them no later, they count from now on. What whoever had it before has put off
    is in the queue at once; what has a day keeps it, by the hours of its new owner.
    """
    resting = {row.id: asleep(TaskStatus(row.status), row.due_at, row.snoozed_until) for row in given}
    put_off = [row.id for row in given if row.id not in waited and resting[row.id] is Asleep.PUT_OFF]
    rep_work.change_tasks(act.connection, put_off, status=TaskStatus.OPEN.value, snoozed_until=None)
    due = [row for row in given if row.id in waited or resting[row.id] is Asleep.PLACED]
    coming = rep_work.touches_coming(act.connection, enrollment_ids)
    queued = cases.of(act.connection, [row.touch_id for row in due if row.touch_id is not None])
    if not (coming or due):
        return
    key = next(rep.key for rep in plans.reps(act.connection, only_active=False) if rep.id == rep_id)
    time, progress = working_time(act.workspace, key, act.now.date()), placing.progress_of(act, [*coming, *queued])
    desk, steps = _Desk(act, time, progress), {row.id: row for row in queued}
    placed = [desk.task(row, steps.get(row.touch_id), waited=row.id in waited) for row in due]
    placing.place(act, rep_id, placed + [desk.touch(row) for row in coming])


@dataclass(frozen=True, slots=True)
class _Desk:
    """Of whoever takes it up: their working time, and how far the enrollments are."""

    act: Act
    time: WorkingTime
    progress: Mapping[int, Progress]

    def task(self, task: Record, touch: Record | None, *, waited: bool) -> Placed:
        """On its day, or now if it has waited for somebody; then the rest of its lane keeps its distance."""
        if touch is None or not facts.is_planned(touch):
            return self._outside_the_plan(self.act.now if waited else max(self.act.now, task.due_at), task, touch)
        sequence, past, progress = self._plan_of(touch)
        earliest = self.act.now if waited else max(self.act.now, day_start(touch.due_date, progress.setting.zone))
        planned = plan_later(sequence, past, earliest, progress)
        nominal = planned.due_date if waited else touch.nominal_date
        return Placed(planned.due_at, planned.due_date, nominal, task=task, touch=touch, planned=planned)

    def touch(self, touch: Record) -> Placed:
        if not facts.is_planned(touch):
            return self._outside_the_plan(self.act.now, None, touch)
        planned = plan_for_another(*self._plan_of(touch), self.act.now)
        return Placed(planned.due_at, planned.due_date, planned.nominal_date, touch=touch, planned=planned)

    def _outside_the_plan(self, earliest: datetime, task: Record | None, touch: Record | None) -> Placed:
        day = next(self.time.workdays(local_date(earliest, self.time.zone)))
        return Placed(self.time.begins(day), day, day, task=task, touch=touch)

    def _plan_of(self, touch: Record) -> tuple[Plan, PastTouch, Progress]:
        sequence, progress = self.act.plan(touch.version_id).sequence, self.progress[touch.enrollment_id]
        past = progress.of(touch.step, touch.repeat)
        return sequence, past, progress
