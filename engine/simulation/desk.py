"""A rep's open tasks in the order of rule 19, without sorting them anew for each one that is taken."""

from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from engine.core.ranking import Ranked, doable_from, may_be_done, rank
from engine.simulation.lives import Task

_Rank = tuple[int, bool, datetime, int, datetime, int]


class Desk:
    """Tasks wait in `_later` until they may be done, then in `_ready` by rank. A rank changes only when a window
    closes or a time to respond is over, so each task is ranked anew at these instants. `_ranks` are those that hold.
    """

    def __init__(self) -> None:
        self.tasks: dict[int, Task] = {}
        self._ready: list[tuple[_Rank, int, Task]] = []
        self._ranks: dict[int, _Rank] = {}
        self._entries = count()  # no two entries of a heap are equal, so that tasks are never compared
        self._later: list[tuple[datetime, int, Task]] = []
        self._closing: list[tuple[datetime, int, Task]] = []

    def add(self, task: Task, now: datetime) -> None:
        self.tasks[task.ranked.id] = task
        if task.is_aside:
            return
        self._place(task, doable_from(task.ranked, task.reachable, max(now, task.rests_until or now)))
        for at in (task.ranked.closes_at, task.ranked.respond_by):
            if at is not None and at > now:
                heappush(self._closing, (at, next(self._entries), task))

    def put_off(self, task: Task, until: datetime) -> None:
        task.times_put_off += 1
        task.rests_until = until
        self._place(task, doable_from(task.ranked, task.reachable, until))

    def take_up(self, task: Task, ranked: Ranked, now: datetime) -> None:
        """What was put aside is to be done from this instant on."""
        task.is_aside, task.ranked, task.rests_until = False, ranked, now
        self._ranks.pop(ranked.id, None)
        self.add(task, now)

    def close(self, task: Task) -> None:
        task.is_open = False
        self.tasks.pop(task.ranked.id, None)
        self._ranks.pop(task.ranked.id, None)

    def first(self, now: datetime) -> Task | None:
        """The task that stands on top of those that may be done now. It stays where it is until it is closed."""
        self._bring_forward(now)
        while self._ready:
            key, _, task = self._ready[0]
            is_current = key is self._ranks.get(task.ranked.id) and not _rests(task, now)
            if is_current and may_be_done(task.ranked, task.reachable, now):
                return task
            heappop(self._ready)
            if is_current:
                self._place(task, doable_from(task.ranked, task.reachable, now))
        return None

    def next_at(self) -> datetime | None:
        """When something that waits may be done."""
        while self._later and not self._later[0][2].is_open:
            heappop(self._later)
        return self._later[0][0] if self._later else None

    def in_view(self, now: datetime) -> list[Task]:
        """Without those that are put aside or asleep: they are in nobody's queue."""
        return [task for task in self.tasks.values() if not _is_asleep(task, now)]

    def _place(self, task: Task, at: datetime) -> None:
        heappush(self._later, (at, next(self._entries), task))

    def _bring_forward(self, now: datetime) -> None:
        for waiting in (self._closing, self._later):
            while waiting and waiting[0][0] <= now:
                task = heappop(waiting)[2]
                if task.is_open:
                    key = self._ranks[task.ranked.id] = rank(task.ranked, now)
                    heappush(self._ready, (key, next(self._entries), task))


def _is_asleep(task: Task, now: datetime) -> bool:
    """What the rep has not come to on one day stays in view."""
    return task.is_aside or (_rests(task, now) and not task.times_put_off)


def _rests(task: Task, now: datetime) -> bool:
    return task.is_aside or (task.rests_until is not None and now < task.rests_until)
