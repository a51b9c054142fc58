"""The two designs that are usual and wrong. The bench must see them fail, or it would see nothing.

`lease_and_retry` and `check_before_the_lock` change the engine of the process that calls them, which is one that the
bench has forked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from engine.core.touch import TouchStatus
from engine.operations.act import Act, act
from engine.operations.delivery import sending
from engine.operations.delivery.preparing import Ready
from engine.operations.lifecycle import settling
from engine.store import cases, locks
from engine.store.connection import Connection, Record
from engine.store.database import Database
from tests.faults.audit import audit
from tests.faults.bench import Bench, Row
from tests.faults.kills import die
from tests.faults.points import BEFORE_ANSWER
from tests.faults.process import put
from tests.faults.races import raced

_PEOPLE = 120


def retried(bench: Bench) -> Row:
    """Dispatchers that die before they have read an answer, and others that try again."""
    with bench.arena(bench.some(_PEOPLE, 10)) as arena:
        for death in range(bench.n):
            die(arena, BEFORE_ANSWER, bench.dice(death), lease_and_retry)
        arena.come_to_rest(first=lease_and_retry)
        found = audit(arena)
    return Row(bench.n, found, f"control: {found.duplicates} duplicates", must_fail=True)


def checked_early(bench: Bench) -> Row:
    row = raced(bench, check_before_the_lock)
    return replace(row, figures=f"control: {row.figures}", must_fail=True)


def lease_and_retry() -> None:
    """The usual queue: nobody is locked, and what its worker has not finished in time is simply done again."""
    doubt = settling.doubt

    def again(act: Act, due: Record, *why: Any) -> bool:
        is_moved = doubt(act, due, *why)
        row = cases.one(act.connection, due.id)
        if is_moved and row is not None and row.status == TouchStatus.IN_DOUBT.value:
            settling.prove_absent(act, row)
        return is_moved

    put(settling, "doubt", again)
    put(locks, "sending", _holding_nobody)
    put(locks, "hold_free", lambda _connection, prospect_ids, _now: frozenset(prospect_ids))


@contextmanager
def _holding_nobody(database: Database, _prospect_id: int) -> Iterator[Any]:
    yield _Unlocked(database)


class _Unlocked:
    """A guard and a record in transactions of their own, and nothing between them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def guard(self) -> Iterator[Connection]:
        with self._database.write() as connection:
            yield connection

    record = guard

    def calling(self, *_nothing: Any) -> None:
        """Nobody is told."""


def check_before_the_lock() -> None:
    """The guard looks, and only then is the person held: what changes in between is not seen."""
    call, check = sending._call, sending._last_check

    def looked(ctx: Any, ready: Ready) -> None:
        with act(ctx) as first:
            cleared = check(first, ready)
        if cleared is not None:
            seen[ready.due.id] = cleared
            call(ctx, ready)

    seen: dict[int, Any] = {}
    put(sending, "_call", looked)
    put(sending, "_last_check", lambda _act, ready: seen.pop(ready.due.id))
