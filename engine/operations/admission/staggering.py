"""A batch is shared out over the days of its reps: who begins now, who waits for how long, and what that has spared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from engine.core.admission import Limit, Pile
from engine.core.capacity import Flood
from engine.core.errors import TooMany
from engine.operations.act import Act
from engine.operations.admission.lines import Line, Turn
from engine.operations.admission.shares import Shares
from engine.operations.plans import Plan
from engine.store import newcomers
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class Part:
    """What comes to one rep of an order."""

    rep: Record
    people: Sequence[int]


@dataclass(frozen=True, slots=True)
class Newcomers:
    """What an order brings one rep. There is `room` for so many of the `people` now, behind the `ahead` who wait
    already; the last one begins at `last_at`.

    `per_day` of this sequence make up a day, which is full of the `limit` first (None: nothing limits them), so that
    they are new work for so many `days`. `at_once` is what would pile up if all of them began now; None where nothing
    would.
    """

    rep: str
    name: str
    zone: str
    people: int
    room: int
    ahead: int
    last_at: datetime
    per_day: int | None
    limit: Limit | None
    days: int
    when_too_many: Flood
    at_once: Pile | None

    @property
    def waiting(self) -> int:
        return 0 if self.when_too_many is Flood.ENROLL_ALL else self.people - self.room


def share_out(
    act: Act, plan: Plan, parts: Sequence[Part], *, when_too_many: Flood | None, is_dry_run: bool
) -> tuple[tuple[Newcomers, ...], dict[int, Turn]]:
    """What comes to each rep; and of the people who do not begin at once, when they do. The reps are held until the
    transaction ends. Raises TooMany; a dry run only tells of it.
    """
    if not is_dry_run:
        newcomers.hold_reps(act.connection, [part.rep.id for part in parts])
    found: list[Newcomers] = []
    waiting: dict[int, Turn] = {}
    known = Shares(act.connection, act.ctx.shelf)
    for part in parts:
        line = Line(act, part.rep.id, part.rep.key, known)
        mode = when_too_many or line.capacity.when_too_many
        turns = line.behind([plan.version_id] * _asked(plan, part, line, mode))
        found.append(_told(act, plan, part, line, turns=turns, mode=mode))
        if found[-1].waiting:
            late = zip(part.people, turns, strict=True)
            waiting |= {person: turn for person, turn in late if turn.waits_for is not None}
            if not is_dry_run:
                newcomers.plan_next(act.connection, line.rep_id, line.next_morning)
    too_many = [one for one in found if one.waiting and one.when_too_many is Flood.REFUSE]
    if too_many and not is_dry_run:
        raise TooMany("; ".join(map(_refused, too_many)))
    return tuple(found), waiting


def _asked(plan: Plan, part: Part, line: Line, mode: Flood) -> int:
    """Of how many it matters when their turn is: where all begin at once, only whether the day would hold them."""
    most = line.share(plan.version_id).leads_per_day
    return len(part.people) if mode is not Flood.ENROLL_ALL or most is None else min(len(part.people), most)


def _told(act: Act, plan: Plan, part: Part, line: Line, *, turns: Sequence[Turn], mode: Flood) -> Newcomers:
    one, people = line.share(plan.version_id), len(part.people)
    room, pile = sum(turn.waits_for is None for turn in turns), line.pile_of(plan.sequence, people)
    return Newcomers(
        rep=part.rep.key,
        name=part.rep.name,
        zone=part.rep.zone,
        people=people,
        room=room,
        ahead=len(line.waiting),
        last_at=act.now if mode is Flood.ENROLL_ALL else turns[-1].at,
        per_day=one.leads_per_day,
        limit=one.limit,
        days=ceil(people / (one.leads_per_day or people)),
        when_too_many=mode,
        at_once=pile if room < people and pile.peak else None,
    )


def _refused(one: Newcomers) -> str:
    days = "a day" if one.days == 1 else f"{one.days} days"
    day = f"{one.people} people for {one.name} are {days} of new work, and a day takes {one.per_day}"
    first = f"enroll {one.room} now" if one.room else "there is no room today"
    return f"{day}; {first}, or let them begin in turn (when_too_many: stagger)"
