"""How many new people a rep begins with in a day, so that nobody drowns in what follows (rule 30).

In a steady stream each day's newcomers bring the work of their whole sequence. So a lead takes a share of the rep's day
when it begins, and a day is full when the shares of one kind make up the whole: of tasks, of minutes, or of mails.
"""

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from math import inf

from engine.core.capacity import Capacity, load_of
from engine.core.sequence import DayKind, Verb
from engine.core.sequence import Sequence as Plan

_A_HAIR = 1e-9  # ten tenths are a whole, whatever floating point makes of it


class Limit(StrEnum):
    """What a day of a rep holds only so much of; NEWCOMERS is the number that somebody has set."""

    TASKS = "tasks"
    MINUTES = "minutes"
    MAILS = "mails"
    NEWCOMERS = "newcomers"


class WaitsFor(StrEnum):
    """Why somebody who is enrolled has not begun yet."""

    TURN = "turn"
    REP_AWAY = "rep_away"
    OUT_OF_OFFICE = "out_of_office"
    REP_WROTE = "rep_wrote"


@dataclass(frozen=True, slots=True)
class Share:
    """What one lead takes of a rep's day, each from 0 up: of the tasks, the minutes, the mails of the mailbox, and of
    the number of newcomers where one is set.
    """

    tasks: float = 0.0
    minutes: float = 0.0
    mails: float = 0.0
    newcomers: float = 0.0

    def __add__(self, other: "Share") -> "Share":
        return Share(
            self.tasks + other.tasks,
            self.minutes + other.minutes,
            self.mails + other.mails,
            self.newcomers + other.newcomers,
        )

    @property
    def largest(self) -> float:
        """The one that is used up first."""
        return max(self.tasks, self.minutes, self.mails, self.newcomers)

    @property
    def limit(self) -> Limit | None:
        """Which one that is; of two that are used up together, the one named first. None for no share at all."""
        parts = [(getattr(self, part.name), Limit(part.name)) for part in fields(self)]
        return max(parts, key=lambda one: one[0])[1] if self.largest else None

    @property
    def leads_per_day(self) -> int | None:
        """How many such leads a day holds, at least one; None where nothing limits them."""
        return max(1, int(1 / self.largest + _A_HAIR)) if self.largest else None


NOTHING = Share()


def share_of(sequence: Plan, capacity: Capacity, mails_per_day: int | None) -> Share:
    load = load_of(sequence.steps, capacity)
    mails = sum(step.do is Verb.EMAIL for step in sequence.steps)
    return Share(
        _part(load.tasks, capacity.tasks_per_day),
        _part(load.minutes, capacity.minutes_per_day),
        _part(mails, mails_per_day),
        _part(1, capacity.new_leads_per_day),
    )


def _part(amount: float, whole: float | None) -> float:
    return amount / whole if whole else 0.0


def has_room(taken: Share, one: Share) -> bool:
    """Whether the day takes one more. A lead that is more than a day's work on its own begins an empty day."""
    return (taken + one).largest <= 1 + _A_HAIR or taken == NOTHING


def days_for(shares: Iterable[Share], taken: Mapping[int, Share]) -> list[int]:
    """For each lead, in this order, the day on which it begins: 0 is today. `taken` is what the days hold already, and
    nobody overtakes.
    """
    days, day, held = [], 0, taken.get(0, NOTHING)
    for share in shares:
        while not has_room(held, share):
            day += 1
            held = taken.get(day, NOTHING)
        held += share
        days.append(day)
    return days


@dataclass(frozen=True, slots=True)
class Pile:
    """Work that is left at the end of a day, in tasks: the most there ever is, on which working day (counted from 1),
    and after how many days nothing is left.
    """

    peak: int
    on_day: int
    clear_after: int


def pile_up(starts: Mapping[date, int], sequence: Plan, capacity: Capacity, workdays: Iterable[date]) -> Pile:
    """What piles up for one rep who begins with so many leads on each of these days, when nothing stops a sequence and
    every step comes on its own day. `workdays` are the rep's, from the first of the starts on, without end. An estimate
    for people: a simulation tells more.
    """
    arriving = _arriving(starts, sequence, capacity, workdays)
    waiting, peak, on_day, day = deque[tuple[float, int]](), 0, 0, 0
    while waiting or arriving:
        waiting.extend(arriving.pop(day, Counter()).items())
        _work_off(waiting, capacity)
        day += 1
        left = sum(tasks for _, tasks in waiting)
        if left > peak:
            peak, on_day = left, day
    return Pile(peak, on_day, day)


def _work_off(waiting: deque[tuple[float, int]], capacity: Capacity) -> None:
    """One day's work, what came first before the rest; whatever is left stays, each with its minutes and how many."""
    tasks_left = capacity.tasks_per_day or inf
    minutes_left = whole_day = capacity.minutes_per_day or inf
    while waiting:
        minutes, tasks = waiting.popleft()
        fits = minutes_left / minutes + _A_HAIR if minutes else inf
        at_least = minutes_left == whole_day  # a day has time for one task of any length
        done = int(min(tasks, tasks_left, max(fits, at_least)))
        tasks_left, minutes_left = tasks_left - done, minutes_left - done * minutes
        if done < tasks:
            waiting.appendleft((minutes, tasks - done))
            return


def _arriving(
    starts: Mapping[date, int], sequence: Plan, capacity: Capacity, workdays: Iterable[date]
) -> dict[int, Counter[float]]:
    """How many tasks of how many minutes fall due, by the number of the working day. What falls on a day off is due on
    the next, and what begins on one begins then.
    """
    coming, days = iter(workdays), list[date]()

    def number_of(day: date) -> int:
        while not days or days[-1] < day:
            days.append(next(coming))
        return bisect_left(days, day)

    arriving: dict[int, Counter[float]] = defaultdict(Counter)
    for first, leads in starts.items():
        begun = number_of(first)
        for step in (step for step in sequence.steps if step.do.is_counted and not step.do.is_automatic):
            later = step.day - 1
            in_business = sequence.schedule.days is DayKind.BUSINESS
            number = begun + later if in_business else number_of(days[begun] + timedelta(days=later))
            arriving[number][load_of([step], capacity).minutes] += leads
    return arriving
