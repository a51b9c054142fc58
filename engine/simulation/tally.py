"""What is counted while it is played: per rep and day, per mailbox and day, and what became of people."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, fields
from datetime import date

from engine.core.touch import Reason


@dataclass(slots=True)
class Day:
    """One rep's day: tasks that came into the queue (by kind, with the minutes they ask for), that were done, the
    minutes those took, and what stood overdue or open when the day ended.
    """

    came: int = 0
    came_minutes: float = 0.0
    came_kinds: Counter[str] = field(default_factory=Counter)
    done: int = 0
    minutes: float = 0.0
    overdue: int = 0
    waiting: int = 0


@dataclass(slots=True)
class Tally:
    """`people` are the ids of those who entered a sequence, `entered` counts them by sequence, `formulas` those who are
    through, by sequence and what was executed; `refused` is by sequence and reason. `delayed` counts a touch once for
    each reason that moved it. At the end `held` has no day, and `waiting` have not begun.
    """

    days: dict[tuple[str, date], Day] = field(default_factory=lambda: defaultdict(Day))
    mails: Counter[tuple[str, date]] = field(default_factory=Counter)
    delayed: Counter[Reason] = field(default_factory=Counter)
    skipped: Counter[Reason] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    replies: int = 0
    bounces: int = 0
    meetings: int = 0
    sqls: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    formulas: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    entered: Counter[str] = field(default_factory=Counter)
    people: set[int] = field(default_factory=set)
    held: Counter[Reason] = field(default_factory=Counter)
    waiting: int = 0

    def add(self, other: "Tally") -> None:
        """What was counted of other reps."""
        for name in (one.name for one in fields(self)):
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, int):
                setattr(self, name, mine + theirs)
            else:
                mine.update(theirs)  # counters are added up; no rep, no day and nobody is in both
