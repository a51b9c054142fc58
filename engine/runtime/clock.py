"""The only place that reads the wall clock, and the clocks that do not tell it."""

from datetime import UTC, datetime


def wall_clock() -> datetime:
    return datetime.now(UTC)


class ManualClock:
    """Stands still until it is told. For scenarios, the demo and tests; time only goes forward."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def __call__(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        """Raises ValueError for an instant in the past."""
        if now < self._now:
            raise ValueError(f"time does not go back from {self._now.isoformat()} to {now.isoformat()}")
        self._now = now.astimezone(UTC)


class OffsetClock:
    """Begins at an instant of its own and goes on at the pace of the real time."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start - wall_clock()

    def __call__(self) -> datetime:
        return wall_clock() + self._ahead
