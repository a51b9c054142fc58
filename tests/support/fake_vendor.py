"""A vendor's HTTP API on loopback: it keeps what it was sent and answers as it was told to, or worse than that."""

import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar


class Trouble(StrEnum):
    """What happens after the whole request was read: nothing at all, a reset, or the end of half an answer."""

    HANG = "hang"
    RESET = "reset"
    HALF = "half"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Message
    body: bytes
    peer: tuple[str, int]


class FakeVendor:
    """`answer_next` says what the next requests get; the others get what `usual` makes of them."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._next: deque[Answer | Trouble] = deque()
        self._closing = threading.Event()
        vendor = self

        class Bound(_Requests):
            owner = vendor

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer_next(self, *answers: Answer | Trouble) -> None:
        self._next.extend(answers)

    def usual(self, request: Request) -> Answer:
        raise NotImplementedError

    def taken(self, request: Request) -> Answer | Trouble:
        self.requests.append(request)
        told = self._next.popleft() if self._next else None
        if isinstance(told, Trouble):  # it was taken, and nobody is told
            self.usual(request)
        return told or self.usual(request)

    def wait_for_end(self) -> None:
        self._closing.wait()

    @contextmanager
    def running(self) -> Iterator["FakeVendor"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._closing.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()


class _Requests(BaseHTTPRequestHandler):
    owner: ClassVar[FakeVendor]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match self.owner.taken(Request(self.command, self.path, self.headers, body, self.client_address)):
            case Trouble.HANG:
                self.owner.wait_for_end()
            case Trouble.RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
            case Trouble.HALF:
                self.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{")
                self.close_connection = True
            case answer:
                self._write(answer)

    do_GET = do_POST  # noqa: N815 - the name is http.server's

    def _write(self, answer: Answer) -> None:
        data = b"" if answer.body is None else json.dumps(answer.body).encode()
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Quiet: a test looks at `requests`."""
