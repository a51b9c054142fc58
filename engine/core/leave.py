"""When a rep is away, what becomes of the work meanwhile, and how it comes back (rule 9). Pure: days in, days out."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from heapq import heapify, heappop, heappush
from typing import TypeVar

from engine.core.capacity import Capacity, Load, has_time
from engine.core.ranking import Level
from engine.core.task import TaskKind

LONGEST = timedelta(days=366)
_TOLD = frozenset({TaskKind.TELL_OWNER, TaskKind.ESCALATION})
_WECHAT = frozenset({TaskKind.WECHAT_ADD, TaskKind.WECHAT_MESSAGE})


class LeavePolicy(StrEnum):
    """What becomes of a rep's work: it waits, somebody stands in, or it is somebody else's for good."""

    PAUSE = "pause"
    DELEGATE = "delegate"
    REASSIGN = "reassign"


@dataclass(frozen=True, slots=True)
class Leave:
    """The rep's own days, `last` included. `to` is the key of the rep who stands in or takes over."""

    first: date
    last: date
    policy: LeavePolicy | None = None  # None: the workspace's
    to: str | None = None

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))

    def overlaps(self, other: "Leave") -> bool:
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a leave cannot stand. `field` is the part of it that is wrong."""

    code: str
    field: str
    message: str
    expected: str
    advice: str


def objection_to(
    rep: str, leave: Leave, policy: LeavePolicy, *, known: Iterable[tuple[str, Leave]], active: Collection[str]
) -> Objection | None:
    """The first thing that is wrong with it. `known` are the other leaves, each with its rep; `active` the keys of the
    reps who work.
    """
    return _span(leave) or _delegate(rep, leave, policy, active) or _clash(rep, leave, list(known))


def _span(leave: Leave) -> Objection | None:
    if leave.last < leave.first:
        told = f"the leave ends on {leave.last}, before it begins on {leave.first}"
        return Objection("reversed-leave", "until", told, "the earlier day first", "swap the two; `until` counts, too")
    if leave.last - leave.first >= LONGEST:
        told = f"the leave from {leave.first} to {leave.last} is longer than a year"
        return Objection("long-leave", "until", told, "at most a year", "somebody who does not come back leaves")
    return None


def _delegate(rep: str, leave: Leave, policy: LeavePolicy, active: Collection[str]) -> Objection | None:
    colleague = "another rep who works at that time"
    if leave.to is None:
        if policy is not LeavePolicy.DELEGATE:
            return None
        told = "nobody is named to stand in"
        return Objection("no-delegate", "to", told, colleague, "name one with `to`, or choose pause or reassign")
    if leave.to == rep:
        return Objection("own-delegate", "to", f"{rep} cannot stand in for {rep}", colleague, "name somebody else")
    if leave.to not in active:
        advice = f"one of {', '.join(sorted(set(active) - {rep})) or 'nobody yet'}"
        return Objection("unknown-delegate", "to", f"{leave.to} is no active rep", colleague, advice)
    return None


def _clash(rep: str, leave: Leave, known: Sequence[tuple[str, Leave]]) -> Objection | None:
    for other, away in known:
        if not leave.overlaps(away):
            continue
        span = f"from {away.first} to {away.last}"
        if other == rep:
            told = f"{rep} is away {span} already"
            return Objection("overlapping-leave", "from", told, "days that no other leave has", "join or part the two")
        if other == leave.to:
            told, advice = f"{other} is away {span}, too", "name somebody else, or other days"
            return Objection("delegate-away", "to", told, "a rep who works at that time", advice)
        if away.to == rep:
            told, advice = f"{rep} stands in for {other} {span}", f"name somebody else for {other} first"
            return Objection("stands-in", "from", told, "days on which nobody counts on this rep", advice)
    return None


def waits(policy: LeavePolicy, kind: TaskKind, level: Level, *, is_inbound: bool, is_covered: bool = True) -> bool:
    """Whether this work is left until the rep is back. What was promised, what somebody asks of us and what has an hour
    never is; planned steps are where they are paused, and where nobody is there to stand in (not `is_covered`). WeChat
    is one person's own account: nobody else can use it.
    """
    if is_inbound or level <= Level.MEETING or kind in _TOLD:
        return False
    return policy is LeavePolicy.PAUSE or not is_covered or (policy is LeavePolicy.DELEGATE and kind in _WECHAT)


def as_it_is(_item: int, day: date) -> date:
    return day


def spread(
    minutes: Sequence[float],
    days: Iterator[date],
    *,
    capacity: Capacity,
    planned: Mapping[date, Load],
    lands: Callable[[int, date], date] = as_it_is,
) -> list[date]:
    """A day for each piece of work, given by the minutes it takes and the most urgent first: the earliest on which the
    rep has time, beside what is `planned` there already.

    `days` are the rep's working days, without end. `lands` is the day on which piece `n` comes when it is planned for
    a day: a holiday of the prospect's may move it on. A day on which nothing is planned has time for any one piece.
    """
    taken, open_days = dict(planned), list[date]()
    placed: list[date] = []
    for item, length in enumerate(minutes):
        day = _first_with_time(item, length, days=_again(open_days, days), room=(capacity, taken), lands=lands)
        taken[day] = taken.get(day, Load()).with_one(length)
        placed.append(day)
        open_days = [one for one in open_days if has_time(capacity, taken.get(one, Load()), 0.0)]
    return placed


def _again(seen: list[date], days: Iterator[date]) -> Iterator[date]:
    """Those that were looked at and have time left, then new ones."""
    yield from list(seen)
    for day in days:
        seen.append(day)
        yield day


def _first_with_time(
    item: int,
    length: float,
    *,
    days: Iterator[date],
    room: tuple[Capacity, Mapping[date, Load]],
    lands: Callable[[int, date], date],
) -> date:
    capacity, taken = room
    for day in days:
        if has_time(capacity, taken.get(day, Load()), length):
            landed = lands(item, day)
            if landed == day or has_time(capacity, taken.get(landed, Load()), length):
                return landed
    raise ValueError("the working days have come to an end")


Group = TypeVar("Group", bound=Hashable)


def share_out(groups: Mapping[Group, int], loads: Mapping[int, int]) -> dict[Group, int]:
    """Who takes which group of work: the one with the least to do at that moment, the largest groups first.

    `groups` and `loads` are numbers of tasks, by group and by rep. Raises ValueError where there is nobody.
    """
    if not loads:
        raise ValueError("there is nobody to take the work")
    least = [(load, place, rep) for place, (rep, load) in enumerate(loads.items())]
    heapify(least)
    taken: dict[Group, int] = {}
    for group, size in sorted(groups.items(), key=lambda one: -one[1]):
        load, place, rep = heappop(least)
        taken[group] = rep
        heappush(least, (load + size, place, rep))
    return taken
