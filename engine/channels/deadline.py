"""An instant until which something may take: a limit on each read alone never ends with a server that drips bytes."""

from dataclasses import dataclass
from time import monotonic


@dataclass(frozen=True, slots=True)
class Deadline:
    """`ends` on the clock that is never set back."""

    ends: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        return cls(monotonic() + seconds)

    def left(self) -> float:
        """Seconds, more than none. Raises TimeoutError when it has passed."""
        seconds = self.ends - monotonic()
        if seconds <= 0:
            raise TimeoutError("the time limit has passed")
        return seconds

    @property
    def is_over(self) -> bool:
        return monotonic() >= self.ends

    def within(self, seconds: float) -> "Deadline":
        """The earlier of the two."""
        return Deadline(min(self.ends, monotonic() + seconds))
