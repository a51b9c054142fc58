"""What leaves a play, and how long it must wait for that: by the same caps as the engine's."""

from collections import defaultdict
from datetime import datetime
from itertools import count

from engine.core.caps import LONGEST, Counter, Delay, HandOff, Unit, Usage, counters_asked, delay_of
from engine.core.workspace import Caps


class Mailroom:
    def __init__(self, limits: Caps) -> None:
        self._limits = limits
        self._first_uses: dict[int, datetime] = {}
        self._used: dict[Counter, list[Unit]] = defaultdict(list)
        self._planned = Usage()
        self._planned_at: datetime | None = None
        self._numbers = defaultdict[str, int](count(1).__next__)

    def number_of(self, mailbox: str) -> int:
        return self._numbers[mailbox]

    def delay_of(self, one: HandOff, now: datetime) -> Delay | None:
        """None where it may leave now. Of several at the same instant each is given a slot after the one before."""
        if self._planned_at != now:
            self._planned, self._planned_at = Usage(first_uses=self._first_uses), now
        for counter in {*counters_asked(one, self._limits, now), *one.counters} - self._planned.units.keys():
            self._planned.units[counter] = [*self._recent(counter, now)]
        delay = delay_of(one, self._limits, self._planned, now)
        until = delay.until if delay is not None else now
        self._planned.take(one, until, [delay.counter] if delay is not None else one.counters)
        return delay

    def use(self, one: HandOff, now: datetime) -> None:
        if one.mailbox is not None:
            self._first_uses.setdefault(one.mailbox, now)
        for counter in one.counters:
            self._used[counter].append(Unit(now, one.person))

    def _recent(self, counter: Counter, now: datetime) -> list[Unit]:
        used = self._used[counter]
        while used and used[0].at <= now - LONGEST:
            del used[0]
        return used
