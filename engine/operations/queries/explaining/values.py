"""What an explanation is made of."""

from dataclasses import dataclass
from datetime import date, datetime

from engine.operations.queries.enrollments import EnrollmentRow


@dataclass(frozen=True, slots=True)
class Link:
    """One reason in a chain. `rule` is its stable name; `value` what it gave: an ISO day
    or instant, a number, a key.
    """

    rule: str
    words: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that would move it, and how it is done; `command` is None where no single one does it."""

    words: str
    command: str | None = None


@dataclass(frozen=True, slots=True)
class TouchReasons:
    """`why` begins with the plan and ends with the present; `changes` say what would move it. `now` is one line."""

    id: int
    step: str
    repeat: int
    title: str
    kind: str
    status: str
    nominal_date: date
    due_at: datetime
    ended_at: datetime | None
    now: str
    why: tuple[Link, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class WaitingReasons:
    """A step that cannot be planned before another one is over."""

    step: str
    title: str
    kind: str
    day: int
    why: tuple[Link, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A step as a forecast sees it end: `status` sent, done or skipped, and `why` where it is left out."""

    step: str
    title: str
    kind: str
    day: int | None
    repeat: int
    at: datetime
    status: str
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Of an enrollment in any state. `next` is a forecast: played on from here, if nobody answers."""

    enrollment: EnrollmentRow
    at: datetime
    now: str
    why: tuple[Link, ...]
    changes: tuple[Change, ...]
    touches: tuple[TouchReasons, ...]
    waiting: tuple[WaitingReasons, ...]
    next: tuple[Foreseen, ...]
    note: str


@dataclass(frozen=True, slots=True)
class TouchExplanation:
    """Of one touch, with what its enrollment waits for."""

    enrollment: EnrollmentRow
    at: datetime
    touch: TouchReasons
    why: tuple[Link, ...]
    changes: tuple[Change, ...]
