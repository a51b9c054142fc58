"""How much a rep can do in a day, and how much of it a sequence asks for one lead (rule 30)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from engine.core.clock import day_start, local_date
from engine.core.hours import Hours
from engine.core.sequence import Sequence, Step, Verb
from engine.core.working_time import WorkingTime

# Minutes for one task, its notes included. A voicemail is left within a call and adds to it; what is done inside the
# house counts nothing here, as in the formula.
MINUTES: Mapping[str, float] = MappingProxyType(
    {
        "call": 3.0,
        "voicemail": 1.0,
        "personal_email": 7.0,
        "wechat_add": 2.0,
        "wechat_message": 2.0,
        "linkedin": 3.0,
        "maimai": 3.0,
        "video": 7.0,
        "task": 0.0,
        "triage": 3.0,
        "other": 3.0,
    }
)


class Flood(StrEnum):
    """What becomes of a batch that is more than its reps sustain."""

    STAGGER = "stagger"
    REFUSE = "refuse"
    ENROLL_ALL = "enroll_all"


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a rep gets done in a day: both limits hold, None is no limit. `minutes` are by kind of task.

    `new_leads_per_day` is how many new people a rep begins with in a day; None leaves it to what the sequence asks for.
    """

    tasks_per_day: int | None = 80
    minutes_per_day: float | None = 330
    minutes: Mapping[str, float] = field(default_factory=lambda: dict(MINUTES))
    new_leads_per_day: int | None = None
    when_too_many: Flood = Flood.STAGGER

    def minutes_for(self, kind: str) -> float:
        """Kinds of work that are not named take as long as `other`."""
        return self.minutes.get(kind, self.minutes["other"])

    def within(self, hours: Hours) -> "Capacity":
        """Nobody works more minutes than their longest day has."""
        longest = hours.longest_day
        is_longer = self.minutes_per_day is not None and 0 < longest < self.minutes_per_day
        return replace(self, minutes_per_day=longest) if is_longer else self

    def part_used(self, tasks: int, minutes: float) -> float:
        """Which part of a day they take: of its tasks or of its minutes, whichever is more. 1 is a full day."""
        by_tasks = tasks / self.tasks_per_day if self.tasks_per_day else 0.0
        by_minutes = minutes / self.minutes_per_day if self.minutes_per_day else 0.0
        return max(by_tasks, by_minutes)


@dataclass(frozen=True, slots=True)
class Load:
    """Tasks and minutes: what one lead costs when nothing stops the sequence, or what a day holds."""

    tasks: int = 0
    minutes: float = 0.0

    def with_one(self, minutes: float) -> "Load":
        return Load(self.tasks + 1, self.minutes + minutes)

    def without_one(self, minutes: float) -> "Load":
        return Load(self.tasks - 1, self.minutes - minutes)


def has_time(capacity: Capacity, load: Load, minutes: float) -> bool:
    """Whether a day with that load takes one more piece of work. A day without any has time for whatever it is."""
    return load.tasks == 0 or capacity.part_used(load.tasks + 1, load.minutes + minutes) <= 1


def full_until(capacity: Capacity, came: Load, kind: str, *, time: WorkingTime, now: datetime) -> datetime | None:
    """When the rep's next day of work begins, if so much has come into the queue today that no work of this kind fits;
    None where it does.
    """
    if has_time(capacity, came, capacity.minutes_for(kind)):
        return None
    tomorrow = local_date(now, time.zone) + timedelta(days=1)
    return day_start(next(time.workdays(tomorrow)), time.zone)


def load_of(steps: Iterable[Step], capacity: Capacity) -> Load:
    """Work for people that reaches out; what is done inside the house counts 0, as it does in the formula."""
    worked = [step for step in steps if step.do.is_counted and not step.do.is_automatic]
    return Load(len(worked), sum(_minutes(step, capacity) for step in worked))


def _minutes(step: Step, capacity: Capacity) -> float:
    left = capacity.minutes_for(Verb.VOICEMAIL.value) if step.voicemail else 0.0
    return capacity.minutes_for(step.do.value) + left


@dataclass(frozen=True, slots=True)
class Sustained:
    """New leads a day for one rep, by tasks and by minutes; None where nothing limits them."""

    by_tasks: float | None
    by_minutes: float | None

    @property
    def leads(self) -> float | None:
        """The smaller of the two."""
        return min((one for one in (self.by_tasks, self.by_minutes) if one is not None), default=None)


def sustained(sequence: Sequence, capacity: Capacity) -> Sustained:
    """In a steady stream each day's new leads bring the whole sequence's work: as many as fit into a day."""
    load = load_of(sequence.steps, capacity)
    return Sustained(_share(capacity.tasks_per_day, load.tasks), _share(capacity.minutes_per_day, load.minutes))


def _share(whole: float | None, part: float) -> float | None:
    return None if whole is None or part == 0 else whole / part
