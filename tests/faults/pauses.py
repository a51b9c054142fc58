"""SIGSTOP of dispatchers for longer than their lease: at any moment, and just before a call."""

import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count
from multiprocessing.context import ForkProcess
from os import getpid, kill
from pathlib import Path
from random import Random

from tests.faults.arena import Arena
from tests.faults.audit import Audit, audit
from tests.faults.bench import Bench, Row
from tests.faults.points import Pass, before_call
from tests.faults.process import tell
from tests.faults.worker import nothing

LEASE = 240  # by the engine's clock: a second for us
PAUSE = 1.3
_PEOPLE = 70
_PAUSES_AT_ONCE = 40
_STOPS_EVERY = 12  # calls: about so many lie between two pauses just before one
_LOOK_AGAIN = 0.01


@dataclass
class _Dispatcher:
    process: ForkProcess
    resume_at: float | None = None

    @property
    def is_stopped(self) -> bool:
        return Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].startswith("T")


def paused(bench: Bench, first: Callable[[], None] = nothing) -> Row:
    """Half of them at any moment, half by the dispatcher itself when the lock is taken and the call is next."""
    done, total = 0, Audit()
    while done < bench.n:
        with ExitStack() as stack:
            arenas = [stack.enter_context(bench.arena(bench.some(_PEOPLE, 8))) for _ in range(_arenas(bench))]
            pauses = min(bench.n - done, _PAUSES_AT_ONCE)
            done += _pause_many(arenas, bench, pauses, first)
            for arena in arenas:
                arena.kill_all()
                arena.come_to_rest(first=first)
                total += audit(arena)
        bench.say(f"{done} paused")
    return Row(done, total)


def _arenas(bench: Bench) -> int:
    return min(bench.n, 4 if bench.is_sqlite else 2)


def _pause_many(arenas: list[Arena], bench: Bench, pauses: int, first: Callable[[], None]) -> int:
    """Dispatchers of all arenas, each stopped again and again, several at a time."""
    dice, done = bench.dice("pauses", pauses), 0
    running = [_start(arena, worker, dice, first) for arena in arenas for worker in range(bench.workers)]
    give_up = time.monotonic() + 10 + pauses * PAUSE
    while done < pauses and time.monotonic() < give_up:
        for one in running:
            done += _watch(one, dice)
        time.sleep(_LOOK_AGAIN)
    for one in running:
        tell(one.process, signal.SIGCONT)
    return done


def _start(arena: Arena, worker: int, dice: Random, first: Callable[[], None]) -> _Dispatcher:
    """Every other one stops itself, the others are stopped."""
    is_own = dice.random() < 0.5
    before = partial(_stop_before_calls, dice.getrandbits(32), first) if is_own else first
    return _Dispatcher(arena.start(f"w{worker}", first=before, lease_seconds=LEASE))


def _stop_before_calls(seed: int, first: Callable[[], None]) -> None:
    first()
    before_call(_sometimes(Random(seed)))


def _sometimes(dice: Random) -> Pass:
    numbers, stops = count(1), {dice.randint(1, _STOPS_EVERY)}

    def one() -> None:
        number = next(numbers)
        if number in stops:
            stops.add(number + dice.randint(1, 2 * _STOPS_EVERY))
            kill(getpid(), signal.SIGSTOP)

    return one


def _watch(one: _Dispatcher, dice: Random) -> int:
    """One look at a dispatcher: 1 when it begins to be paused."""
    now = time.monotonic()
    if one.resume_at is not None:
        if now >= one.resume_at:
            tell(one.process, signal.SIGCONT)
            one.resume_at = None
        return 0
    if not one.is_stopped and dice.random() > 0.01:
        return 0
    tell(one.process, signal.SIGSTOP)
    one.resume_at = now + PAUSE
    return 1
