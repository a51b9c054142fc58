"""kill -9 of dispatchers: at any moment, and at each of the named points."""

import signal
import time
from collections.abc import Callable
from random import Random

from tests.faults.arena import Arena, Restless
from tests.faults.audit import Audit, audit
from tests.faults.bench import Bench, Row
from tests.faults.points import BEFORE_CALL, POINTS, SETTLING, Point, dies_at
from tests.faults.worker import nothing

_PEOPLE = 120
_MOMENT = 0.2  # seconds after a call that reached its sink
_SHARE_AT_START = 0.2
_DEATHS_PER_ARENA = 24
_PLENTY = 30


def killed_at_random(bench: Bench) -> Row:
    """Each dies a moment after it was started, and another takes its place; on PostgreSQL two go on meanwhile."""
    done, total = 0, Audit()
    while done < bench.n:
        with bench.arena(bench.some(_PEOPLE, 8)) as arena:
            dice, deaths = bench.dice("life", done), min(bench.n - done, _DEATHS_PER_ARENA * bench.workers)
            done += _kill_many(arena, bench.workers, deaths, dice)
            arena.kill_all()
            arena.come_to_rest()
            total += audit(arena)
        bench.say(f"{done} killed")
    return Row(done, total)


def _kill_many(arena: Arena, workers: int, deaths: int, dice: Random) -> int:
    """How many died before there was nothing left to be killed at."""
    running = [arena.start(f"w{number}") for number in range(workers)]
    for death in range(deaths):
        is_busy = dice.random() < _SHARE_AT_START or arena.await_calls()
        if not is_busy and arena.is_at_rest():
            return death
        time.sleep(dice.uniform(0, _MOMENT))
        arena.kill(running.pop(dice.randrange(workers)))
        running.append(arena.start(f"w{workers + death}"))
    return deaths


def killed_at_points(bench: Bench) -> Row:
    """`bench.n` deaths at each point, one point after the other."""
    deaths, total = [point for _ in range(bench.n) for point in POINTS], Audit()
    for start in range(0, len(deaths), _DEATHS_PER_ARENA):
        with bench.arena(_PEOPLE) as arena:
            for number, point in enumerate(deaths[start : start + _DEATHS_PER_ARENA], start):
                _die_at(arena, point, bench.dice(number))
            arena.come_to_rest()
            total += audit(arena)
        bench.say(f"{min(start + _DEATHS_PER_ARENA, len(deaths))} killed")
    return Row(len(deaths), total, f"{len(POINTS)} points")


def _die_at(arena: Arena, point: Point, dice: Random) -> None:
    """What is to die while it settles needs a send that died before."""
    if point is SETTLING:
        die(arena, BEFORE_CALL, dice)
    die(arena, point, dice)


def die(arena: Arena, point: Point, dice: Random, first: Callable[[], None] = nothing) -> None:
    """The point is passed some times before the one that kills."""

    def prepare() -> None:
        first()
        dies_at(point, dice.randint(1, point.passes))

    victim = arena.start("victim", first=prepare)
    victim.join(_PLENTY)
    if victim.exitcode != -signal.SIGKILL:
        raise Restless(f"nobody came past the point {point.name!r} in {_PLENTY} s")
    arena.dispatchers.remove(victim)
