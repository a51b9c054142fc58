"""How much may be handed over, and when there is room again. Caps stack, the smallest wins, they only delay (rule 7).

A unit is a real hand-off: a message that was taken, or may have been; work that entered a rep's queue. Each limit looks
at the units of one counter in a rolling window, half-open: what is exactly 24 hours old is over. Units later than `now`
count as well, so a clock that was set back opens nothing anew.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from math import floor
from operator import attrgetter

from engine.core.draws import share
from engine.core.sequence import AudienceKind, Verb
from engine.core.sequence import Sequence as Plan
from engine.core.touch import Reason
from engine.core.workspace import Caps

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(hours=24), timedelta(weeks=1)
LONGEST = DAY  # no cap looks further back
_AT = attrgetter("at")
_A_HAIR = 1e-9  # a tenth of thirty is three, whatever floating point makes of it


class Scope(StrEnum):
    MAILBOX = "mailbox"
    GUESSED = "guessed"  # what a mailbox sends to guessed addresses
    DOMAIN = "domain"
    PERSON = "person"
    ACCOUNT = "account"
    WORKSPACE = "workspace"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True, order=True)
class Counter:
    """Whose units are counted: `key` is an id, a domain, the name of a way out; empty for the workspace."""

    scope: Scope
    key: str = ""


@dataclass(frozen=True, slots=True)
class HandOff:
    """What is about to leave: from where, by which way, to whom.

    `draw` names the touch (person, sequence, step, repeat) and decides its gap. `mailbox` and `domain` are a mail's
    alone; `provider` is the way out, None for the work of people. `account` is None where the rules of a company do not
    hold. `passes`: an answer to somebody who came to us waits for the provider and for nothing else. `is_new`: nobody
    of us has approached them in this sequence.
    """

    draw: tuple[int, str, str, int]
    person: int
    account: int | None = None
    mailbox: int | None = None
    domain: str | None = None
    provider: str | None = None
    is_guessed: bool = False
    passes: bool = False
    is_new: bool = False

    @property
    def counters(self) -> Iterator[Counter]:
        """In which it is a unit when it leaves. A person is protected from machines alone."""
        if self.mailbox is not None:
            yield Counter(Scope.MAILBOX, str(self.mailbox))
            if self.is_guessed:
                yield Counter(Scope.GUESSED, str(self.mailbox))
        if self.domain is not None:
            yield Counter(Scope.DOMAIN, self.domain)
        if self.account is not None:
            yield Counter(Scope.ACCOUNT, str(self.account))
        if self.provider is not None:
            yield Counter(Scope.PERSON, str(self.person))
            yield Counter(Scope.WORKSPACE)
            yield Counter(Scope.PROVIDER, self.provider)


def is_answer(plan: Plan, step: str, verb: Verb, *, is_promised: bool, is_on_day_one: bool) -> bool:
    """What answers somebody (rule 4): what was promised or stands outside the plan, and of those who came to us the
    first touch, and whatever a rep does.
    """
    if is_promised or step.startswith("@"):
        return True
    is_first = is_on_day_one and plan.step(step).after is None
    return plan.audience.kind is AudienceKind.INBOUND and (is_first or not verb.is_automatic)


@dataclass(frozen=True, slots=True)
class Unit:
    at: datetime
    person: int | None = None


@dataclass(slots=True)
class Usage:
    """The units of some counters, oldest first, and when each mailbox was first used; grows as slots are given out."""

    units: dict[Counter, list[Unit]] = field(default_factory=dict)
    first_uses: Mapping[int, datetime] = field(default_factory=dict)

    def of(self, counter: Counter) -> Sequence[Unit]:
        return self.units.get(counter, ())

    def take(self, hand_off: HandOff, at: datetime, counters: Iterable[Counter]) -> None:
        """As if it had left then, in these counters."""
        for counter in counters:
            insort(self.units.setdefault(counter, []), Unit(at, hand_off.person), key=_AT)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """At most `top` units. What is new may do less: `start`, and `step` more each time that `every` has passed since
    `since`. Of that only `portion`, though never less than one.
    """

    top: int
    start: int | None = None
    step: int = 0
    every: timedelta = DAY
    since: datetime | None = None
    portion: float = 1.0

    def at(self, instant: datetime) -> int:
        most = self.top if self.start is None else min(self.top, self.start + self.step * self._rises(instant))
        return max(1, floor(most * self.portion + _A_HAIR))

    def next_rise(self, instant: datetime) -> datetime | None:
        if self.since is None or self.start is None or self.step == 0:
            return None
        rises = self._rises(instant)
        return self.since + (rises + 1) * self.every if self.start + self.step * rises < self.top else None

    def _rises(self, instant: datetime) -> int:
        return max(0, (instant - self.since) // self.every) if self.since is not None else 0


@dataclass(frozen=True, slots=True)
class Limit:
    """Fewer than the ceiling's units must be in the window before one more leaves. `of_people`: other people are
    counted, each once.
    """

    counter: Counter
    reason: Reason
    window: timedelta
    ceiling: Ceiling
    of_people: bool = False

    def instants(self, units: Sequence[Unit], person: int) -> list[datetime]:
        """Those that count for a hand-off to this person, oldest first."""
        if not self.of_people:
            return [unit.at for unit in units]
        return sorted({unit.person: unit.at for unit in units if unit.person != person}.values())

    def inside(self, instants: Sequence[datetime], at: datetime) -> int:
        return len(instants) - bisect_right(instants, at - self.window)

    def free_from(self, instants: Sequence[datetime], now: datetime) -> datetime:
        """The first instant from `now` on at which one more is allowed; it stays allowed while nothing is added."""
        at = now
        while self.inside(instants, at) >= (most := self.ceiling.at(at)):
            expiry, rise = instants[-most] + self.window, self.ceiling.next_rise(at)
            at = expiry if rise is None else min(expiry, rise)
        return at


def limits_on(hand_off: HandOff, caps: Caps, usage: Usage, now: datetime) -> tuple[Limit, ...]:
    """Every limit that it must keep."""
    made = [*_of_provider(hand_off, caps)]
    if not hand_off.passes:
        made += [*_of_mailbox(hand_off, caps, usage, now), *_of_domain(hand_off, caps), *_of_recipients(hand_off, caps)]
    return tuple(made)


def counters_asked(hand_off: HandOff, caps: Caps, now: datetime) -> frozenset[Counter]:
    """Those whose units can make it wait."""
    return frozenset(limit.counter for limit in limits_on(hand_off, caps, Usage(), now))


@dataclass(frozen=True, slots=True)
class Delay:
    """The first instant at which all limits hold, and the one that decides it: who waits, waits for that counter."""

    until: datetime
    reason: Reason
    counter: Counter


def delay_of(hand_off: HandOff, caps: Caps, usage: Usage, now: datetime) -> Delay | None:
    """None where it may leave now."""
    until, decides = now, None
    for limit in limits_on(hand_off, caps, usage, now):
        free = limit.free_from(limit.instants(usage.of(limit.counter), hand_off.person), now)
        if free > until:
            until, decides = free, limit
    return Delay(until, decides.reason, decides.counter) if decides is not None else None


def yields_until(
    hand_off: HandOff, caps: Caps, usage: Usage, *, needed: Sequence[datetime], now: datetime
) -> datetime | None:
    """When somebody new should ask again, whose mail would now take a unit of the mailbox's day that one of the
    follow-ups at the instants `needed` could not have then; None where it takes nothing from them.
    """
    if not hand_off.is_new or hand_off.mailbox is None or not needed:
        return None
    day = day_limit(hand_off.mailbox, caps, usage, now)
    used, dues = [unit.at for unit in usage.of(day.counter)], sorted(max(due, now) for due in needed)
    is_crowded = any(day.inside(used, due) + nth >= day.ceiling.at(due) for nth, due in enumerate(dues, 1))
    return min(day.free_from(sorted([*used, *dues]), now), now + HOUR) if is_crowded else None


def gap_of(hand_off: HandOff, caps: Caps) -> timedelta:
    """Between the mailbox's last mail and this one; the same for the same touch."""
    return timedelta(seconds=caps.mailbox_gap * (1 + caps.gap_spread * (2 * share(*hand_off.draw) - 1)))


