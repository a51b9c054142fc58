"""When to look for the evidence of a send in doubt, and when silence proves that it was never taken."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_MINUTES = (1, 5, 15, 60, 240)  # from one look in vain to the next; the last for as long as it stays in doubt


@dataclass(frozen=True, slots=True)
class Search:
    """`looked` times in vain so far. `empty_since` is the first look that found nothing and counts.

    `after` is how old a doubt must be for silence to mean something, `apart` how far two such looks must be apart;
    None where silence proves nothing.
    """

    since: datetime
    looked: int = 0
    empty_since: datetime | None = None
    after: timedelta | None = None
    apart: timedelta | None = None

    def first_look(self) -> datetime:
        return self.since if self.after == timedelta(0) else self.since + timedelta(minutes=_MINUTES[0])

    def missed(self, now: datetime) -> "Search":
        """It was looked for where it would be, and is not there."""
        counts = self.after is not None and now - self.since >= self.after
        return replace(self, empty_since=now) if counts and self.empty_since is None else self

    def proves_absence(self, now: datetime) -> bool:
        return self.empty_since is not None and self.apart is not None and now - self.empty_since >= self.apart

    def next_look(self, now: datetime) -> datetime:
        """Ever more seldom; sooner where one more look may settle it."""
        usual = now + timedelta(minutes=_MINUTES[min(self.looked, len(_MINUTES) - 1)])
        settles = self._settles_at()
        return settles if settles is not None and now < settles < usual else usual

    def _settles_at(self) -> datetime | None:
        if self.after is None or self.apart is None:
            return None
        return self.since + self.after if self.empty_since is None else self.empty_since + self.apart
