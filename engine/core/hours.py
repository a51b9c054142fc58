"""Windows of time by weekday, on whatever clock they are read by. Pure."""

from dataclasses import dataclass
from datetime import time

SHORTEST_WINDOW = 5  # minutes; a send that begins in the last one of a window waits for the next


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open local time of day, [start, end)."""

    start: time
    end: time

    @property
    def minutes(self) -> float:
        return _minutes(self.end) - _minutes(self.start)


def _minutes(at: time) -> float:
    return 60 * at.hour + at.minute + at.second / 60


@dataclass(frozen=True, slots=True)
class Hours:
    """Windows by weekday: seven tuples, Monday first."""

    days: tuple[tuple[Window, ...], ...]

    def __hash__(self) -> int:
        """Of Monday alone: hours are looked up for every touch, and hardly any differ on other days only."""
        return hash(self.days[0])

    def on(self, weekday: int) -> tuple[Window, ...]:
        return self.days[weekday]

    @property
    def is_empty(self) -> bool:
        return not any(self.days)

    @property
    def usable(self) -> "Hours":
        """Without what is too short for a send to begin and end in it."""
        return Hours(tuple(tuple(one for one in day if one.minutes >= SHORTEST_WINDOW) for day in self.days))

    @property
    def longest_day(self) -> float:
        """Minutes of the weekday that has most of them."""
        return max(sum(window.minutes for window in windows) for windows in self.days)


NO_HOURS = Hours(((),) * 7)
