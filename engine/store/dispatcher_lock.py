"""One dispatcher per SQLite file: a lock on a file beside it, which the system takes away when the process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.core.errors import AnotherDispatcher
from engine.store.database import Database


@contextmanager
def only_dispatcher(database: Database) -> Iterator[None]:
    """Whoever holds it may take every unfinished send for dead. Raises AnotherDispatcher at once.

    PostgreSQL admits several dispatchers: there nothing is locked.
    """
    if database.path is None:
        yield
        return
    with Path(f"{database.path}.dispatcher").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _already_run_by(file.name, database.path) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _already_run_by(lock_file: str, path: Path) -> AnotherDispatcher:
    """The number in the file may be missing for an instant; it is only said to help."""
    owner = Path(lock_file).read_text(encoding="ascii").strip()
    who = f"process {owner}" if owner else "another process"
    return AnotherDispatcher(f"{who} already dispatches from {path}; stop it first, or use PostgreSQL", path=str(path))
