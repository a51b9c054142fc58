"""Contestants take turns, so that whatever else the machine does strikes all of them; a ratio is made in each round."""

import os
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Goal:
    """`name` is the row of the goals in docs/performance.md; the ratio is ours over the peer's."""

    name: str
    peer: str
    gate: float
    aim: float


def race(runs: Mapping[str, Callable[[], float]], *, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Each contestant's rates per second, round by round."""
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(1, rounds + 1):
        for name, run in runs.items():
            rates[name].append(run())
            load = os.getloadavg()[0]
            print(f"  round {number}: {name:<28} {rates[name][-1]:>10,.0f}/s   (load {load:.1f})", flush=True)
    return rates


def judge(rates: Mapping[str, list[float]], ours: str, goals: tuple[Goal, ...]) -> bool:
    """Prints the median ratio of each goal beside its gate and aim; False when a gate is missed."""
    is_good = True
    for goal in goals:
        ratio = statistics.median(mine / peer for mine, peer in zip(rates[ours], rates[goal.peer], strict=True))
        verdict = "aim reached" if ratio >= goal.aim else "gate passed" if ratio >= goal.gate else "GATE MISSED"
        print(f"  {goal.name}: {ratio:.2f} x {goal.peer} (gate {goal.gate:g}, aim {goal.aim:g}): {verdict}", flush=True)
        is_good &= ratio >= goal.gate
    return is_good
