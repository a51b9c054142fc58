"""Hurts the engine in every way that the promises cover, prints one table, and exits 1 when a figure falls short."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from tests.faults.bench import Bench, Row, Scenario
from tests.faults.report import Line, print_table
from tests.faults.scenarios import SCENARIOS
from tests.faults.server import postgresql
from tests.support.databases import KINDS, PostgresDatabases, SqliteFiles

_FAILED = 1
_ROOM = 2**30
_WIDTH = 140


def main() -> int:
    chosen = _arguments()
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    scenarios = [one for one in SCENARIOS if not chosen.only or one.name in chosen.only]
    lines = []
    with tempfile.TemporaryDirectory(prefix="touchline-faults-", dir=_quick_folder()) as folder:
        for kind in chosen.database or KINDS:
            with _bench(kind, chosen.seed, Path(folder)) as bench:
                lines += [_run(console, bench, one, is_short=chosen.short) for one in scenarios if kind in one.kinds]
    print_table(console, lines)
    return 0 if all(line.row.is_good for line in lines) else _FAILED


def _quick_folder() -> str | None:
    """In memory where there is room: processes die here, the machine does not, so that nothing need reach a disk."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM else None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    names = [one.name for one in SCENARIOS]
    parser.add_argument("--short", action="store_true", help="a tenth or less of each: some minutes")
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--database", action="append", choices=KINDS, help="both when not given")
    parser.add_argument("--seed", type=int, default=7, help="decides what is left to chance")
    return parser.parse_args()


@contextmanager
def _bench(kind: str, seed: int, folder: Path) -> Iterator[Bench]:
    if kind == "sqlite":
        yield Bench(kind, 0, seed, folder, SqliteFiles(folder))
        return
    with postgresql() as server:
        yield Bench(kind, 0, seed, folder, PostgresDatabases(server.cluster), server)


def _run(console: Console, bench: Bench, scenario: Scenario, *, is_short: bool) -> Line:
    def say(text: str) -> None:
        console.print(f"  {scenario.name} on {bench.kind}: {text}", end="\r" if console.is_terminal else "\n")

    n, began = scenario.short if is_short else scenario.full, time.monotonic()
    row: Row = scenario.run(bench.for_scenario(n, scenario.name, say))
    seconds = time.monotonic() - began
    verdict = "good" if row.is_good else "SHORT"
    console.print(f"{scenario.fault} on {bench.kind}: {verdict}, {seconds:.0f} s")
    return Line(scenario.fault, bench.kind, row, seconds)


if __name__ == "__main__":
    sys.exit(main())
