"""Turns at writing to one SQLite file. SQLite gives its lock to whoever happens to ask when it is free, and who waits
asks ever more seldom: a dispatcher that writes without a pause would keep a stop from another process waiting for
seconds.

It is a courtesy among our own processes: what protects the file is SQLite's lock, and who gets no turn goes on without.
"""

import fcntl
import os
import time
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

_PATIENCE_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.001


class Turnstile:
    """Who holds `next` is the one to get `turn` when it is free: nobody passes twice while somebody waits."""

    def __init__(self, database: str) -> None:
        self._paths = [Path(f"{database}.{name}") for name in ("next", "turn")]
        self._files: list[int] = []
        # A command ends without closing its database: then the descriptors go with it.
        self._closer = weakref.finalize(self, _close, self._files)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """For one thread at a time."""
        give_up = time.monotonic() + _PATIENCE_SECONDS
        with ExitStack() as mine:
            with ExitStack() as place:
                for file, until in zip(self._opened(), (place, mine), strict=False):
                    until.enter_context(_held(file, give_up))
            yield

    def _opened(self) -> list[int]:
        with suppress(OSError):  # no room for a file: whether anything can be written, SQLite will say
            for path in self._paths[len(self._files) :]:
                self._files.append(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600))
        return self._files

    def close(self) -> None:
        _close(self._files)


def _close(files: list[int]) -> None:
    while files:
        os.close(files.pop())


@contextmanager
def _held(file: int, give_up: float) -> Iterator[None]:
    is_mine = _taken(file)
    while not is_mine and time.monotonic() < give_up:
        time.sleep(_LOOK_AGAIN_SECONDS)
        is_mine = _taken(file)
    try:
        yield
    finally:
        if is_mine:
            fcntl.flock(file, fcntl.LOCK_UN)


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
