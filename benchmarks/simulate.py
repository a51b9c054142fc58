"""How long a simulation takes: `python -m benchmarks.simulate [--people 10000] [--profile]`.

10,000 prospects in the shipped `outbound-7x3x21`, as many on each working day, are given to 32 reps in four zones and
played for 30 days with the usual rates on all cores; the median of three rounds, and the most memory that was held.
Gate 60 s, aim 10 s, below 1 GB.
"""

import argparse
import cProfile
import os
import pstats
import statistics
import time
from datetime import date
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from engine.compiler import SimulationShape
from engine.operations.simulating.simulate import Material, Simulated, material_of, simulate
from engine.operations.validating import validate
from engine.runtime.files import read_project, shipped
from engine.runtime.simulate.garbage import left_lying
from engine.runtime.simulate.processes import CORES, played_apart

PEOPLE, REPS, DAYS, WORKING_DAYS = 10_000, 32, 30, 22
GATE, AIM, MEMORY = 60, 10, 1000
ROUNDS = 3
MONDAY = date(2026, 3, 2)
PLACES = [{"country": "US", "zone": "America/New_York"}, {"country": "US", "zone": "America/Los_Angeles"},
          {"country": "DE"}, {"country": "CN"}]  # fmt: skip


def material() -> Material:
    found = material_of(validate(read_project(shipped() / "sequences"), MONDAY))
    if found is None:
        raise SystemExit("the shipped sequences have errors")
    return found


def asked(people: int) -> SimulationShape:
    group = {"sequence": "outbound-7x3x21", "per_day": -(-people // WORKING_DAYS), "at": "08:00-12:00", "where": PLACES}
    return SimulationShape.model_validate(
        {"simulation": "benchmark", "from": MONDAY.isoformat(), "days": DAYS, "standard_reps": REPS, "leads": [group]}
    )


def most_held() -> float:
    """MB of this process and of as many as play beside it, as if all held as much as the largest."""
    (line,) = (line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if "VmHWM" in line)
    return (int(line.split()[1]) + getrusage(RUSAGE_CHILDREN).ru_maxrss * (CORES - 1)) / 1024


def seconds_used() -> float:
    """Of all processors, by this process and by those that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--profile", action="store_true", help="show where the time of one round goes")
    given = parser.parse_args()
    files, order = material(), asked(given.people)
    if given.profile:
        with cProfile.Profile() as profile:
            simulate(files, order, MONDAY)
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
        return
    took = [one_round(files, order, number) for number in range(1, ROUNDS + 1)]
    seconds, held = statistics.median(took), most_held()
    verdict = "aim reached" if seconds <= AIM else "gate passed" if seconds <= GATE else "GATE MISSED"
    print(f"simulate: {seconds:.1f} s (gate {GATE}, aim {AIM}): {verdict}; {held:.0f} MB (gate {MEMORY})")
    raise SystemExit(0 if seconds <= GATE and held <= MEMORY else 1)


def one_round(files: Material, order: SimulationShape, number: int) -> float:
    started, used = time.perf_counter(), seconds_used()
    with left_lying():
        found = simulate(files, order, MONDAY, player=played_apart)
    took, used = time.perf_counter() - started, seconds_used() - used
    spent = f"{took:.1f} s, {used:.1f} s of a processor"
    print(f"  round {number}: {_told(found)} in {spent}   (load {os.getloadavg()[0]:.1f})", flush=True)
    return took


def _told(found: Simulated) -> str:
    figures = found.figures
    tasks = sum(day.done for rep in figures.reps for day in rep.days)
    mails = sum(day.mails for box in figures.mailboxes for day in box.days)
    return f"{figures.expected.leads:,} prospects, {tasks:,} tasks, {mails:,} mails"


if __name__ == "__main__":
    main()
