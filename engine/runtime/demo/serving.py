"""The demo's page: the clock goes on from the last virtual morning at the pace of the real one."""

import secrets
import socket
from dataclasses import replace

from engine.operations.context import Context
from engine.runtime.clock import OffsetClock
from engine.runtime.demo.setting import Stage
from engine.runtime.serving import serve_until_stopped
from engine.store.dispatcher_lock import only_dispatcher

_SENDERS = 2


def going_on(stage: Stage) -> Context:
    """The same engine, on a clock that goes on from the last virtual instant."""
    return replace(stage.ctx, now=OffsetClock(stage.clock()))


def serve_page(stage: Stage, taken: socket.socket) -> None:
    """The engine keeps ticking, so what the page plans for today happens today."""
    with only_dispatcher(stage.ctx.database):
        serve_until_stopped(going_on(stage), taken, token=secrets.token_urlsafe(24), senders=_SENDERS)
