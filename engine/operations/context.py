"""What every operation is given: the database, the time, the ways out, and what has been deployed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.channels.dialer import Dialer
from engine.channels.envelope import Transport
from engine.core.providers import Channels, Replies
from engine.core.workspace import Workspace
from engine.operations.plans import PlanShelf
from engine.store.database import Database
from engine.store.journal import Journal


@dataclass(frozen=True, slots=True)
class Context:
    """`now` is read once per pass. `public_url` is where recipients reach us, `secret` signs their links.

    `lease_seconds` must exceed every time-out of a send; `worker` names this process in reservations. `replies` says
    how we hear what comes back to each mailbox address; the outbox's are always up to date. `channels` is what
    `channels.yaml` says: the keys of the webhooks, and how the numbers are set up. Without a `dialer` reps dial
    themselves. `journal` is written before each call; a demo does without.
    """

    database: Database
    now: Callable[[], datetime]
    transports: Mapping[str, Transport]
    public_url: str
    secret: bytes
    worker: str
    lease_seconds: int = 120
    replies: Mapping[str, Replies] = field(default_factory=dict)
    channels: Channels = field(default_factory=Channels)
    dialer: Dialer | None = None
    journal: Journal | None = None
    patience: float | None = None
    shelf: PlanShelf = field(default_factory=PlanShelf)

    def workspace(self) -> Workspace:
        with self.database.read() as connection:
            return self.shelf.workspace(connection)
