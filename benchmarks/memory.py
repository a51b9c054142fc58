"""What a dispatcher holds in memory: `python -m benchmarks.memory [--rows 1000000 10000000]`.

A process of its own opens the database, ticks until everything that is due is done (500 calls and 100 mails) and once
more when nothing is, and prints the most memory that it held. G8: at most 150 MB (aim 90 MB), and as much with ten
times the rows.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.filled import CALL, MAIL, NOW, make_due, open_filled
from engine.operations.delivery.dispatch import tick
from engine.runtime.clock import ManualClock
from engine.runtime.settings import Settings
from engine.runtime.wiring import open_context

GATE, AIM = 150, 90
FLAT = 1.1


def measure(rows: int) -> float:
    """MB of a fresh process with so many touches pending."""
    with tempfile.TemporaryDirectory() as folder:
        ctx = open_filled(f"sqlite:///{folder}/touchline.db", Path(folder), people=rows // 4, mailboxes=100)
        make_due(ctx, CALL, 1, 500)
        make_due(ctx, MAIL, 1, 100)
        ctx.database.close()
        command = [sys.executable, "-m", "benchmarks.memory", "--tick", folder]
        told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
        return float(told.stdout)


def dispatch(folder: str) -> None:
    ctx = open_context(Settings(data=Path(folder)), now=ManualClock(NOW))
    while tick(ctx).is_full:
        pass
    tick(ctx)
    print(_most_held())


def _most_held() -> float:
    """Linux keeps it for each address space; getrusage would count the parent before the exec too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--tick", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.tick:
        dispatch(given.tick)
        return
    held = []
    for rows in given.rows:
        held.append(measure(rows))
        print(f"  {rows:>12,} touches pending: {held[-1]:.0f} MB at the most", flush=True)
    is_flat = held[-1] <= FLAT * held[0]
    verdict = "aim reached" if max(held) <= AIM else "gate passed" if max(held) <= GATE else "GATE MISSED"
    print(f"G8: {max(held):.0f} MB (gate {GATE}, aim {AIM}): {verdict}; {'flat' if is_flat else 'NOT FLAT'}")
    raise SystemExit(0 if max(held) <= GATE and is_flat else 1)


if __name__ == "__main__":
    main()
