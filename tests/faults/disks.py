"""The dispatcher cannot write: its disk is full, or somebody else holds the SQLite file. What it cannot write down
beforehand it must not send, and when it can write again it goes on by itself.
"""

import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from engine.store import database
from tests.faults.arena import Arena
from tests.faults.audit import audit
from tests.faults.bench import Bench, Row
from tests.faults.ledger import accepted
from tests.faults.process import put

_PEOPLE = 60
_UNDER_WAY = 1.0  # seconds: what was written down before may still leave
_FULL_SECONDS = 4.0


def disk_full(bench: Bench) -> Row:
    """`bench.n` times. On SQLite database and journal are on that disk, on PostgreSQL the send journal is."""
    silent = 0
    with bench.arena(_PEOPLE * bench.n) as arena:
        dispatcher = arena.start()
        for _ in range(bench.n):
            arena.await_calls()
            assert dispatcher.pid is not None
            with _nothing_can_be_written(dispatcher.pid):
                silent += _calls_while(arena, _FULL_SECONDS)
        arena.await_rest()
        arena.stop()
        found = audit(arena)
    if silent:
        found = found.with_problem(f"{silent} messages left while the disk was full")
    return Row(bench.n, found, f"{silent} sent while it was full")


@contextmanager
def _nothing_can_be_written(pid: int) -> Iterator[None]:
    """Every write of that process to a file fails, as on a disk without room; what it reads and sends does not."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def _calls_while(arena: Arena, seconds: float) -> int:
    """How many messages leave in that time, but for those that were on their way when it began."""
    time.sleep(_UNDER_WAY)
    before = len(accepted(arena.calls()))
    time.sleep(seconds - _UNDER_WAY)
    return len(accepted(arena.calls())) - before


def sqlite_locked(bench: Bench) -> Row:
    """Somebody else holds the file for `bench.n` seconds, twice as long as ours is ready to wait for it."""
    with bench.arena(_PEOPLE) as arena:
        arena.start(first=partial(put, database, "_BUSY_SECONDS", bench.n / 2))
        arena.await_calls()
        with closing(sqlite3.connect(arena.url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            silent = _calls_while(arena, bench.n)
            other.execute("ROLLBACK")
        arena.await_rest()
        arena.stop()
        found = audit(arena)
    if silent:
        found = found.with_problem(f"{silent} messages left while nothing could be written")
    return Row(1, found, f"{bench.n} s locked, {silent} sent meanwhile")
