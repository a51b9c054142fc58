"""A real IMAP server on loopback (pymap, in memory), and the mailbox of its only user as others fill it."""

import asyncio
import ssl
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from imap_tools import BaseMailBox, MailBoxUnencrypted
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend
from pymap.imap import IMAPServer
from pysasl.hashing import BuiltinHash

from engine.core.providers import ImapServer, Login, Secret, Security, Server

USER, PASSWORD = "tom", "correct horse"
_ARGS = Namespace(
    host="127.0.0.1", port=0, debug=False, cert=None, key=None, tls=False, passlib_cfg=None, proxy_protocol=None,
    inherited_sockets=None, demo_data=False, demo_user=USER, demo_password=PASSWORD,
)  # fmt: skip


@dataclass
class MailServer:
    """`port` changes when it is started anew; its mails stay, the connections do not."""

    loop: asyncio.AbstractEventLoop
    backend: DictBackend
    config: Config
    port: int = 0
    certificates: ssl.SSLContext | None = None  # of a connection that starts in TLS
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] | None = None

    def inbox(self, **more: object) -> ImapServer:
        server = Server("127.0.0.1", self.port, Security.NONE, Login(USER, Secret(PASSWORD)), total_seconds=5)
        return ImapServer(**{"server": server, "poll_seconds": 0.2} | more)  # type: ignore[arg-type]

    @contextmanager
    def box(self) -> Iterator[BaseMailBox]:
        """The mailbox in somebody else's hands."""
        with MailBoxUnencrypted("127.0.0.1", self.port).login(USER, PASSWORD) as box:
            yield box

    def deliver(self, raw: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
        with self.box() as box:
            box.append(raw, folder, dt=at or datetime(2026, 3, 4, 16, tzinfo=UTC))

    def make(self, *folders: str) -> None:
        with self.box() as box:
            for folder in folders:
                box.folder.create(folder)

    def start(self) -> None:
        self._do(self._listen())

    def hang_up(self) -> None:
        """Every connection is cut, and nobody listens."""
        self._do(self._cut())

    async def _listen(self) -> None:
        served = ProxyProtocolReader(self.config.proxy_protocol).get_callback(
            IMAPServer(self.backend.login, self.config)
        )
        self._open = writers = set()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writers.add(writer)
            await served(reader, writer)

        self._server = await asyncio.start_server(serve, "127.0.0.1", self.port, ssl=self.certificates)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._open or ()):
            writer.transport.abort()

    def _do(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)  # type: ignore[arg-type]


async def _made(certificates: ssl.SSLContext | None) -> tuple[DictBackend, Config]:
    """With certificates it offers STARTTLS, and no login before it."""
    args = Namespace(**vars(_ARGS) | {"tls": certificates is not None})
    in_a_moment = BuiltinHash(rounds=1)  # for passwords worth keeping it takes a quarter of a second at each login
    return await DictBackend.init(args, invalid_user_sleep=0, ssl_context=certificates, hash_context=in_a_moment)


@contextmanager
def mail_server(certificates: ssl.SSLContext | None = None, *, starts_in_tls: bool = False) -> Iterator[MailServer]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    made = asyncio.run_coroutine_threadsafe(_made(None if starts_in_tls else certificates), loop)
    backend, config = made.result(10)
    server = MailServer(loop, backend, config, certificates=certificates if starts_in_tls else None)
    server.start()
    try:
        yield server
    finally:
        server.hang_up()
        asyncio.run_coroutine_threadsafe(_rest(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _rest() -> None:
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
