"""A rep's working time: when the next stretch begins, and how long a task keeps the rep busy."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.core.clock import local_date, spans
from engine.simulation.script import Worker

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Half-open time at work without a break. `whole_day` is all the working time of its day."""

    day: date
    start: datetime
    end: datetime
    whole_day: timedelta
    ends_day: bool


class Shift:
    """The working time of one rep from the day of `start` to that of `end`."""

    def __init__(self, worker: Worker, start: datetime, end: datetime) -> None:
        self._capacity = worker.capacity
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

    def free_after(self, now: datetime, kind: str, *, with_voicemail: bool) -> datetime:
        """When a task that is begun now lets the rep go on: its share of the day's tasks or of its minutes, whichever
        is more, in working time. What the shift has no time left for ends after it.
        """
        stretch = self.at(now)
        left = self._length(kind, stretch.whole_day, with_voicemail=with_voicemail) if stretch else timedelta()
        while stretch is not None and now + left > stretch.end:
            left -= stretch.end - now
            now = stretch.end
            stretch = self.at(now)
            now = stretch.start if stretch is not None else now
        return now + left

    def _length(self, kind: str, whole_day: timedelta, *, with_voicemail: bool) -> timedelta:
        capacity, shares = self._capacity, [0.0]
        if capacity.tasks_per_day is not None:
            shares.append(1 / capacity.tasks_per_day)
        if capacity.minutes_per_day is not None:
            minutes = capacity.minutes_for(kind) + (capacity.minutes_for("voicemail") if with_voicemail else 0)
            shares.append(minutes / capacity.minutes_per_day)
        return whole_day * max(shares)


def _stretches(worker: Worker, start: datetime, end: datetime) -> list[Stretch]:
    found: list[Stretch] = []
    zone = worker.time.zone
    day, last = local_date(start, zone), local_date(end, zone)
    while day <= last:
        opened = spans(worker.time.calendar.windows(worker.time.hours, day), day, zone)
        whole = sum((closes - opens for opens, closes in opened), timedelta())
        found += [Stretch(day, opens, closes, whole, closes == opened[-1][1]) for opens, closes in opened]
        day += _ONE_DAY
    return found
