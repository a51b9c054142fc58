"""What is played: who works, who enters which sequence when, and what people are likely to do. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.core.capacity import Capacity
from engine.core.schedule import Setting
from engine.core.sequence import AudienceKind, Family, Sequence
from engine.core.working_time import WorkingTime
from engine.core.workspace import Workspace
from engine.simulation.rates import USUAL, Rates


@dataclass(frozen=True, slots=True)
class Worker:
    """A rep: `time` knows the days off, `mailbox` is where the automatic mails of the rep's people leave from."""

    key: str
    time: WorkingTime
    capacity: Capacity
    mailbox: str | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """A person who enters a sequence at an instant. `families` are the channels by which they can be reached at all."""

    id: int
    at: datetime
    sequence: str
    worker: str
    setting: Setting
    families: frozenset[Family] = frozenset(Family)
    account: int | None = None
    tier: int = 3


@dataclass(frozen=True, slots=True)
class Script:
    """`workers` are by the keys of the workspace's reps, or of its own."""

    workspace: Workspace
    sequences: Mapping[str, Sequence]
    workers: tuple[Worker, ...]
    leads: tuple[Lead, ...]
    start: datetime
    end: datetime
    seed: int = 0
    rates: Mapping[AudienceKind, Rates] = field(default_factory=lambda: dict(USUAL))
