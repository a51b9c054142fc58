"""What was held because nobody knew the holidays yet is planned anew once they are known, as if for the first time."""

from collections.abc import Iterator, Sequence

from engine.core.enrollment import EnrollmentStatus
from engine.core.schedule import plan_anew
from engine.core.touch import Reason, TouchStatus
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.days.open_days import calendar_for, place_of
from engine.store import enrollments, held, locks, touches
from engine.store.connection import Connection, Record
from engine.store.held import Which

_UNKNOWN = Which(Reason.CALENDAR_UNKNOWN)


def plan_known_days(ctx: Context) -> int:
    """Returns how many go on. Whoever is held just now, and whoever is paused, is left to the next time."""
    moved = 0
    for now_known in _pages(ctx):
        with begin(ctx) as act:
            free = locks.hold_free(act.connection, {row.prospect_id for row in now_known}, act.now)
            moved += _plan(act, {row.enrollment_id for row in now_known if row.prospect_id in free})
    return moved


def _pages(ctx: Context) -> Iterator[list[Record]]:
    """Of what is held, page by page, that whose day is known now: most often nothing, and then nobody is locked."""
    after = 0
    while True:
        with ctx.database.read() as connection:
            page = held.page(connection, _UNKNOWN, after=after)
            known = _known(ctx, connection, page)
        if not page:
            return
        after = page[-1].id
        if known:
            yield known


def _known(ctx: Context, connection: Connection, page: Sequence[Record]) -> list[Record]:
    workspace, today = ctx.shelf.workspace(connection), ctx.now().date()
    rows = enrollments.with_people(connection, [touch.enrollment_id for touch in page])
    until = {row.id: calendar_for(workspace, place_of(row), today).known_until for row in rows}
    return [touch for touch in page if touch.due_date <= until[touch.enrollment_id]]


def _plan(act: Act, enrollment_ids: set[int]) -> int:
    rows = enrollments.with_people(act.connection, sorted(enrollment_ids), lock=True)
    past = touches.of_enrollments(act.connection, [row.id for row in rows])
    active = [row for row in rows if row.status == EnrollmentStatus.ACTIVE.value]
    return sum(_plan_one(act, row, past[row.id]) for row in active)


def _plan_one(act: Act, row: Record, past: Sequence[Record]) -> int:
    sequence = act.plan(row.version_id).sequence
    progress = facts.progress_of(sequence, row, past, facts.setting_of(act.workspace, row, act.now))
    moved = 0
    for touch in filter(_waits_for_a_calendar, past):
        mine = progress.of(touch.step, touch.repeat)
        planned = plan_anew(sequence, mine, progress, act.now)
        if planned.hold is None:
            touches.release_as(act.connection, touch, planned, now=act.now)
            act.record("release", "touch", touch.id, reason=touch.reason)
            moved += 1
    return moved


def _waits_for_a_calendar(touch: Record) -> bool:
    return (touch.status, touch.reason) == (TouchStatus.HELD.value, Reason.CALENDAR_UNKNOWN.value)
