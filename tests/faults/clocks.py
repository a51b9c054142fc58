"""The time of the bench: real time, faster, the same in every process of the machine."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from tests.faults.process import shared_number

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday; the window stays open for as long as a bench may take
RATE = 240.0  # the reservations of a dead dispatcher, a minute long, are free again after a quarter of a second


class Clock(Protocol):
    """`monotonic` is what `time.monotonic` is to a real clock: whoever compares the two must find them agreed."""

    def __call__(self) -> datetime: ...
    def monotonic(self) -> float: ...


@dataclass(frozen=True, slots=True)
class FastClock:
    origin: float
    rate: float = RATE
    start: datetime = NOON

    def __call__(self) -> datetime:
        return self.start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self.origin) * self.rate


def fast_clock(rate: float = RATE) -> FastClock:
    return FastClock(time.monotonic(), rate)


class SteppedClock:
    """Stands still until the bench moves it: for a story of days that need not be waited for."""

    def __init__(self, start: datetime = NOON) -> None:
        self._start, self._seconds = start, shared_number("d", 0.0)

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return float(self._seconds.value)

    def set(self, now: datetime) -> None:
        self._seconds.value = (now - self._start).total_seconds()
