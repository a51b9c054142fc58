"""Whose turn it is to begin: the coming working days of one rep, and who takes which share of them (rule 30).

A rep's day is a working day of the rep; what begins on a weekend counts for the day that follows.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import chain, count

from engine.core.admission import NOTHING, Pile, Share, WaitsFor, days_for, pile_up
from engine.core.clock import day_start, local_date
from engine.core.sequence import Sequence
from engine.operations.act import Act
from engine.operations.admission.shares import Shares
from engine.operations.days.open_days import is_away, working_time
from engine.store import newcomers
from engine.store.connection import Record

_THEIR_OWN = frozenset({WaitsFor.OUT_OF_OFFICE, WaitsFor.REP_WROTE})  # they wait for a date of their own, not in line
_LOOK_BACK = 731


@dataclass(frozen=True, slots=True)
class Turn:
    """On which of the rep's days somebody begins, 0 being the one that is next to end; and from which instant on.

    Without a `waits_for` that is now.
    """

    day: date
    number: int
    at: datetime
    waits_for: WaitsFor | None = None


class Line:
    """Of one rep. Whoever writes by them holds the rep (`store.newcomers`) before making one."""

    def __init__(self, act: Act, rep_id: int, rep_key: str, shares: Shares) -> None:
        self._act, self.rep_id, self.rep_key, self._shares = act, rep_id, rep_key, shares
        self.capacity = act.workspace.capacity_of(rep_key)
        self._time = working_time(act.workspace, rep_key, act.now.date())
        self._today = local_date(act.now, self._time.zone)
        self._coming = self._time.workdays(self._today)
        self._days: list[date] = []
        self._returns: dict[int, bool] = {}

    @cached_property
    def is_away(self) -> bool:
        """Nobody begins with a rep who is on leave."""
        return is_away(self._act.workspace, self.rep_key, self._today)

    @cached_property
    def waiting(self) -> list[Record]:
        """The line as it stands, the first in front."""
        return newcomers.line(self._act.connection, self.rep_id)

    def share(self, version_id: int) -> Share:
        return self._shares.of(self.rep_id, self.rep_key, version_id)

    def behind(self, version_ids: Collection[int]) -> list[Turn]:
        """When these begin who come now: after everybody who waits already."""
        ahead = [row for row in self.waiting if not self.has_own_date(row)]
        numbers = self._numbers([*(row.version_id for row in ahead), *version_ids], self.waiting)
        at_once = not ahead and not self.is_away
        return [self._turn(number, at_once=at_once) for number in numbers[len(ahead) :]]

    def in_line(self, rows: Collection[Record]) -> list[Turn]:
        """When these of the line begin, in this order; the others of the line have dates of their own."""
        mine = {row.id for row in rows}
        others = [row for row in self.waiting if row.id not in mine]
        return [self._turn(number) for number in self._numbers([row.version_id for row in rows], others)]

    def has_own_date(self, row: Record) -> bool:
        """Whoever is away, or has just heard from the rep, does not keep the line waiting."""
        return row.admit_at > self._act.now and WaitsFor(row.waits_for) in _THEIR_OWN

    def on_own_date(self, until: datetime, why: WaitsFor) -> Turn:
        """From that instant on, when the rep works."""
        number = self._number_of(until)
        return Turn(self._day(number), number, max(until, self._begins(number)), why)

    def pile_of(self, sequence: Sequence, people: int) -> Pile:
        """What would be left over if so many began today."""
        return pile_up({self._today: people}, sequence, self.capacity, self._time.workdays(self._today))

    @property
    def next_morning(self) -> datetime:
        """When the rep begins the next day of work."""
        return next(at for number in count() if (at := self._begins(number)) > self._act.now)

    def _numbers(self, version_ids: Collection[int], others: Collection[Record]) -> list[int]:
        taken: dict[int, Share] = defaultdict(Share, {0: self.begun})
        for row in others:
            if self.has_own_date(row):
                taken[self._number_of(row.admit_at)] += self.share(row.version_id)
        return days_for(map(self.share, version_ids), taken)

    @cached_property
    def begun(self) -> Share:
        """What the newcomers of today take, those who asked us included."""
        counts: Mapping[int, int] = newcomers.begun_since(self._act.connection, self.rep_id, self._since)
        one_by_one = chain.from_iterable([self.share(version)] * people for version, people in counts.items())
        return sum(one_by_one, NOTHING)

    @property
    def _since(self) -> datetime:
        """When the rep's last working day was over, or the last day of a leave, whose newcomers others began with."""
        first = self._day(0)
        day = first
        for before in (first - timedelta(days=number) for number in range(1, _LOOK_BACK)):
            if self._time.is_workday(before) or is_away(self._act.workspace, self.rep_key, before):
                break
            day = before
        return day_start(day, self._time.zone)

    def _turn(self, number: int, *, at_once: bool = False) -> Turn:
        if number == 0 and at_once:
            return Turn(self._today, 0, self._act.now)
        why = WaitsFor.REP_AWAY if self._ends_leave(number) else WaitsFor.TURN
        return Turn(self._day(number), number, self._begins(number), why)

    def _ends_leave(self, number: int) -> bool:
        """Whether the rep is back on that day."""
        if number not in self._returns:
            day = self._day(number - 1) if number else self._today
            between = (day + timedelta(days=later) for later in range((self._day(number) - day).days))
            self._returns[number] = any(is_away(self._act.workspace, self.rep_key, one) for one in between)
        return self._returns[number]

    def _begins(self, number: int) -> datetime:
        return self._time.begins(self._day(number))

    def _day(self, number: int) -> date:
        while len(self._days) <= number:
            self._days.append(next(self._coming))
        return self._days[number]

    def _number_of(self, at: datetime) -> int:
        """The first of the rep's days that is not over before then."""
        wanted, number = local_date(at, self._time.zone), 0
        while self._day(number) < wanted:
            number += 1
        return number
