"""The same step once more, before its lane goes on: as promised, after a gap, by another number, or later today."""

from collections.abc import Sequence
from datetime import datetime

from engine.core.outcome import Answer, Consequence, Next
from engine.core.schedule import PastTouch, plan_repeat
from engine.core.sequence import Gap, Step, Verb
from engine.operations import facts
from engine.operations.act import Act
from engine.store import enrollments, people, touches
from engine.store.connection import Record

_SHORT_REDIAL = Gap.parse("2h")
_NOT_REACHED = frozenset({"no_answer", "busy"})


def repeat(act: Act, touch: Record, answer: Answer, row: Consequence) -> None:
    """Plans the repeat that the outcome asks for, if it asks for one."""
    if not facts.is_planned(touch):
        return
    enrollment = enrollments.one(act.connection, touch.enrollment_id)
    sequence = act.plan(enrollment.version_id).sequence
    past = touches.of_enrollments(act.connection, [enrollment.id])[enrollment.id]
    at = _repeat_at(act, touch, answer, row=row, dialled=_dialled(past, touch), step=sequence.step(touch.step))
    if at is None:
        return
    progress = facts.progress_of(sequence, enrollment, past, facts.setting_of(act.workspace, enrollment, act.now))
    last = next(one for one in progress.touches if _is_same(one, touch))
    planned = plan_repeat(sequence, last, at, progress=progress, now=act.now)
    is_promised = row.next is Next.REPEAT and answer.at is not None
    new = touches.planned_row(planned, enrollment.id, enrollment.prospect_id) | {"is_promised": is_promised}
    touches.add(act.connection, new)


def _is_same(past: PastTouch, touch: Record) -> bool:
    return bool(past.step == touch.step and past.repeat == touch.repeat)


def _dialled(past: Sequence[Record], touch: Record) -> int:
    """How often the step was tried; a voicemail left within a call is no further try."""
    return sum(one.step == touch.step and one.verb != Verb.VOICEMAIL.value for one in past)


def _repeat_at(
    act: Act, touch: Record, answer: Answer, *, row: Consequence, dialled: int, step: Step
) -> datetime | Gap | None:
    match row.next:
        case Next.REPEAT:
            return answer.at or Gap.parse(row.after or "1bd")
        case Next.NEXT_NUMBER if _has_another(act, touch.prospect_id):
            return Gap.parse(row.after) if row.after else act.now
        case Next.GO_ON if answer.outcome in _NOT_REACHED and dialled <= step.redial:
            return _later_today(act, touch)
        case _:
            return None


def _has_another(act: Act, prospect_id: int) -> bool:
    kinds: set[str] = people.usable_kinds(act.connection, [prospect_id]).get(prospect_id, set())
    return "phone" in kinds


def _later_today(act: Act, touch: Record) -> datetime | None:
    """`redial: n` dials again two hours later, while that is still inside today's window."""
    later = act.now + _SHORT_REDIAL.as_timedelta()
    closes: datetime | None = touch.callable_until
    return later if closes is not None and later < closes else None
