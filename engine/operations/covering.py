"""Who does the work of a rep who is away just now, or works here no more: it waits, or somebody else does it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from engine.core.clock import local_date
from engine.core.leave import LeavePolicy, waits
from engine.core.ranking import Level
from engine.core.sequence import AudienceKind
from engine.core.task import TaskKind
from engine.operations.act import Act
from engine.operations.days.open_days import working_time
from engine.store import leaves, plans, tasks
from engine.store.connection import Record

_HORIZON = 731  # whoever never works again in two years is waited for until the leave ends


@dataclass(frozen=True, slots=True)
class Assigned:
    """Whose task it is. `leave_id` where that is so only because of a leave; `waits_until` where nobody does it before
    the rep is back.
    """

    rep_id: int
    leave_id: int | None = None
    waits_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """What decides whether somebody else must do it."""

    rep_id: int
    kind: TaskKind
    level: Level
    is_inbound: bool


def piece_of(task: Record) -> Piece:
    """`task` is read with its `audience`."""
    is_inbound = task.audience == AudienceKind.INBOUND.value
    return Piece(task.rep_id, TaskKind(task.kind), Level(task.level), is_inbound)


class Cover:
    """Read once for many pieces of work: what is given out counts at once, so that the next piece goes to the next."""

    def __init__(self, act: Act, going: Record | None = None) -> None:
        """`going` counts as under way even if it was over before anybody entered it."""
        self._act = act
        under_way = [row for row in leaves.unfinished(act.connection) if row.begins_at <= act.now < row.ends_at]
        self.away = {row.rep_id: row for row in under_way + ([going] if going is not None else [])}
        self._reps = {row.id: row for row in plans.reps(act.connection, only_active=False)}
        self._present = {one: row for one, row in self._reps.items() if row.is_active and one not in self.away}

    def assign(self, piece: Piece, *, rather_not: int | None = None) -> Assigned:
        """`rather_not` does not stand in where anybody else could."""
        leave, rep = self.away.get(piece.rep_id), self._reps[piece.rep_id]
        if not rep.is_active:
            return Assigned(self._next(rep.successor_id, rep, rather_not) or rep.id)
        if leave is None:
            return Assigned(rep.id)
        until = self.waits_until(piece)
        other = self._next(leave.to_id, rep, rather_not) if until is None else None
        return Assigned(other or rep.id, leave.id, until)

    def waits_until(self, piece: Piece) -> datetime | None:
        """When the rep is back, if nobody does it before."""
        leave = self.away.get(piece.rep_id)
        if leave is None:
            return None
        policy, is_covered = LeavePolicy(leave.policy), self.is_covered(leave)
        is_left = waits(policy, piece.kind, piece.level, is_inbound=piece.is_inbound, is_covered=is_covered)
        return self._back[leave.rep_id] if is_left else None

    def stand_in(self, leave: Record) -> int | None:
        """Whoever was named, else the colleague with the least to do. None where nobody is there."""
        return self._next(leave.to_id, self._reps[leave.rep_id])

    def is_covered(self, leave: Record) -> bool:
        return leave.to_id in self._present or bool(self.colleagues(self._reps[leave.rep_id]))

    def colleagues(self, rep: Record) -> list[int]:
        """Who works and is not away: those of the team, else all others."""
        others = {one: row for one, row in self._present.items() if one != rep.id}
        return [one for one, row in others.items() if row.team_id == rep.team_id] or list(others)

    def _next(self, named: int | None, rep: Record, rather_not: int | None = None) -> int | None:
        there = [named] if named in self._present and named != rather_not else self.colleagues(rep)
        there = [one for one in there if one != rather_not] or there
        found = min(there, key=lambda one: self._loads[one], default=None)
        if found is not None:
            self._loads[found] += 1
        return found

    @cached_property
    def _back(self) -> dict[int, datetime]:
        return {rep_id: back_at(self._act, leave) for rep_id, leave in self.away.items()}

    @cached_property
    def _loads(self) -> dict[int, int]:
        counts = tasks.open_counts(self._act.connection)
        return {one: counts.get(one, 0) for one in self._present}


def back_at(act: Act, leave: Record) -> datetime:
    """When the rep begins to work again; a leave that follows at once, holidays and weekends are passed over."""
    rep = working_time(act.workspace, leave.rep_key, act.now.date())
    first = local_date(max(leave.ends_at, act.now), rep.zone)
    days = (first + timedelta(days=number) for number in range(_HORIZON))
    back = next((day for day in days if rep.is_workday(day)), first)
    ends_at: datetime = leave.ends_at
    return max(rep.begins(back), ends_at)
