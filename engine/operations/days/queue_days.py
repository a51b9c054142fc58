"""A rep's queue takes what the rep gets done in a day; what else is due that day comes on the next. So a holiday, or a
weekend, ends without a mountain.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.capacity import Load, full_until
from engine.core.clock import day_start, local_date
from engine.core.leave import LeavePolicy, waits
from engine.core.ranking import Level
from engine.core.redialling import is_same_day
from engine.core.sequence import AudienceKind
from engine.core.task import TaskKind
from engine.operations.act import Act
from engine.operations.days.open_days import working_time
from engine.operations.facts import is_planned
from engine.store import rep_work, touches
from engine.store.connection import Record

TaskRow = Mapping[str, Any]


class QueueDays:
    """Today's intake of each rep, which nobody else adds to meanwhile. `tasks` are the rows that due touches would
    become, by touch; `reps` are by id.
    """

    def __init__(self, act: Act, tasks: Mapping[int, TaskRow], reps: Mapping[int, Record]) -> None:
        rep_work.hold_days(act.connection, {row["rep_id"] for row in tasks.values()})
        self._act, self._tasks, self._reps = act, tasks, reps
        self._came: dict[int, Load] = {}

    def full_until(self, due: Record) -> datetime | None:
        """When the rep's next working day begins, if today is full; None for what comes in now."""
        if not self._can_wait(due):
            return None
        rep, workspace, now = self._rep(due), self._act.workspace, self._act.now
        time = working_time(workspace, rep.key, now.date())
        return full_until(workspace.capacity_of(rep.key), self._came_today(rep), due.verb, time=time, now=now)

    def take(self, due: Record) -> None:
        rep = self._rep(due)
        minutes = self._act.workspace.capacity_of(rep.key).minutes_for(due.verb)
        self._came[rep.id] = self._came_today(rep).with_one(minutes)

    def _can_wait(self, due: Record) -> bool:
        """As while a rep is away: not what was promised, nor what somebody asks of us. What was tried today is tried
        again within the day (rule 18).
        """
        if was_tried_today(self._act, due):
            return False
        is_inbound = self._act.plan(due.version_id).sequence.audience.kind is AudienceKind.INBOUND
        level = Level(self._tasks[due.id]["level"])
        return is_planned(due) and waits(LeavePolicy.PAUSE, TaskKind(due.verb), level, is_inbound=is_inbound)

    def _rep(self, due: Record) -> Record:
        return self._reps[self._tasks[due.id]["rep_id"]]

    def _came_today(self, rep: Record) -> Load:
        if rep.id not in self._came:
            self._came[rep.id] = came_today(self._act, rep.id, rep.key)
        return self._came[rep.id]


def was_tried_today(act: Act, due: Record) -> bool:
    """It is a repeat within the day of the try before."""
    if not due.repeat:
        return False
    of_it = touches.of_enrollments(act.connection, [due.enrollment_id])[due.enrollment_id]
    tries = [one.ended_at for one in of_it if one.step == due.step and one.ended_at is not None]
    return is_same_day(due.due_date, tries, ZoneInfo(due.zone))


def came_today(act: Act, rep_id: int, rep_key: str) -> Load:
    """What comes into the queue on the rep's own day, planned or not, and is not given up."""
    zone, capacity = working_time(act.workspace, rep_key, act.now.date()).zone, act.workspace.capacity_of(rep_key)
    today = local_date(act.now, zone)
    since, until = day_start(today, zone), day_start(today + timedelta(days=1), zone)
    kinds = rep_work.came_between(act.connection, rep_id, since, until)
    return Load(sum(kinds.values()), sum(capacity.minutes_for(kind) * count for kind, count in kinds.items()))
