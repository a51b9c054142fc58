"""Hurts the engine in every way that the promises cover, prints one table, and exits 1 when a figure falls short."""

import argparse
import multiprocessing
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from rich.console import Console

from tests.faults.arena import Restless
from tests.faults.audit import Audit
from tests.faults.bench import Bench, Row, Scenario
from tests.faults.report import Line, print_row, print_table
from tests.faults.scenarios import SCENARIOS
from tests.faults.server import postgresql
from tests.support.databases import KINDS, PostgresDatabases, SqliteFiles

_FAILED = 1
_ROOM = 2**30
_WIDTH = 140


def main() -> int:
    chosen = _arguments()
    signal.signal(signal.SIGTERM, _leave)
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    kinds = chosen.database or KINDS
    lines, is_whole = _side_by_side(chosen, kinds)
    print_table(console, lines)
    return 0 if is_whole and all(line.row.is_good for line in lines) else _FAILED


def _leave(*_signal: object) -> None:
    """As Ctrl-C: what was started is ended, what was made is taken away."""
    raise KeyboardInterrupt


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    names = [one.name for one in SCENARIOS]
    parser.add_argument("--short", action="store_true", help="a tenth or less of each: some minutes")
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--database", action="append", choices=KINDS, help="both, side by side, when not given")
    parser.add_argument("--seed", type=int, default=7, help="decides what is left to chance")
    return parser.parse_args()


def _side_by_side(chosen: argparse.Namespace, kinds: Sequence[str]) -> tuple[list[Line], bool]:
    """Each database in a process of its own, for most of a bench is waiting; and whether all came to their end."""
    forked = multiprocessing.get_context("fork")
    started = []
    for kind in kinds:
        ear, mouth = forked.Pipe(duplex=False)
        process = forked.Process(target=_hurt, args=(chosen, kind, mouth))
        process.start()
        mouth.close()
        started.append((process, ear))
    try:
        lines = [line for _, ear in started for line in _told(ear)]
    except BaseException:
        for process, _ in started:
            process.terminate()
        raise
    for process, _ in started:
        process.join()
    return lines, all(process.exitcode == 0 for process, _ in started)


def _told(ear: Connection) -> Iterator[Line]:
    try:
        while True:
            yield ear.recv()
    except EOFError:
        return


def _hurt(chosen: argparse.Namespace, kind: str, mouth: Connection) -> None:
    console = Console(width=_WIDTH)
    scenarios = [one for one in SCENARIOS if kind in one.kinds and (not chosen.only or one.name in chosen.only)]
    with (
        tempfile.TemporaryDirectory(prefix="touchline-faults-", dir=_quick_folder()) as folder,
        _bench(kind, chosen.seed, Path(folder)) as bench,
    ):
        for scenario in scenarios:
            mouth.send(_run(console, bench, scenario, is_short=chosen.short))


def _quick_folder() -> str | None:
    """In memory where there is room: processes die here, the machine does not, so that nothing need reach a disk."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM else None


@contextmanager
def _bench(kind: str, seed: int, folder: Path) -> Iterator[Bench]:
    if kind == "sqlite":
        yield Bench(kind, 0, seed, folder, SqliteFiles(folder))
        return
    with postgresql() as server:
        yield Bench(kind, 0, seed, folder, PostgresDatabases(server.cluster), server)


def _run(console: Console, bench: Bench, scenario: Scenario, *, is_short: bool) -> Line:
    def say(text: str) -> None:
        console.print(f"  {scenario.name} on {bench.kind}: {text}")

    n, began = scenario.short if is_short else scenario.full, time.monotonic()
    try:
        row = scenario.run(bench.for_scenario(n, scenario.name, say))
    except Restless as problem:
        row = Row(0, Audit(problems=(str(problem),)))
    line = Line(scenario.fault, bench.kind, row, time.monotonic() - began)
    print_row(console, line)
    return line


if __name__ == "__main__":
    sys.exit(main())
