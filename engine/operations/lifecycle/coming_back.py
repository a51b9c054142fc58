"""A leave ends: what others did meanwhile comes back, and what waited is spread over the days the rep has time for."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count

from engine.core.capacity import Load
from engine.core.clock import day_start, local_date
from engine.core.leave import LeavePolicy, spread, waits
from engine.core.ranking import base_level
from engine.core.schedule import PlannedTouch, plan_later
from engine.core.sequence import AudienceKind
from engine.core.task import TaskKind
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.covering import piece_of
from engine.operations.days.open_days import working_time
from engine.operations.lifecycle import placing
from engine.operations.lifecycle.placing import Placed
from engine.store import cases, leaves, locks, rep_work
from engine.store.connection import Record

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Item:
    """A piece of work that waited: a task, a touch that is no task yet, or both."""

    kind: TaskKind
    prospect_id: int
    urgency: tuple[int, int, datetime, int]
    task: Record | None = None
    touch: Record | None = None


def come_back(act: Act, leave: Record) -> bool:
    """The most urgent first, so many in one act; True when there is more that can be done at once. People who are held
    just now are left to the next time.
    """
    tasks = rep_work.tasks_of_leave(act.connection, leave.id)
    put_off = rep_work.touches_put_off(act.connection, leave.rep_id, planned_by=_planned_by(leave))
    coming = [row for row in put_off if not row.is_promised and row.audience != AudienceKind.INBOUND.value]
    urgent = [row for row in tasks if not _can_wait(row)]
    items = _items([row for row in tasks if _can_wait(row)], coming)
    free = _held(act, urgent, items[:_AT_ONCE])
    back = [row.id for row in urgent if row.prospect_id in free]
    rep_work.change_tasks(act.connection, back, rep_id=leave.rep_id, leave_id=None)
    page = [item for item in items[:_AT_ONCE] if item.prospect_id in free]
    if page:
        _Return(act, leave, page, items).carry_out()
    if len(page) + len(back) == len(items) + len(urgent):
        leaves.change(act.connection, leave.id, ended_at=act.now)
        leaves.begin_again(act.connection, [leave.rep_id], act.now)  # another leave may have begun meanwhile
        act.record("end_leave", "rep", leave.rep_key, leave=leave.id)
        return False
    return len(items) > _AT_ONCE and bool(page)


def _held(act: Act, urgent: Sequence[Record], items: Sequence[_Item]) -> frozenset[int]:
    people = {row.prospect_id for row in urgent} | {item.prospect_id for item in items}
    return locks.hold_free(act.connection, people, act.now)


def _planned_by(leave: Record) -> date | None:
    """Where work was paused, what was planned meanwhile was planned for the day of return."""
    return leave.last_day if leave.policy == LeavePolicy.PAUSE.value else None


def _can_wait(task: Record) -> bool:
    piece = piece_of(task)
    return waits(LeavePolicy.PAUSE, piece.kind, piece.level, is_inbound=piece.is_inbound)


def _items(tasks: Sequence[Record], put_off: Sequence[Record]) -> list[_Item]:
    """The most urgent first."""
    found = [_Item(TaskKind(row.kind), row.prospect_id, _urgency(row, row.level), task=row) for row in tasks]
    for row in put_off:
        is_new, kind = row.due_date == row.day_one, TaskKind(row.verb)
        level = base_level(kind, has_clock=False, is_promised=False, is_day_one=is_new)
        found.append(_Item(kind, row.prospect_id, _urgency(row, level), touch=row))
    return sorted(found, key=lambda item: item.urgency)


def _urgency(row: Record, level: int) -> tuple[int, int, datetime, int]:
    return level, row.tier, row.lead_at, row.id


class _Return:
    """What waited for one rep finds its days, and is written as it was tried."""

    def __init__(self, act: Act, leave: Record, page: Sequence[_Item], waiting: Sequence[_Item]) -> None:
        self.act, self.leave, self.waiting = act, leave, waiting
        queued = [item.task.touch_id for item in page if item.task is not None and item.task.touch_id is not None]
        steps = {row.id: row for row in cases.of(act.connection, queued)}
        self.items = [
            item if item.task is None else replace(item, touch=steps.get(item.task.touch_id)) for item in page
        ]
        self._capacity = act.workspace.capacity_of(leave.rep_key)
        self._rep = working_time(act.workspace, leave.rep_key, act.now.date())
        self._progress = placing.progress_of(act, [item.touch for item in self.items if item.touch is not None])
        self._plans: dict[tuple[int, date], PlannedTouch] = {}

    def carry_out(self) -> None:
        minutes = [self._capacity.minutes_for(item.kind.value) for item in self.items]
        room, taken = self._capacity, self._planned()
        days = spread(minutes, self._workdays(), capacity=room, planned=taken, lands=self._lands)
        placed = [self._placed(self.items[one], day, self._plans.get((one, day))) for one, day in enumerate(days)]
        placing.place(self.act, self.leave.rep_id, placed)

    def _placed(self, item: _Item, day: date, planned: PlannedTouch | None) -> Placed:
        """The nominal day comes along: the rest of its lane keeps its distance, and nothing is made up for."""
        due_at, due_date = (planned.due_at, planned.due_date) if planned else (self._rep.begins(day), day)
        return Placed(due_at, due_date, due_date, task=item.task, touch=item.touch, planned=planned)

    def _planned(self) -> Mapping[date, Load]:
        """What is in front of the rep on each day already, beside what has waited."""
        tasks, coming = rep_work.planned(self.act.connection, self.leave.rep_id)
        mine = {item.task.id for item in self.waiting if item.task is not None}
        put_off = {item.touch.id for item in self.waiting if item.touch is not None}
        others = [row for row in tasks if row.id not in mine] + [row for row in coming if row.id not in put_off]
        found: dict[date, Load] = defaultdict(lambda: Load(0, 0.0))
        for row in others:
            day, length = local_date(max(row.at, self.act.now), self._rep.zone), self._capacity.minutes_for(row.kind)
            found[day] = Load(found[day].tasks + 1, found[day].minutes + length)
        return dict(found)

    def _workdays(self) -> Iterator[date]:
        today = local_date(max(self.act.now, self.leave.ends_at), self._rep.zone)
        days = (today + timedelta(days=number) for number in count())
        return (day for day in days if self._rep.is_workday(day))

    def _lands(self, number: int, day: date) -> date:
        """The rep's day on which the person can be reached, from that one on."""
        touch = self.items[number].touch
        if touch is None or not facts.is_planned(touch):
            return day
        sequence = self.act.plan(touch.version_id).sequence
        progress = self._progress[touch.enrollment_id]
        past = progress.of(touch.step, touch.repeat)
        planned = plan_later(sequence, past, max(day_start(day, self._rep.zone), self.act.now), progress)
        landed = local_date(planned.due_at, self._rep.zone)
        self._plans[number, landed] = planned
        return landed
