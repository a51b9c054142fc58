"""Work for people that nobody did in time: what its step's `if_late` says is done, once and in bulk."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from engine.core.enrollment import EnrollmentStatus
from engine.core.lateness import who_hears, who_takes_over
from engine.core.replanning import deadline
from engine.core.schedule import plan_later
from engine.core.sequence import IfLate, Late
from engine.core.task import TaskEvent, TaskKind
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations import wording
from engine.operations.act import Act
from engine.operations.covering import Cover, back_at
from engine.operations.delivery import queueing
from engine.operations.lifecycle import advance, follow_ups, placing, stopping
from engine.operations.lifecycle.handing_over import hand_over
from engine.store import enrollments, plans, tasks, touches
from engine.store.connection import Record


def act_on_late(act: Act, limit: int) -> int:
    """Returns how many touches it dealt with. Whoever holds a person now leaves them to the next tick."""
    _close_notices(act, limit)
    found = queueing.of_free_people(act, touches.too_late(act.connection, act.now, limit))
    late = _late_today(act, [row for row in found if _is_late(act, row)])
    if not late:
        return 0
    desk = _Desk.of(act, late)
    given_up = {row.enrollment_id for row in late if desk.deal_with(row)}
    advance.proceed(act, given_up)
    return len(late)


def _is_late(act: Act, row: Record) -> bool:
    """As it is under the lock: another dispatcher may have been quicker."""
    is_waiting = row.status == TouchStatus.QUEUED.value and row.enrollment_status == EnrollmentStatus.ACTIVE.value
    return is_waiting and row.late_at is not None and bool(row.late_at <= act.now)


def _late_today(act: Act, rows: Sequence[Record]) -> list[Record]:
    """Days that were closed meanwhile, and hours that were changed, may have moved the deadline: it is written, and
    nothing else is done.
    """
    progress, late = placing.progress_of(act, rows), list[Record]()
    for row in rows:
        mine = progress[row.enrollment_id]
        past = mine.of(row.step, row.repeat)
        late_at = deadline(act.plan(row.version_id).sequence, past, mine)
        if late_at is not None and late_at > act.now:
            touches.set_deadlines(act.connection, row.id, late_at=late_at)
        else:
            late.append(row)
    return late


def _close_notices(act: Act, limit: int) -> None:
    """What a manager was told of has been done, or is not to be done any more."""
    for notice in tasks.settled_notices(act.connection, limit):
        tasks.move(act.connection, notice, TaskEvent.CANCEL, closed_at=act.now, closed_by=act.actor)


@dataclass(frozen=True, slots=True)
class _Desk:
    """The late touches of one pass: their tasks, all reps by key, who is away, and how much each other has to do."""

    act: Act
    tasks: dict[int, Record]
    reps: dict[str, Record]
    away: Mapping[int, Record]
    load: Counter[str]

    @classmethod
    def of(cls, act: Act, late: Sequence[Record]) -> "_Desk":
        of_touch = {task.touch_id: task for task in tasks.of_touches(act.connection, [row.id for row in late])}
        reps = {rep.key: rep for rep in plans.reps(act.connection, only_active=False)}
        away = Cover(act).away
        counts = tasks.open_counts(act.connection)
        load = Counter(
            {key: counts.get(rep.id, 0) for key, rep in reps.items() if rep.is_active and rep.id not in away}
        )
        return cls(act, of_touch, reps, away, load)

    def deal_with(self, row: Record) -> bool:
        """True when the step was given up."""
        task = self.tasks[row.id]
        if task.claimed_until is not None and task.claimed_until > self.act.now:
            touches.set_deadlines(self.act.connection, row.id, late_at=task.claimed_until)  # somebody is at it
            return False
        leave = self.away.get(task.rep_id)
        if leave is not None:
            self._count_again(row, since=back_at(self.act, leave))
            return False
        if_late = self.act.plan(row.version_id).sequence.step(row.step).if_late
        match if_late.policy:
            case Late.SKIP_AFTER | Late.PROCEED:
                self._give_up(row)
                return True
            case Late.REASSIGN:
                self._reassign(row, task, if_late)
            case Late.ESCALATE:
                self._escalate(row, task, if_late)
            case Late.WAIT:
                pass
            case _:
                assert_never(if_late.policy)
        touches.set_deadlines(self.act.connection, row.id, late_at=None)
        return False

    def _count_again(self, row: Record, since: datetime) -> None:
        """Nobody is late with the work of a rep who is away."""
        progress = placing.progress_of(self.act, [row])[row.enrollment_id]
        past = progress.of(row.step, row.repeat)
        planned = plan_later(self.act.plan(row.version_id).sequence, past, since, progress)
        touches.set_deadlines(self.act.connection, row.id, late_at=planned.late_at)

    def _give_up(self, row: Record) -> None:
        stopping.cancel_tasks(self.act, [row.id])
        touches.move(self.act.connection, row, TouchEvent.SKIP, now=self.act.now, reason=Reason.LATE.value)

    def _reassign(self, row: Record, task: Record, if_late: IfLate) -> None:
        """Where nobody can take it over, the manager hears of it."""
        late = self._rep_of(task)
        taker = who_takes_over(if_late, late.key, workspace=self.act.workspace, open_tasks=self.load)
        if taker is None:
            self._escalate(row, task, IfLate(Late.ESCALATE))
            return
        self.load.update({taker: 1})
        hand_over(self.act, task, self.reps[taker], reason=Reason.LATE.value)

    def _escalate(self, row: Record, task: Record, if_late: IfLate) -> None:
        late = self._rep_of(task)
        hearer = who_hears(if_late, late.key, workspace=self.act.workspace)
        if hearer is not None:
            self._tell(row, task, self.reps[hearer])
        self.act.record("escalate", "task", task.id, to=hearer, rep=late.key)

    def _tell(self, row: Record, task: Record, hearer: Record) -> None:
        enrollment = enrollments.one(self.act.connection, row.enrollment_id)
        about = follow_ups.About(row.prospect_id, hearer.id, hearer.locale, enrollment)
        kind, since = TaskKind(task.kind), row.due_date
        title = wording.in_language(kind, task.title, hearer.locale)
        said = wording.late_work(title, self._rep_of(task).name, since, hearer.locale)
        notice = follow_ups.open_task(self.act, about, TaskKind.ESCALATION, script=said, rather_not=task.rep_id)
        tasks.set_values(self.act.connection, notice, late_task_id=task.id)

    def _rep_of(self, task: Record) -> Record:
        return next(rep for rep in self.reps.values() if rep.id == task.rep_id)
