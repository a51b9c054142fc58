"""What is played: who works, who enters which sequence when, and what people are likely to do. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from engine.core.admission import Share
from engine.core.capacity import Capacity, Load
from engine.core.caps import Usage
from engine.core.enrollment import EnrollmentStatus
from engine.core.guards import SendFacts
from engine.core.leave import Leave
from engine.core.ranking import Ranked
from engine.core.schedule import PlannedTouch
from engine.core.sequence import AudienceKind, Family, Sequence, Verb
from engine.core.slots import Setting
from engine.core.task import TaskKind
from engine.core.touch import Reason, TouchStatus
from engine.core.working_time import WorkingTime
from engine.core.workspace import Workspace
from engine.simulation.rates import USUAL, Rates


@dataclass(frozen=True, slots=True)
class Sender:
    """A mailbox as the caps count it, and its way out."""

    id: int
    provider: str


@dataclass(frozen=True, slots=True)
class Worker:
    """A rep: `time` is when the rep works, leave taken off; the mails of the rep's people leave from the address
    `mailbox`.

    `plans_by` is the time by which steps are planned, a stand-in's while somebody stands in, and `answers_by` that of
    what cannot wait for the rep's return; both are the rep's own where they are left out. Each leave says its policy.
    """

    key: str
    time: WorkingTime
    capacity: Capacity
    mailbox: str | None = None
    team: str = ""
    leaves: tuple[Leave, ...] = ()
    plans_by: WorkingTime | None = None
    answers_by: WorkingTime | None = None

    def time_for(self, kind: AudienceKind) -> WorkingTime:
        return (self.answers_by if kind is AudienceKind.INBOUND else self.plans_by) or self.time


Reach = Mapping[Verb, SendFacts]


@cache
def reached_by(families: frozenset[Family]) -> Reach:
    """Somebody with working addresses for these channels, about whom nothing else is known."""
    return {
        verb: SendFacts(EnrollmentStatus.ACTIVE, address="known" if verb.family in families else None) for verb in Verb
    }


EVERYWHERE = reached_by(frozenset(Family))


@dataclass(frozen=True, slots=True)
class Lead:
    """A person who enters a sequence at an instant. `reach` is what the guard knows of them, by verb. The rep's time in
    `setting` is set by the worker's. `account` is the company whose rules hold for them; `is_guessed` their address.
    """

    id: int
    at: datetime
    sequence: str
    worker: str
    setting: Setting
    reach: Reach = field(default_factory=lambda: EVERYWHERE)
    account: int | None = None
    tier: int = 3
    is_guessed: bool = False


@dataclass(frozen=True, slots=True)
class StandingTask:
    """A task that is open when the play begins: `came_at` is when it came into the queue, `rests_until` where it is
    put off, `is_aside` where it waits for its enrollment or its rep, `lent_by` whose it is when a leave ends.
    """

    kind: TaskKind
    ranked: Ranked
    worker: str
    came_at: datetime
    rests_until: datetime | None = None
    lent_by: str | None = None
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class StandingTouch:
    number: int
    plan: PlannedTouch
    due_at: datetime
    status: TouchStatus
    reason: Reason | None = None
    outcome: str | None = None
    ended_at: datetime | None = None
    is_promised: bool = False
    task: StandingTask | None = None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """An enrollment that is under way when the play begins, in a version that may be older than the live one. `tasks`
    are those that no step asks for. One that is paused goes on at `resumes_at`, or not while it is played; one that
    has `ended_as` something is over but for its tasks.
    """

    lead: Lead
    sequence: Sequence
    day_one: date
    mailbox: str | None
    touches: tuple[StandingTouch, ...]
    tasks: tuple[StandingTask, ...] = ()
    is_paused: bool = False
    resumes_at: datetime | None = None
    ended_as: EnrollmentStatus | None = None
    end_reason: str | None = None


class Plan(StrEnum):
    """Who says on which day a step comes: the engine's own rules, or the calendar whatever happened before."""

    ENGINE = "engine"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Script:
    """`workers` have keys of the workspace's reps, or others. `senders` are by address; what is not there is new.
    `used` are the units of its caps that had left before, `waiting` are those who stand in line for their rep, and
    `begun` is what each rep's newcomers of the day take already, and `came` the planned work that has come into the
    rep's queue that day.
    """

    workspace: Workspace
    sequences: Mapping[str, Sequence]
    workers: tuple[Worker, ...]
    leads: tuple[Lead, ...]
    start: datetime
    end: datetime
    standing: tuple[Standing, ...] = ()
    waiting: tuple[Lead, ...] = ()
    begun: Mapping[str, Share] = field(default_factory=dict)
    came: Mapping[str, Load] = field(default_factory=dict)
    senders: Mapping[str, Sender] = field(default_factory=dict)
    used: Usage = field(default_factory=Usage)
    seed: int = 0
    rates: Mapping[AudienceKind, Rates] = field(default_factory=lambda: dict(USUAL))
    plan: Plan = Plan.ENGINE
