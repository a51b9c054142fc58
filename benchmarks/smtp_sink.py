"""A mail server that takes everything at once and counts: it must never be what limits a sender."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized


class _Session(asyncio.Protocol):
    def __init__(self, taken: "Synchronized[int]") -> None:
        self._taken, self._unread, self._is_in_data = taken, b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]  # a stream's is always one
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while self._step():
            pass

    def _step(self) -> bool:
        end = b"\r\n.\r\n" if self._is_in_data else b"\r\n"
        head, found, rest = self._unread.partition(end)
        if not found:
            return False
        self._unread = rest
        if self._is_in_data:
            self._is_in_data = False
            self._taken.value += 1  # one process, one thread: nobody else writes it
            self._transport.write(b"250 taken\r\n")
            return True
        self._transport.write(self._answer(head[:4].upper()))
        return True

    def _answer(self, verb: bytes) -> bytes:
        self._is_in_data = verb == b"DATA"
        return {b"DATA": b"354 go on\r\n", b"EHLO": b"250-sink\r\n250 8BITMIME\r\n", b"QUIT": b"221 bye\r\n"}.get(
            verb, b"250 ok\r\n"
        )


@dataclass(frozen=True, slots=True)
class Sink:
    port: int
    counter: "Synchronized[int]"

    def taken(self) -> int:
        return int(self.counter.value)


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    context = multiprocessing.get_context("spawn")
    counter, port = context.Value("q", 0), context.Queue()
    process = context.Process(target=_serve, args=(counter, port), daemon=True)
    process.start()
    try:
        yield Sink(port.get(timeout=60), counter)
    finally:
        process.terminate()
        process.join()


def _serve(counter: "Synchronized[int]", port: "multiprocessing.Queue[int]") -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: _Session(counter), "127.0.0.1", 0)
        port.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())
