"""What leaves a play, and how long it must wait for that: by the same caps as the engine's."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from engine.core.caps import DAY, LONGEST, Counter, HandOff, Unit, Usage, delay_of, yields_until
from engine.core.providers import OUTBOX
from engine.core.touch import Reason
from engine.core.workspace import Caps
from engine.simulation.agenda import Moment
from engine.simulation.script import Sender

_Slot = tuple[datetime, Reason]


class _ReadWhenAsked(Usage):
    """Few of the counters can make a touch wait; the others are not even looked at."""

    def __init__(self, first_uses: Mapping[int, datetime], recent: Callable[[Counter], list[Unit]]) -> None:
        super().__init__(first_uses=first_uses)
        self._recent = recent

    def of(self, counter: Counter) -> Sequence[Unit]:
        if counter not in self.units:
            self.units[counter] = [*self._recent(counter)]
        return self.units[counter]


class Mailroom:
    """`moment` tells work for people from what leaves by itself: each is asked together, and apart from the other."""

    def __init__(self, limits: Caps, senders: Mapping[str, Sender], used: Usage) -> None:
        self._limits = limits
        self._senders = dict(senders)
        self._first_uses = dict(used.first_uses)
        self._used: dict[Counter, list[Unit]] = defaultdict(list)
        for counter, units in used.units.items():
            self._used[counter] += units
        self._coming: dict[int, dict[int, datetime]] = defaultdict(dict)
        self._planned = Usage()
        self._asked: tuple[datetime, Moment] | None = None
        self._line: set[int] = set()

    def sender(self, address: str) -> Sender:
        """Of a mailbox that nobody knows: the next one, which writes to the outbox."""
        known = self._senders.get(address)
        if known is None:
            next_id = 1 + max((one.id for one in self._senders.values()), default=0)
            known = self._senders[address] = Sender(next_id, OUTBOX)
        return known

    def expect(self, mailbox: int, number: int, at: datetime) -> None:
        """A mail to somebody who is under way: new ones leave it its unit."""
        self._coming[mailbox][number] = at

    def forget(self, mailbox: int, number: int) -> None:
        self._coming[mailbox].pop(number, None)

    def slot(self, one: HandOff, number: int, now: datetime, moment: Moment) -> _Slot | None:
        """None where it may leave now. Of several at the same instant each is given a slot after the one before."""
        usage = self._usage(now, moment)
        self._line.add(number)
        delay = delay_of(one, self._limits, usage, now)
        if delay is not None:
            usage.take(one, delay.until, [delay.counter] if moment is Moment.SEND else self._known(one))
            return delay.until, delay.reason
        later = yields_until(one, self._limits, usage, needed=self._needed(one, now), now=now)
        if later is not None:
            return later, Reason.FOLLOW_UPS_FIRST
        usage.take(one, now, self._known(one))
        return None

    def use(self, one: HandOff, now: datetime) -> None:
        if one.mailbox is not None:
            self._first_uses.setdefault(one.mailbox, now)
        for counter in one.counters:
            self._used[counter].append(Unit(now, one.person))

    def give_back(self, one: HandOff, at: datetime) -> None:
        """Skipped or cancelled, nobody was approached."""
        gone = Unit(at, one.person)
        for counter in one.counters:
            self._used[counter] = [unit for unit in self._used[counter] if unit != gone]

    def _usage(self, now: datetime, moment: Moment) -> Usage:
        """What was used, and what was promised to others at this instant."""
        if self._asked != (now, moment):
            self._planned, self._asked, self._line = self._used_by(now), (now, moment), set()
        return self._planned

    def _used_by(self, now: datetime) -> Usage:
        return _ReadWhenAsked(self._first_uses, lambda counter: self._recent(counter, now))

    def _known(self, one: HandOff) -> list[Counter]:
        """What nobody has asked for is counted when somebody does."""
        return [counter for counter in one.counters if counter in self._planned.units]

    def _needed(self, one: HandOff, now: datetime) -> list[datetime]:
        coming = self._coming[one.mailbox].items() if one.is_new and one.mailbox is not None else ()
        return [at for number, at in coming if at < now + DAY and number not in self._line]

    def _recent(self, counter: Counter, now: datetime) -> list[Unit]:
        used = self._used[counter]
        while used and used[0].at <= now - LONGEST:
            del used[0]
        return used
