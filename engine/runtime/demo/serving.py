"""The demo's page: the clock goes on from the last virtual morning at the pace of the real one."""

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import uvicorn

from api.app import create_app
from engine.core.errors import BadInput
from engine.operations.context import Context
from engine.runtime.clock import OffsetClock
from engine.runtime.console import say
from engine.runtime.demo.setting import Stage
from engine.runtime.heartbeat import Heart
from engine.store.dispatcher_lock import only_dispatcher

_SENDERS = 2


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Taken before the first day runs: a port that is in use is known at once, and mails can name the one we got."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((host, port))
        except OSError as problem:
            raise BadInput(f"{host} port {port}: {problem.strerror}; name another with --port, or 0 for any") from None
        yield taken


def address_of(taken: socket.socket) -> str:
    host, port = taken.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def page_of(ctx: Context, token: str) -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(create_app(ctx, token), log_level="warning"))


def going_on(stage: Stage) -> Context:
    """The same engine, on a clock that goes on from the last virtual instant."""
    return replace(stage.ctx, now=OffsetClock(stage.clock()))


def serve_page(stage: Stage, taken: socket.socket) -> None:
    """Until Ctrl-C. The engine keeps ticking, so what the page plans for today happens today."""
    ctx, token = going_on(stage), secrets.token_urlsafe(24)
    server, heart = page_of(ctx, token), Heart(ctx, senders=_SENDERS)
    with only_dispatcher(ctx.database):
        heart.start()
        say(f"\nThe queue is at {address_of(taken)}; it is {ctx.now():%A %d %B %H:%M} UTC there", "bold")
        say(f"sign in once: {address_of(taken)}/login?token={token}    (Ctrl-C ends it)")
        try:
            server.run(sockets=[taken])
        except KeyboardInterrupt:
            say("The demo has ended; its folder stays until the next one")
        finally:
            heart.stop()
