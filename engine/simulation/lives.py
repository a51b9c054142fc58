"""What becomes of people while it is played: enrollments and their touches, changed in place."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.core.enrollment import EnrollmentStatus
from engine.core.ranking import Ranked, Reachable
from engine.core.schedule import PastTouch, PlannedTouch, Progress
from engine.core.sequence import Family, Gap, Sequence
from engine.core.slots import Setting
from engine.core.task import TaskKind
from engine.core.touch import Reason, TouchStatus
from engine.simulation.script import Lead, Reach

_ASK_NO_ADDRESS = frozenset({Family.SOCIAL, Family.VIDEO, Family.OTHER})  # the rep looks the profile up


def families_of(reach: Reach) -> frozenset[Family]:
    return _ASK_NO_ADDRESS | {verb.family for verb, facts in reach.items() if facts.address is not None}


@dataclass(slots=True)
class Touch:
    """`plan` is the row as it was planned; `due_at` moves with caps and windows, for the reasons in `delays`. `number`
    orders them as made; at `used_at` work for people used a unit of a company's cap.
    """

    number: int
    life: "Life"
    plan: PlannedTouch
    due_at: datetime
    status: TouchStatus = TouchStatus.SCHEDULED
    reason: Reason | None = None
    outcome: str | None = None
    ended_at: datetime | None = None
    is_promised: bool = False
    task: "Task | None" = None
    used_at: datetime | None = None
    delays: set[Reason] = field(default_factory=set)

    @property
    def is_planned(self) -> bool:
        """Acknowledgements and touches that an outcome added stand outside the plan."""
        return not self.plan.step.startswith("@")

    @property
    def is_on_day_one(self) -> bool:
        return self.plan.nominal_date == self.life.day_one and self.plan.repeat == 0

    def as_past(self, wait: Gap | None) -> PastTouch:
        return PastTouch(
            step=self.plan.step,
            repeat=self.plan.repeat,
            lane=self.plan.lane,
            is_terminal=self.status.is_terminal,
            nominal_date=self.plan.nominal_date,
            due_date=self.plan.due_date,
            ended_at=self.ended_at,
            wait=wait,
            is_given_up=self.reason is Reason.LATE,
        )


@dataclass(slots=True)
class Task:
    """What a rep must do. `touch` is the step it comes from; what a reply or an outcome opens has none. `lent_by` is to
    whom it comes back when a leave ends; `is_aside` until somebody takes it up again.
    """

    kind: TaskKind
    ranked: Ranked
    life: "Life"
    worker: str
    touch: Touch | None = None
    reachable: Reachable | None = None
    is_open: bool = True
    rests_until: datetime | None = None
    lent_by: str | None = None
    is_aside: bool = False
    times_put_off: int = 0


@dataclass(slots=True)
class Person:
    """What outlasts one sequence: earlier rounds, and the channels on which nothing arrives."""

    rounds: list[tuple[Sequence, datetime]] = field(default_factory=list)
    live: "Life | None" = None
    dead: set[Family] = field(default_factory=set)
    was_mailed: bool = False


@dataclass(slots=True)
class Life:
    """One lead in one sequence. `worker` may change, and with it the rep's time in `setting`. `closed` are the channels
    that an outcome has ended.
    """

    lead: Lead
    person: Person
    sequence: Sequence
    setting: Setting
    day_one: date
    started_at: datetime
    worker: str
    mailbox: str | None
    status: EnrollmentStatus = EnrollmentStatus.ACTIVE
    end_reason: str | None = None
    ended_at: datetime | None = None
    touches: list[Touch] = field(default_factory=list)
    closed: set[Family] = field(default_factory=set)
    is_friend: bool = False
    past: dict[int, PastTouch] = field(default_factory=dict)  # what has ended never changes again

    def progress(self) -> Progress:
        return Progress(self.day_one, self.started_at, self.setting, tuple(self._past()))

    def _past(self) -> Iterator[PastTouch]:
        for touch in self.touches:
            if touch.is_planned:
                ended = self.past.get(touch.number)
                yield ended if ended is not None else self._remembered(touch)

    def _remembered(self, touch: Touch) -> PastTouch:
        made = touch.as_past(self.sequence.wait_after(touch.plan.verb, touch.outcome))
        if made.is_terminal:
            self.past[touch.number] = made
        return made

    @property
    def families(self) -> frozenset[Family]:
        """By which the person can be reached, as far as is known by now."""
        return families_of(self.lead.reach) - self.person.dead

    @property
    def open_touches(self) -> list[Touch]:
        return [touch for touch in self.touches if not touch.status.is_terminal]
