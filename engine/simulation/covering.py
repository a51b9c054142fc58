"""Who does the work of a rep who is away: it waits, or somebody else does it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.core.clock import day_start, local_date
from engine.core.leave import Leave, LeavePolicy, waits
from engine.core.ranking import Level
from engine.core.sequence import AudienceKind
from engine.core.task import TaskKind
from engine.simulation.lives import Life
from engine.simulation.script import Worker
from engine.simulation.stage import Stage

_ONE_DAY = timedelta(days=1)
_FAR = 731


@dataclass(frozen=True, slots=True)
class Assigned:
    """Whose task it is. `lent_by` where that is so only because of a leave; `waits_until` where nobody does it before
    the rep is back.
    """

    worker: str
    lent_by: str | None = None
    waits_until: datetime | None = None


def bounds(worker: Worker, leave: Leave) -> tuple[datetime, datetime]:
    """Half-open, on the rep's own clock."""
    zone = worker.time.zone
    return day_start(leave.first, zone), day_start(leave.last + _ONE_DAY, zone)


def leave_of(worker: Worker, now: datetime) -> Leave | None:
    """The one that is under way."""
    if not worker.leaves:
        return None
    today = local_date(now, worker.time.zone)
    return next((leave for leave in worker.leaves if leave.first <= today <= leave.last), None)


def back_at(worker: Worker, leave: Leave) -> datetime:
    """When the rep begins to work again."""
    days = (leave.last + timedelta(days=number) for number in range(1, _FAR))
    first = next((day for day in days if worker.time.is_workday(day)), leave.last + _ONE_DAY)
    return max(worker.time.begins(first), bounds(worker, leave)[1])


def assign(stage: Stage, life: Life, kind: TaskKind, level: Level) -> Assigned:
    worker = stage.worker(life)
    leave = leave_of(worker, stage.now)
    if leave is None:
        return Assigned(worker.key)
    if does_wait(stage, worker, leave, work=(life, kind, level)):
        return Assigned(worker.key, worker.key, back_at(worker, leave))
    other = stand_in(stage, worker, leave)
    return Assigned(other, lent_by=worker.key) if other is not None else Assigned(worker.key)


def who_is_told(stage: Stage, key: str, *, late: str) -> Assigned | None:
    """That rep, or whoever stands in; the rep who is late only if they must. None for somebody who does not play."""
    post, there = stage.floor.posts.get(key), loads(stage)
    if post is None:
        return None
    leave = leave_of(post.worker, stage.now)
    if leave is None:
        return Assigned(key)
    if leave.to in there and leave.to != late:
        return Assigned(leave.to, lent_by=key)
    others = colleagues(stage, post.worker)
    others = [one for one in others if one != late] or others
    return Assigned(min(others, key=lambda one: there[one], default=key), lent_by=key)


Work = tuple[Life, TaskKind, Level]


def does_wait(stage: Stage, worker: Worker, leave: Leave, work: Work) -> bool:
    life, kind, level = work
    is_inbound = life.sequence.audience.kind is AudienceKind.INBOUND
    policy, is_covered = leave.policy or LeavePolicy.PAUSE, stand_in(stage, worker, leave) is not None
    return waits(policy, kind, level, is_inbound=is_inbound, is_covered=is_covered)


def is_read(stage: Stage, worker: Worker, leave: Leave) -> bool:
    """Whether anybody reads the answers meanwhile: reps of the workspace who do not play are there."""
    posts, reps = stage.floor.posts, stage.script.workspace.reps
    is_outside = any(rep.key not in posts and rep.leaves_to is None for rep in reps)
    return is_outside or stand_in(stage, worker, leave) is not None


def stand_in(stage: Stage, worker: Worker, leave: Leave) -> str | None:
    """Whoever was named, else the colleague with the least to do. None where nobody is there."""
    there = loads(stage)
    if leave.to in there:
        return leave.to
    return min(colleagues(stage, worker), key=lambda key: there[key], default=None)


def loads(stage: Stage) -> dict[str, int]:
    """How much everybody has to do who is there."""
    posts = stage.floor.posts
    return {key: len(post.desk.tasks) for key, post in posts.items() if leave_of(post.worker, stage.now) is None}


def colleagues(stage: Stage, worker: Worker) -> list[str]:
    """Who is there: those of the team, else all others."""
    others = [key for key in loads(stage) if key != worker.key]
    team = [key for key in others if stage.floor.posts[key].worker.team == worker.team]
    return team or others
