"""The repeat that an outcome asks for is planned, in the act that completes the task."""

from collections.abc import Sequence

from engine.core.outcome import Answer, Consequence, Next
from engine.core.redialling import Tried, repeat_at
from engine.core.schedule import plan_repeat
from engine.core.sequence import Step, Verb
from engine.operations import facts
from engine.operations.act import Act
from engine.store import enrollments, people, touches
from engine.store.connection import Record


def repeat(act: Act, touch: Record, answer: Answer, row: Consequence) -> None:
    """Plans the repeat that the outcome asks for, if it asks for one."""
    if not facts.is_planned(touch):
        return
    enrollment = enrollments.one(act.connection, touch.enrollment_id)
    sequence = act.plan(enrollment.version_id).sequence
    past = touches.of_enrollments(act.connection, [enrollment.id])[enrollment.id]
    at = repeat_at(row, answer, _tried(act, touch, past, sequence.step(touch.step)), act.now)
    if at is None:
        return
    progress = facts.progress_of(sequence, enrollment, past, facts.setting_of(act.workspace, enrollment, act.now))
    planned = plan_repeat(sequence, progress.of(touch.step, touch.repeat), at, progress=progress, now=act.now)
    is_promised = row.next is Next.REPEAT and answer.at is not None
    new = touches.planned_row(planned, enrollment.id, enrollment.prospect_id) | {"is_promised": is_promised}
    touches.add(act.connection, new)


def _tried(act: Act, touch: Record, past: Sequence[Record], step: Step) -> Tried:
    """A voicemail left within a call is no further try."""
    times = sum(one.step == touch.step and one.verb != Verb.VOICEMAIL.value for one in past)
    kinds: set[str] = people.usable_kinds(act.connection, [touch.prospect_id]).get(touch.prospect_id, set())
    return Tried(times, step.redial, touch.callable_until, has_another_number="phone" in kinds)