def day_limit(mailbox: int, caps: Caps, usage: Usage, now: datetime) -> Limit:
    """What a mailbox may send in a day; one that was never used rises from `now` on."""
    since = usage.first_uses.get(mailbox, now)
    ceiling = Ceiling(caps.mailbox_per_day, caps.mailbox_start, caps.mailbox_step, DAY, since)
    return Limit(Counter(Scope.MAILBOX, str(mailbox)), Reason.MAILBOX_CAP, DAY, ceiling)


def _of_mailbox(hand_off: HandOff, caps: Caps, usage: Usage, now: datetime) -> Iterator[Limit]:
    if hand_off.mailbox is None:
        return
    day = day_limit(hand_off.mailbox, caps, usage, now)
    yield day
    if caps.mailbox_per_hour is not None:
        yield Limit(day.counter, Reason.MAILBOX_HOUR, HOUR, Ceiling(caps.mailbox_per_hour))
    yield Limit(day.counter, Reason.MAILBOX_GAP, gap_of(hand_off, caps), Ceiling(1))
    if hand_off.is_guessed:
        part = replace(day.ceiling, portion=caps.guessed_share)
        yield Limit(Counter(Scope.GUESSED, day.counter.key), Reason.GUESSED_CAP, DAY, part)


def _of_domain(hand_off: HandOff, caps: Caps) -> Iterator[Limit]:
    began = caps.new_domains.get(hand_off.domain or "")
    if began is not None and hand_off.domain is not None:
        since = datetime.combine(began, time(), UTC)
        ceiling = Ceiling(caps.domain_per_day, caps.domain_start, caps.domain_step, WEEK, since)
        yield Limit(Counter(Scope.DOMAIN, hand_off.domain), Reason.DOMAIN_CAP, DAY, ceiling)


def _of_recipients(hand_off: HandOff, caps: Caps) -> Iterator[Limit]:
    most = caps.account_people_per_day
    if hand_off.account is not None and most is not None:
        company = Counter(Scope.ACCOUNT, str(hand_off.account))
        yield Limit(company, Reason.ACCOUNT_CAP, DAY, Ceiling(most), of_people=True)
    if hand_off.provider is None:
        return
    if caps.person_per_day is not None:
        person = Counter(Scope.PERSON, str(hand_off.person))
        yield Limit(person, Reason.PERSON_CAP, DAY, Ceiling(caps.person_per_day))
    if caps.workspace_per_day is not None:
        yield Limit(Counter(Scope.WORKSPACE), Reason.WORKSPACE_CAP, DAY, Ceiling(caps.workspace_per_day))


def _of_provider(hand_off: HandOff, caps: Caps) -> Iterator[Limit]:
    mine = caps.providers.get(hand_off.provider or "")
    if mine is None or hand_off.provider is None:
        return
    counter = Counter(Scope.PROVIDER, hand_off.provider)
    for most, window in ((mine.per_day, DAY), (mine.per_hour, HOUR)):
        if most is not None:
            yield Limit(counter, Reason.PROVIDER_CAP, window, Ceiling(most))
