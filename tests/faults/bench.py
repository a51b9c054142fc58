"""What a scenario is given, and what it gives back: one row of the table."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from tests.faults.arena import Arena, arena
from tests.faults.audit import Audit
from tests.faults.clocks import RATE, fast_clock
from tests.faults.people import people_waiting
from tests.faults.server import Server
from tests.support.databases import Databases, Shelf

Say = Callable[[str], None]
Fill = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Row:
    """`n` faults were made; `audit.problems` is empty where all is as it must be.

    `must_fail`: the engine was made unsafe, and the bench has to see it.
    """

    n: int
    audit: Audit
    figures: str = ""
    must_fail: bool = False

    @property
    def is_good(self) -> bool:
        has_failed = bool(self.audit.duplicates or self.audit.lost or self.audit.problems)
        return has_failed is self.must_fail


@dataclass
class Bench:
    """One kind of database, so many faults, and a seed that decides all that is left to chance. `server` is the
    PostgreSQL behind them.
    """

    kind: str
    n: int
    seed: int
    folder: Path
    databases: Databases
    server: Server | None = None
    say: Say = lambda _text: None
    _shelves: dict[Any, Shelf] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def for_scenario(self, n: int, name: str, say: Say) -> "Bench":
        """The same databases, and chances of its own."""
        return replace(self, n=n, seed=random.Random(f"{self.seed}:{name}:{self.kind}").getrandbits(32), say=say)

    @property
    def is_sqlite(self) -> bool:
        return self.kind == "sqlite"

    @property
    def workers(self) -> int:
        """SQLite admits one dispatcher."""
        return 1 if self.is_sqlite else 3

    def dice(self, *of: object) -> random.Random:
        return random.Random(f"{self.seed}:{of}")

    @contextmanager
    def arena(self, people: int, *, rate: float = RATE, **options: Any) -> Iterator[Arena]:
        """A fresh copy of a database with so many people who wait, and sinks of its own."""
        folder = self.folder / f"{self.kind}-{next(self._numbers)}"
        with (
            self.copy_of(people, people_waiting(people)) as url,
            arena(url, folder, fast_clock(rate), **options) as made,
        ):
            yield made

    @contextmanager
    def copy_of(self, key: object, fill: Fill) -> Iterator[str]:
        """Filled once for each key, copied for each who asks."""
        shelf = self._shelves.setdefault(key, Shelf(self.databases, fill))
        with shelf.copy() as url:
            yield url


@dataclass(frozen=True, slots=True)
class Scenario:
    """`full` and `short` are the numbers of faults; `kinds` the databases on which it means something."""

    name: str
    fault: str
    full: int
    short: int
    run: Callable[[Bench], Row]
    kinds: tuple[str, ...] = ("sqlite", "postgresql")
