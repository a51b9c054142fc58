"""What all parts of a play share."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.core.admission import NOTHING, Share
from engine.core.enrollment import EnrollmentStatus
from engine.core.task import TaskKind
from engine.simulation.agenda import Agenda
from engine.simulation.dice import Dice
from engine.simulation.floor import Floor
from engine.simulation.lives import Life, Person, Touch
from engine.simulation.mailroom import Mailroom
from engine.simulation.rates import Rates
from engine.simulation.script import Lead, Script, Worker
from engine.simulation.tally import Tally


@dataclass(slots=True)
class Line:
    """Of one rep: who waits, the first in front; and who has begun on the `day` that is next to end, beside what was
    `taken_before` the play. `shares` are what one lead takes, by sequence.
    """

    waiting: deque[Lead] = field(default_factory=deque)
    day: date = date.min
    taken_before: Share = NOTHING
    begun: list[tuple[Life, Share]] = field(default_factory=list)
    is_expected: bool = False
    shares: dict[str, Share] = field(default_factory=dict)

    @property
    def taken(self) -> Share:
        """Whoever was stopped again brings no more work."""
        shares = (share for life, share in self.begun if life.status is not EnrollmentStatus.STOPPED)
        return sum(shares, self.taken_before)


@dataclass(slots=True)
class Stage:
    """`on_due` is told of each touch that falls due, `on_task` of work that no step asks for, `on_stop` of whoever was
    stopped. `numbers` are given to touches and tasks in the order of making.
    """

    script: Script
    agenda: Agenda
    dice: Dice
    tally: Tally
    mailroom: Mailroom
    numbers: Iterator[int]
    floor: Floor = field(init=False)
    on_due: Callable[[Touch], None] = field(init=False)
    on_task: Callable[[Life, TaskKind], None] = field(init=False)
    on_stop: Callable[[Life], None] = field(init=False)
    lives: list[Life] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=lambda: defaultdict(Person))

    @property
    def now(self) -> datetime:
        return self.agenda.now

    def rates(self, life: Life) -> Rates:
        return self.script.rates[life.sequence.audience.kind]

    def worker(self, life: Life) -> Worker:
        return self.floor.posts[life.worker].worker
