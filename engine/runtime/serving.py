"""The page and the API on a port, with the heart beating behind them, until Ctrl-C."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.app import create_app
from engine.core.errors import BadInput
from engine.operations.context import Context
from engine.operations.recovery import recover
from engine.runtime.console import say
from engine.runtime.heartbeat import Heart
from engine.store.dispatcher_lock import only_dispatcher


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Taken before anything else: a port that is in use is known at once, and links can name the one we got."""
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


def server_of(ctx: Context, token: str) -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(create_app(ctx, token), log_level="warning"))


def serve_until_stopped(ctx: Context, taken: socket.socket, *, token: str, senders: int) -> None:
    """Sends that an earlier process left unfinished are settled first. Raises AnotherDispatcher."""
    server, heart = server_of(ctx, token), Heart(ctx, senders=senders)
    with only_dispatcher(ctx.database):
        recover(ctx, at_start=True)
        heart.start()
        say(f"The queue is at {address_of(taken)}; it is {ctx.now():%A %d %B %H:%M} UTC there", "bold")
        say(f"sign in once: {address_of(taken)}/login?token={token}    (Ctrl-C ends it)")
        try:
            server.run(sockets=[taken])
        except KeyboardInterrupt:
            say("stopped")
        finally:
            heart.stop()
