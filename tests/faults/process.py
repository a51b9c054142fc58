"""Processes of the bench: forked, so that they begin in milliseconds and need no pickling."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.context import ForkProcess
from typing import Any

_FORK = multiprocessing.get_context("fork")
pipe = _FORK.Pipe
shared_number = _FORK.Value


def fork(work: Callable[..., None], *arguments: Any) -> ForkProcess:
    """Whoever forks must hold no open database connection and no second thread."""
    process = _FORK.Process(target=_alone, args=(work, arguments), daemon=True)
    process.start()
    return process


def _alone(work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """Ctrl-C is for the bench, which then ends its processes itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work(*arguments)


def kill(process: ForkProcess) -> None:
    """At once, and gone when this returns. One that is stopped dies as well."""
    tell(process, signal.SIGKILL)
    process.join()


def tell(process: ForkProcess, word: signal.Signals) -> None:
    """Nothing to one that has ended: its number may be somebody else's by now."""
    if process.is_alive() and process.pid is not None:
        os.kill(process.pid, word)


def put(owner: Any, name: str, new: Any) -> None:
    """Into a module or class of this process, which was forked for that, and of no other."""
    setattr(owner, name, new)
