"""What lies ahead of an enrollment if every step is done when it falls due. Pure; nothing of it is stored."""

from dataclasses import dataclass, replace
from datetime import datetime

from engine.core.schedule import PastTouch, PlannedTouch, Progress, next_touches
from engine.core.sequence import Sequence


@dataclass(frozen=True, slots=True)
class Ahead:
    step: str
    at: datetime


def ahead(sequence: Sequence, progress: Progress, now: datetime, *, starts: dict[str, datetime]) -> tuple[Ahead, ...]:
    """The steps after those that are open now. `starts` says when each open step is expected to be done."""
    touches = [_ended(touch, max(now, starts.get(touch.step, now))) for touch in progress.touches]
    latest = now
    found: list[PlannedTouch] = []
    waiting: list[PlannedTouch] = []
    for _ in sequence.steps:
        known = replace(progress, touches=(*touches, *(_open(one) for one in waiting)))
        waiting += next_touches(sequence, known, latest)
        if not waiting:
            break
        first = min(waiting, key=_moment)
        waiting.remove(first)
        latest = max(latest, _moment(first))
        found.append(first)
        touches.append(_ended(_open(first), latest))
    return tuple(Ahead(one.step, _moment(one)) for one in found)


def _moment(touch: PlannedTouch) -> datetime:
    return touch.callable_from or touch.due_at


def _open(touch: PlannedTouch) -> PastTouch:
    return PastTouch(
        step=touch.step,
        repeat=touch.repeat,
        lane=touch.lane,
        is_terminal=False,
        nominal_date=touch.nominal_date,
        due_date=touch.due_date,
    )


def _ended(touch: PastTouch, at: datetime) -> PastTouch:
    return touch if touch.is_terminal else replace(touch, is_terminal=True, ended_at=at)
