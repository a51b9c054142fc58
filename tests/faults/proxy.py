"""A TCP proxy that plays a bad network: it delays, cuts, resets, hangs, or keeps the answers for itself."""

import asyncio
import contextlib
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from tests.faults.process import fork, kill
from tests.faults.sinks import RESET, Sink, listening, port_of

_CHUNK = 4096


class Trouble(StrEnum):
    """What happens once so many bytes have come from the engine; `SWALLOW` lets all through but the answers."""

    NONE = "none"
    DELAY = "delay"
    CUT = "cut"
    RESET = "reset"
    HANG = "hang"
    SWALLOW = "swallow"


@dataclass(frozen=True, slots=True)
class Fate:
    """Of one connection. What hangs or swallows is reset after `seconds`; each piece is delayed by as much."""

    trouble: Trouble = Trouble.NONE
    after_bytes: int = 0
    seconds: float = 0.0


Script = Callable[[int], Fate]  # the number of the connection: what becomes of it


@dataclass(frozen=True, slots=True)
class BadNetwork:
    """One connection in so many meets trouble, somewhere in its first bytes."""

    seed: int
    share: float = 0.4
    within: int = 6_000
    seconds: float = 1.0

    def __call__(self, number: int) -> Fate:
        dice = random.Random(f"{self.seed}:{number}")
        if dice.random() > self.share:
            return Fate()
        trouble = dice.choice([one for one in Trouble if one is not Trouble.NONE])
        seconds = dice.uniform(0, 0.02) if trouble is Trouble.DELAY else self.seconds
        return Fate(trouble, dice.randrange(self.within), seconds)


@contextmanager
def through_proxy(target: Sink, script: Script) -> Iterator[Sink]:
    """The same sink, reached by another port."""
    with listening() as taken:
        process, port = fork(_serve, taken, target.port, script), port_of(taken)
    try:
        yield replace(target, port=port)
    finally:
        kill(process)


def _serve(taken: socket.socket, target: int, script: Script) -> None:
    loop = asyncio.new_event_loop()
    numbers = iter(range(2**31))

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await _Connection(reader, writer, script(next(numbers))).carry_to(target)

    loop.run_until_complete(asyncio.start_server(connected, sock=taken))
    loop.run_forever()


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fate: Fate) -> None:
        self._reader, self._writer, self._fate = reader, writer, fate
        self._left = fate.after_bytes
        self._is_swallowing = False

    async def carry_to(self, target: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", target)
        answers = asyncio.ensure_future(self._carry_back(reader))
        try:
            await self._carry_on(writer)
        finally:
            answers.cancel()
            for one in (writer, self._writer):
                one.close()

    async def _carry_on(self, writer: asyncio.StreamWriter) -> None:
        while data := await self._reader.read(_CHUNK):
            if self._fate.trouble is Trouble.DELAY:
                await asyncio.sleep(self._fate.seconds)
            elif self._fate.trouble is not Trouble.NONE and len(data) > self._left and not self._is_swallowing:
                writer.write(data if self._fate.trouble is Trouble.SWALLOW else data[: self._left])
                await writer.drain()
                if not await self._meet_trouble():
                    return
                continue
            self._left -= len(data)
            writer.write(data)
            await writer.drain()

    async def _meet_trouble(self) -> bool:
        """Whether anything more is carried."""
        if self._fate.trouble is Trouble.SWALLOW:
            self._is_swallowing = True
            asyncio.get_running_loop().call_later(self._fate.seconds, self._reset)
            return True
        if self._fate.trouble is Trouble.HANG:
            await asyncio.sleep(self._fate.seconds)
        if self._fate.trouble is not Trouble.CUT:
            self._reset()
        return False

    def _reset(self) -> None:
        if self._writer.is_closing():
            return
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._writer.transport.abort()

    async def _carry_back(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                if not self._is_swallowing:
                    self._writer.write(data)
                    await self._writer.drain()
            self._writer.close()
