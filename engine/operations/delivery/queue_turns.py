"""Work for people enters the queue within what the rep, and a company, take in a day; the rest comes on a later one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.core.caps import HandOff, Usage, counters_asked, delay_of
from engine.core.schedule import PlannedTouch, plan_later
from engine.core.touch import Reason, TouchEvent
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.days.queue_days import QueueDays, TaskRow
from engine.operations.safeguards.capping import hand_off_of
from engine.operations.texts import Cast
from engine.store import enrollments, hand_offs, reservations, touches
from engine.store.connection import Record

Later = tuple[datetime, Reason]
_PLANNED = ("due_date", "due_at", "callable_from", "callable_until", "late_at")


def enter(act: Act, due_touches: Sequence[Record], tasks: Mapping[int, TaskRow], cast: Cast) -> set[int]:
    """The ids of those that enter the queue now, each with its unit; the others get their next slot. The caller holds
    their people; `tasks` are the rows they would become, by touch. People who are under way come before new ones.
    """
    hand_offs_of = {due.id: hand_off_of(act, due, cast.people[due.prospect_id]) for due in due_touches}
    in_line = sorted(due_touches, key=lambda due: hand_offs_of[due.id].is_new)
    delays = _delays(act, in_line, hand_offs_of, QueueDays(act, tasks, cast.reps))
    roll(act, _later(act, [(due, *delays[due.id]) for due in due_touches if due.id in delays]))
    entering = [due for due in due_touches if due.id not in delays]
    units = [(due.id, hand_offs_of[due.id]) for due in entering if _counts(due, hand_offs_of[due.id])]
    hand_offs.add_many(act.connection, [hand_offs.row_of(one, act.now, touch_id) for touch_id, one in units])
    return {due.id for due in entering}


def _counts(due: Record, hand_off: HandOff) -> bool:
    """Whoever came to us is not approached; a call that was promised is."""
    return hand_off.account is not None and (due.is_promised or not hand_off.passes)


def _delays(
    act: Act, in_line: Sequence[Record], hand_offs_of: Mapping[int, HandOff], days: QueueDays
) -> dict[int, Later]:
    caps, now, found = act.workspace.caps, act.now, dict[int, Later]()
    usage = _usage(act, hand_offs_of.values())
    for due in in_line:
        one, full_until = hand_offs_of[due.id], days.full_until(due)
        if full_until is not None:
            found[due.id] = full_until, Reason.DAY_FULL
            continue
        delay = delay_of(one, caps, usage, now)
        usage.take(one, delay.until if delay is not None else now, one.counters)
        if delay is not None:
            found[due.id] = delay.until, delay.reason
        else:
            days.take(due)
    return found


def _usage(act: Act, due: Iterable[HandOff]) -> Usage:
    """Of the counters that can make one of them wait, which are held until the transaction ends."""
    asked = {counter for one in due for counter in counters_asked(one, act.workspace.caps, act.now)}
    hand_offs.hold(act.connection, asked)
    return hand_offs.usage_of(act.connection, asked, act.now) if asked else Usage()


@dataclass(frozen=True, slots=True)
class Rolled:
    """A planned roll: the nominal date stays, so the tail of the lane keeps its dates."""

    due: Record
    planned: PlannedTouch
    why: Reason


def roll(act: Act, moved: Sequence[Rolled]) -> None:
    """To their next days; where such a day cannot be planned firmly they are held."""
    rows = []
    for one in moved:
        values = {name: getattr(one.planned, name) for name in _PLANNED}
        if one.planned.hold is None:
            rows.append({"one": one.due.id, "why": one.why.value, **values})
        else:
            hold = one.planned.hold.value
            touches.move(act.connection, one.due, TouchEvent.HOLD, now=act.now, **values, reason=hold)
    reservations.roll(act.connection, rows)


def _later(act: Act, delayed: Sequence[tuple[Record, datetime, Reason]]) -> list[Rolled]:
    homes = enrollments.with_people(act.connection, [due.enrollment_id for due, *_ in delayed]) if delayed else []
    known = {row.id: row for row in homes}
    return [Rolled(due, _slot(act, due, known[due.enrollment_id], until), why) for due, until, why in delayed]


def _slot(act: Act, due: Record, enrollment: Record, earliest: datetime) -> PlannedTouch:
    plan, setting = act.plan(due.version_id).sequence, facts.setting_of(act.workspace, enrollment, act.now)
    progress = facts.progress_of(plan, enrollment, [due], setting)
    return plan_later(plan, progress.touches[0], earliest, progress)
