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
from tests.faults.clocks import Clock, fast_clock
from tests.faults.people import Crowd
from tests.faults.server import Server
from tests.support.databases import Databases, Shelf

Say = Callable[[str], None]


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
    _shelves: dict[Crowd, Shelf] = field(default_factory=dict)
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

    def some(self, most: int, per_fault: int) -> int:
        """People enough for a few faults, and `most` for many."""
        return min(most, per_fault * (self.n + 2))

    def dice(self, *of: object) -> random.Random:
        return random.Random(f"{self.seed}:{of}")

    @contextmanager
    def arena(self, crowd: Crowd | int, clock: Clock | None = None, **options: Any) -> Iterator[Arena]:
        """A fresh copy of a database with these people, and sinks of its own."""
        people = Crowd(crowd) if isinstance(crowd, int) else crowd
        folder = self.folder / f"{self.kind}-{next(self._numbers)}"
        shelf = self._shelves.setdefault(people, Shelf(self.databases, people.fill))
        with shelf.copy() as url, arena(url, folder, clock or fast_clock(), **options) as made:
            yield made


@dataclass(frozen=True, slots=True)
class Scenario:
    """`full` and `short` are the numbers of faults; `kinds` the databases on which it means something."""

    name: str
    fault: str
    full: int
    short: int
    run: Callable[[Bench], Row]
    kinds: tuple[str, ...] = ("sqlite", "postgresql")
