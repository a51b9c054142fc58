"""Real servers on loopback: SMTP with logins and certificates, and a token server for XOAUTH2."""

import asyncio
import base64
import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "ana@acme.example", "correct horse"


@dataclass(frozen=True)
class TakenMail:
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    login: str | None
    is_encrypted: bool


@dataclass
class SmtpSink:
    """`tokens` are those that it lets in by XOAUTH2."""

    port: int = 0
    mails: list[TakenMail] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        given: Any = session.auth_data
        login = given.login.decode() if isinstance(given, LoginPassword) else given
        assert server.transport is not None
        is_encrypted = server.transport.get_extra_info("sslcontext") is not None
        recipients, content = tuple(envelope.rcpt_tos), envelope.original_content
        assert content is not None
        self.mails.append(TakenMail(str(envelope.mail_from), recipients, content, login, is_encrypted))
        return "250 2.0.0 queued"

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's name
        parts = dict(one.split("=", 1) for one in base64.b64decode(args[1]).decode().split("\x01") if one)
        token = parts["auth"].removeprefix("Bearer ")
        if token in self.tokens:
            return AuthResult(success=True, auth_data=parts["user"])
        self.refused.append(token)
        await server.challenge_auth(base64.b64encode(b'{"status":"401"}').decode(), encode_to_b64=False)
        return AuthResult(success=False, handled=False)

    @staticmethod
    def knows(*arguments: Any) -> AuthResult:
        given = arguments[-1]
        is_right = given == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False, auth_data=given)


@contextmanager
def smtp_sink(
    certificates: ssl.SSLContext | None = None, *, starts_in_tls: bool = False, wants_login: bool = False, **more: Any
) -> Iterator[SmtpSink]:
    sink, loop = SmtpSink(), asyncio.new_event_loop()
    options: dict[str, Any] = {"hostname": "sink.example", "enable_SMTPUTF8": True, "loop": loop} | more
    if certificates is not None and not starts_in_tls:
        options |= {"tls_context": certificates, "require_starttls": True}
    if wants_login:
        options |= {"authenticator": sink.knows, "auth_require_tls": not starts_in_tls}

    def made() -> SMTP:
        server = SMTP(sink, **options)
        server._auth_required = wants_login  # its constructor takes TLS from the first byte for none, and warns
        return server

    async def listen() -> asyncio.Server:
        return await loop.create_server(made, "127.0.0.1", 0, ssl=certificates if starts_in_tls else None)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(5)
    sink.port = server.sockets[0].getsockname()[1]
    yield sink
    asyncio.run_coroutine_threadsafe(_closed(server, loop), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


async def _closed(server: asyncio.Server, loop: asyncio.AbstractEventLoop) -> None:
    server.close()
    rest = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


@dataclass(frozen=True)
class Certificates:
    """`ca_file` is what a client must trust to believe `server`, which is 127.0.0.1."""

    server: ssl.SSLContext
    ca_file: str


def certificates_in(folder: Path, host: str = "127.0.0.1") -> Certificates:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(server)
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    return Certificates(server, str(ca_file))


@dataclass
class TokenServer:
    """Gives out `token-1`, `token-2` ...; `answers` come first, each a status and a body."""

    port: int = 0
    asked: list[Mapping[str, str]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    lives: int = 3600
    given: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    def answer(self, form: Mapping[str, str]) -> tuple[int, Any]:
        self.asked.append(form)
        if self.answers:
            return self.answers.pop(0)
        self.given += 1
        return 200, {"access_token": f"token-{self.given}", "expires_in": self.lives, "token_type": "Bearer"}


@contextmanager
def token_server() -> Iterator[TokenServer]:
    made = TokenServer()

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, body = made.answer(dict(parse_qsl(text)))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join(5)
