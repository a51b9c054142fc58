"""What happens in the demo besides the engine's own work: deeds at their instants, done in order."""

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from engine.operations.context import Context

Deed = Callable[[Context], None]


class Diary:
    """A player of the virtual clock. Deeds at one instant are done in the order in which they were written down."""

    def __init__(self) -> None:
        self._pages: list[tuple[datetime, int, Deed]] = []
        self._number = count()

    def add(self, at: datetime, deed: Deed) -> None:
        """What should have happened already happens next."""
        heappush(self._pages, (at, next(self._number), deed))

    def act(self, ctx: Context) -> bool:
        has_acted = False
        while self._pages and self._pages[0][0] <= ctx.now():
            heappop(self._pages)[2](ctx)
            has_acted = True
        return has_acted

    def next_instant(self, ctx: Context) -> datetime | None:  # noqa: ARG002 - all that is due has been done
        return self._pages[0][0] if self._pages else None
