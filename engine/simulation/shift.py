"""A rep's working time: when the next stretch begins, how long a task keeps the rep busy, and what the day has seen."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.core.clock import local_date, spans
from engine.core.sequence import Verb
from engine.simulation.script import Worker

_ONE_DAY = timedelta(days=1)
_A_MINUTE = timedelta(minutes=1)
_A_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Stretch:
    """Half-open time at work without a break."""

    day: date
    start: datetime
    end: datetime
    ends_day: bool


class Shift:
    """The working time of one rep from the day of `start` to that of `end`."""

    def __init__(self, worker: Worker, start: datetime, end: datetime) -> None:
        self._capacity = worker.capacity
        self._day, self._tasks, self._minutes = date.min, 0, 0.0
        self.stretches = _stretches(worker, start, end)
        self._starts = [stretch.start for stretch in self.stretches]

    def at(self, now: datetime) -> Stretch | None:
        """The stretch that lasts at this instant, else the next one; None after the last."""
        place = max(bisect_right(self._starts, now) - 1, 0)
        return next((one for one in self.stretches[place : place + 2] if now < one.end), None)

    def next_day_after(self, now: datetime) -> datetime | None:
        """When the rep is back at work on another day."""
        today = self.at(now)
        later = self.stretches[bisect_right(self._starts, now) :] if today is not None else []
        return next((one.start for one in later if today is not None and one.day != today.day), None)

    def take(self, now: datetime, kind: str, *, with_voicemail: bool) -> datetime:
        """A task is begun, and this is when it lets the rep go on: after its minutes, or on the next day if this was
        the last that the day's tasks or minutes had room for. What the shift has no time left for ends after it.
        """
        stretch = self.at(now)
        left = timedelta(minutes=self._minutes_for(kind, with_voicemail=with_voicemail))
        is_last = stretch is not None and self._fills(stretch.day, left)
        tomorrow = self.next_day_after(now) if is_last else None
        while stretch is not None and now + left > stretch.end:
            left -= stretch.end - now
            now = stretch.end
            stretch = self.at(now)
            now = stretch.start if stretch is not None else now
        return max(now + left, tomorrow) if tomorrow is not None else now + left

    def _minutes_for(self, kind: str, *, with_voicemail: bool) -> float:
        left = self._capacity.minutes_for(Verb.VOICEMAIL.value) if with_voicemail else 0
        return self._capacity.minutes_for(kind) + left

    def _fills(self, day: date, length: timedelta) -> bool:
        """Whether that day is full with one task more."""
        if self._day != day:
            self._day, self._tasks, self._minutes = day, 0, 0.0
        self._tasks, self._minutes = self._tasks + 1, self._minutes + length / _A_MINUTE
        return self._capacity.part_used(self._tasks, self._minutes) >= 1 - _A_HAIR


def _stretches(worker: Worker, start: datetime, end: datetime) -> list[Stretch]:
    found: list[Stretch] = []
    zone = worker.time.zone
    day, last = local_date(start, zone), local_date(end, zone)
    while day <= last:
        opened = spans(worker.time.calendar.windows(worker.time.hours, day), day, zone)
        found += [Stretch(day, opens, closes, closes == opened[-1][1]) for opens, closes in opened]
        day += _ONE_DAY
    return found
