"""Stories of days: a storm of refusals, a restart with a long backlog, a backup that is put back."""

import random
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from engine.core.workspace import Caps
from engine.operations.safeguards import restoring
from tests.faults.arena import Arena
from tests.faults.audit import audit
from tests.faults.bench import Bench, Row
from tests.faults.clocks import SteppedClock
from tests.faults.ledger import REFUSED, Call, accepted
from tests.faults.manners import Reaction
from tests.faults.people import Crowd, cold, zone_of
from tests.faults.stepping import step_until
from tests.support.world import open_world

_MONDAY = datetime(2026, 3, 2, 13, tzinfo=UTC)  # eight in the morning in New York
_RETRY_AFTER = 600
_LEAST_GAP = Caps().mailbox_gap * (1 - Caps().gap_spread)
_HOURS = ((9 * 60, 12 * 60), (13 * 60 + 30, 17 * 60 + 30))  # of the sequence, in minutes of the recipient's day
_LATE = timedelta(days=2, hours=2)
_HELD_SECONDS = 2.0
_SIX_HOURS = timedelta(hours=6)
_NEWCOMERS = 10


@dataclass(frozen=True, slots=True)
class Refusing:
    """Nobody takes the first two mails and the first text; one address does not exist."""

    seed: int
    bad: str

    def __call__(self, recipient: str, nth: int) -> Reaction:
        if recipient == self.bad:
            return Reaction(takes=False, code=550)
        if "@" not in recipient:
            return Reaction() if nth else Reaction(takes=False, code=429, retry_after=_RETRY_AFTER)
        dice = random.Random(f"{self.seed}:{recipient}:{nth}")
        return Reaction() if nth > 1 else Reaction(takes=False, code=dice.choice((421, 450, 451)))


def refused(bench: Bench) -> Row:
    """`bench.n` people, one of them at an address that does not exist."""
    clock, manners = SteppedClock(_MONDAY), Refusing(bench.seed, "p13@x13.example")
    with bench.arena(cold(bench.n, _MONDAY), clock, mail=manners, sms=manners) as arena:
        arena.start()
        step_until(arena, clock, _MONDAY + timedelta(hours=12))
        arena.stop()
        found, calls = audit(arena), arena.calls()
    for problem in (*_unpaced(accepted(calls)), *_impatient(calls), *_not_all_but_one(accepted(calls), bench.n)):
        found = found.with_problem(problem)
    return Row(bench.n, found, f"{len(calls)} calls; {bench.n - 1} mails taken once, 1 failed; caps held")


def _not_all_but_one(calls: list[Call], n: int) -> Iterator[str]:
    mails, texts = (sum(call.channel == channel for call in calls) for channel in ("email", "sms"))
    if (mails, texts) != (n - 1, n):
        yield f"{mails} mails and {texts} texts were taken, not {n - 1} and {n}"


def _impatient(calls: list[Call]) -> Iterator[str]:
    """Retry-After is the provider's word."""
    texts = defaultdict(list)
    for call in calls:
        if call.channel == "sms":
            texts[call.recipient].append(call)
    for recipient, mine in texts.items():
        for first, second in pairwise(mine):
            if first.what == REFUSED and second.now < first.now + timedelta(seconds=_RETRY_AFTER):
                yield f"{recipient} was tried again {second.now - first.now} after a 429 with Retry-After"


def overdue(bench: Bench) -> Row:
    """`bench.n` people whose mail has been due for two days when the dispatcher starts again."""
    start = _MONDAY + _LATE
    clock = SteppedClock(start)
    with bench.arena(cold(bench.n, _MONDAY), clock) as arena:
        arena.start()
        for half_day in range(1, _half_days_for(bench.n) + 1):
            step_until(arena, clock, start + half_day * timedelta(hours=12))
            bench.say(f"{half_day} half days, {len(accepted(arena.calls()))} sent")
        arena.stop()
        found, calls = audit(arena), accepted(arena.calls())
    for problem in _unpaced(calls):
        found = found.with_problem(problem)
    most = max(_most_in_a_day(mine) for mine in _by_mailbox(calls).values())
    return Row(bench.n, found, f"at most {most} mails a mailbox in 24 h, 0 outside the window")


def _half_days_for(people: int) -> int:
    """The first day of a short run, and three of a long one: the rest is weeks of the same."""
    return 1 if people < 1_000 else 6


def _unpaced(calls: list[Call]) -> Iterator[str]:
    yield from (f"{call.recipient} was written to at {_local(call):%a %H:%M}" for call in calls if not _is_open(call))
    for mailbox, mine in _by_mailbox(calls).items():
        if _most_in_a_day(mine) > Caps().mailbox_per_day:
            yield f"{mailbox} sent {_most_in_a_day(mine)} mails in 24 hours"
        gaps = [(later.now - call.now).total_seconds() for call, later in pairwise(mine)]
        if gaps and min(gaps) < _LEAST_GAP:
            yield f"{mailbox} sent two mails {min(gaps):.0f} s apart"


def _by_mailbox(calls: Iterable[Call]) -> dict[str, list[Call]]:
    found = defaultdict(list)
    for call in sorted(calls, key=lambda one: one.now):
        if call.channel == "email":
            found[call.sender].append(call)
    return found


def _most_in_a_day(calls: list[Call]) -> int:
    day = timedelta(hours=24)
    return max(sum(call.now <= one.now < call.now + day for one in calls) for call in calls)


def _local(call: Call) -> datetime:
    return call.now.astimezone(ZoneInfo(zone_of(call.recipient)))


def _is_open(call: Call) -> bool:
    local = _local(call)
    minute = local.hour * 60 + local.minute
    return local.weekday() < 5 and any(start <= minute < end for start, end in _HOURS)


def restored(bench: Bench) -> Row:
    """`bench.n` people; a third of them has been written to when the backup is made. In the six hours after it all
    others are, and more people come, who after the restore come again, in another order.
    """
    clock = SteppedClock()
    with bench.arena(bench.n, clock) as arena:
        arena.start()
        while len(accepted(arena.calls())) < 2 * bench.n // 3:
            arena.await_calls()
        arena.stop()
        backup = bench.databases.keep(arena.url)()
        _come(arena, clock, bench.n, bench.n + _NEWCOMERS)
        _go_on(arena, clock)
        clock.set(clock() + _SIX_HOURS)
        arena.url = backup
        _come(arena, clock, bench.n + _NEWCOMERS, bench.n)
        return _put_back(arena, clock)


def _come(arena: Arena, clock: SteppedClock, *firsts: int) -> None:
    world = open_world(arena.url, arena.folder, clock(), transports={})
    for first in firsts:
        Crowd(_NEWCOMERS, since=clock()).enter(world, first)
    world.ctx.database.close()


def _go_on(arena: Arena, clock: SteppedClock) -> None:
    arena.start()
    step_until(arena, clock, clock() + timedelta(minutes=20))
    arena.stop()


def _put_back(arena: Arena, clock: SteppedClock) -> Row:
    before = len(arena.calls())
    arena.start()
    time.sleep(_HELD_SECONDS)
    leaked = len(arena.calls()) - before
    with arena.context() as ctx:
        status = restoring.status(ctx)
        if status.is_held:
            restoring.release(ctx, actor="bench")
    arena.stop()
    _go_on(arena, clock)
    found = audit(arena)
    if leaked or not status.is_held:
        found = found.with_problem(f"{leaked} messages left before anybody had looked at the backup")
    return Row(1, found, status.note)
