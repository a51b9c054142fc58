"""A play on all cores: parts that have nothing to do with each other are played by processes of their own."""

import os
import pickle
import signal
from contextlib import ExitStack
from typing import Self

from engine.operations.simulating.simulate import Tell
from engine.simulation.apart import parts
from engine.simulation.play import play
from engine.simulation.script import Script
from engine.simulation.tally import Tally

CORES = min(os.cpu_count() or 1, 4) if hasattr(os, "fork") else 1  # each holds its people in memory


def played_apart(script: Script, tell: Tell | None = None, *, processes: int = CORES) -> Tally:
    """The same as one process comes to. `tell` hears of the part that is played in this one."""
    mine, *others = parts(script, processes)
    with ExitStack() as stack:
        begun = [stack.enter_context(_Elsewhere(one)) for one in others]
        tally = play(mine, tell).tally
        for one in begun:
            tally.add(one.tally())
    return tally


class _Elsewhere:
    """A part in a process of its own, which ends with the context. It is forked, as a script cannot be sent, and tells
    nothing but its tally.
    """

    def __init__(self, script: Script) -> None:
        self._script = script

    def __enter__(self) -> Self:
        reading, writing = os.pipe()
        self._process, self._has_ended = os.fork(), False
        if self._process == 0:
            _play_and_exit(self._script, writing)
        os.close(writing)
        self._pipe = os.fdopen(reading, "rb")
        return self

    def tally(self) -> Tally:
        """What the process could not finish is played here, where its error is seen as it is."""
        told = self._pipe.read()
        self._has_ended = True
        _, status = os.waitpid(self._process, 0)
        found: Tally = pickle.loads(told) if status == 0 else play(self._script).tally  # noqa: S301 - written below
        return found

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        if not self._has_ended:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)


def _play_and_exit(script: Script, writing: int) -> None:
    """Whatever happens, nothing else of the process that it was forked from runs on here."""
    status = 1
    try:
        told = pickle.dumps(play(script).tally)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(told)
        status = 0
    finally:
        os._exit(status)
