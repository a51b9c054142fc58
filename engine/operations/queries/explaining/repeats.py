"""For when an outcome asked for its step again: told from the outcome, as it was decided then."""

from engine.core.outcome import Answer
from engine.core.redialling import Tried, repeat_at
from engine.core.schedule import PlannedTouch, plan_repeat
from engine.core.sequence import Verb
from engine.core.task import TaskKind
from engine.operations.queries.explaining.case import Case
from engine.operations.tasks.outcomes import table_for
from engine.store.connection import Record


def asked_for(case: Case, row: Record) -> PlannedTouch | None:
    """The plan of a repeat as its outcome made it; None where no outcome of today's tables leads to it. What was
    promised has its own instant: that one is stored.
    """
    last, step = _try_before(case, row), case.step(row.step)
    if last is None or step is None or row.is_promised:
        return None
    consequence = table_for(case.act, case.row, TaskKind(last.verb)).get(last.outcome)
    tried = Tried(1, step.redial, last.callable_until, has_another_number=True)  # it came about, so there was one
    at = repeat_at(consequence, Answer(last.outcome), tried, last.ended_at) if consequence is not None else None
    if at is None:
        return None
    past = case.progress.of(last.step, last.repeat)
    return plan_repeat(case.plan, past, at, progress=case.progress, now=last.ended_at)


def _try_before(case: Case, row: Record) -> Record | None:
    """A voicemail left within a call is no try."""
    tries = [one for one in case.touches if one.step == row.step and one.verb != Verb.VOICEMAIL.value]
    before = [one for one in tries if one.repeat < row.repeat and one.outcome is not None]
    return max(before, key=lambda one: one.repeat, default=None)
