"""The clock of a play: what is to be done at which instant, and in which order at the same one."""

from collections.abc import Callable
from datetime import datetime
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count


class Moment(IntEnum):
    """The order of a tick: answers, newcomers, reps who go and come, who begins, what is late, work for people, what
    leaves by itself; then the reps.
    """

    ANSWER = 0
    ENTER = 1
    TURNOVER = 2
    ADMIT = 3
    LATE = 4
    QUEUE = 5
    SEND = 6
    WORK = 7
    DAY_ENDS = 8


class Agenda:
    def __init__(self, start: datetime) -> None:
        self.now = start
        self._waiting: list[tuple[datetime, Moment, int, int, Callable[[], object]]] = []
        self._entries = count()

    def add(self, at: datetime, moment: Moment, number: int, act: Callable[[], object]) -> None:
        """What has passed is done now. `number` orders what falls into the same moment."""
        heappush(self._waiting, (max(at, self.now), moment, number, next(self._entries), act))

    def run(self, end: datetime) -> None:
        """Up to `end`, which is left out: the play is half-open like every span of time here."""
        while self._waiting and self._waiting[0][0] < end:
            self.now, _, _, _, act = heappop(self._waiting)
            act()
        self.now = end
