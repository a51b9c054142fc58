"""A dispatcher as it runs in production, in a process that somebody is about to hurt."""

import logging
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.channels.envelope import Transport
from engine.operations.context import Context
from engine.operations.delivery.recovery import doubt_unfinished
from engine.operations.safeguards import restoring
from engine.runtime import heartbeat
from engine.runtime.heartbeat import Heart
from engine.runtime.logs import write_plainly
from engine.store.database import Database
from engine.store.dispatcher_lock import only_dispatcher
from engine.store.journal import Journal
from tests.faults.clocks import Clock
from tests.faults.process import put
from tests.faults.ways import PUBLIC_URL

_BEAT_SECONDS = 0.05


def nothing() -> None:
    """The engine as it is."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a dispatcher is given. `first` is done in its process before anything else: that is how the bench
    reaches inside, for the engine has no switch for it.
    """

    url: str
    folder: Path
    now: Clock
    transports: Callable[[], Mapping[str, Transport]]
    name: str = "a"
    senders: int = 4
    lease_seconds: int = 480  # two seconds for us, by the clock of the bench
    first: Callable[[], None] = nothing

    def context(self) -> Context:
        return Context(
            database=Database(self.url),
            now=self.now,
            transports=self.transports(),
            public_url=PUBLIC_URL,
            secret=b"bench",
            worker=self.name,
            lease_seconds=self.lease_seconds,
            journal=Journal(self.folder / "journal"),
        )


def dispatch(post: Post) -> None:
    """Until SIGTERM, or worse."""
    _write_log(post.folder / f"{post.name}.log")
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    put(heartbeat, "time", post.now)  # real seconds are not those of the bench
    post.first()
    ctx = post.context()
    with only_dispatcher(ctx.database):
        doubt_unfinished(ctx, at_start=True)
        restoring.compare(ctx)
        heart = Heart(ctx, senders=post.senders, every_seconds=_BEAT_SECONDS)
        heart.start()
        signal.sigwait({signal.SIGTERM})
        heart.stop()


def _write_log(path: Path) -> None:
    file = path.open("a", encoding="utf-8")
    write_plainly(file)
    logging.basicConfig(stream=file, level=logging.ERROR, force=True)
