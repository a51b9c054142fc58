"""The page and the API on a port, with the heart beating behind them, until Ctrl-C."""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import uvicorn

from api.app import create_app
from engine.core.errors import BadInput
from engine.operations.context import Context
from engine.operations.delivery.recovery import doubt_unfinished
from engine.operations.safeguards import restoring
from engine.runtime.console import say
from engine.runtime.heartbeat import Chore, Heart
from engine.runtime.mail_reader import MailReaders
from engine.store import heartbeats

_LISTENING = timedelta(seconds=20)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Taken before anything else: a port that is in use is known at once, and links can name the one we got."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((host, port))
        except (socket.gaierror, TypeError, UnicodeError):
            raise BadInput(f"{host[:100]!r} is no address; name one of this machine's with --host") from None
        except OSError as problem:
            other = "--host" if problem.errno == errno.EADDRNOTAVAIL else "--port, or 0 for any"
            raise BadInput(f"{host} port {port}: {problem.strerror}; name another with {other}") from None
        yield taken


def address_of(taken: socket.socket) -> str:
    host, port = taken.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server_of(ctx: Context, token: str) -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(create_app(ctx, token), log_level="warning"))


def _hold_what_was_restored(ctx: Context) -> None:
    restoring.compare(ctx)
    held = restoring.status(ctx)
    if held.is_held:
        say(f"{held.note}. Nothing automatic leaves until `touchline recovery release`.", "bold red")


def _listen(server: uvicorn.Server, ctx: Context) -> None:
    """Answers that come as webhooks reach us while this is said again and again."""
    if server.started and not server.should_exit:
        with ctx.database.write() as connection:
            heartbeats.beat(connection, heartbeats.WEB, ctx.now())


def serve_until_stopped(ctx: Context, taken: socket.socket, *, token: str, senders: int) -> None:
    """Sends that an earlier process left unfinished are settled first: to be called as `only_dispatcher`."""
    server = server_of(ctx, token)
    heart = Heart(ctx, senders=senders, chores=[Chore(partial(_listen, server), _LISTENING)])
    readers = MailReaders(ctx)
    doubt_unfinished(ctx, at_start=True)
    _hold_what_was_restored(ctx)
    readers.start()
    heart.start()
    say(f"The queue is at {address_of(taken)}; it is {ctx.now():%A %d %B %H:%M} UTC there", "bold")
    say(f"sign in once: {address_of(taken)}/login?token={token}    (Ctrl-C ends it)")
    try:
        server.run(sockets=[taken])
    except KeyboardInterrupt:
        say("stopped")
    finally:
        readers.stop()
        heart.stop()
