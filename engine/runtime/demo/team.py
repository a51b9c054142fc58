"""The reps of the demo: at their desks in their own hours, they take the queue from the top, as far as a day goes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from engine.core.clock import local_date, spans
from engine.core.sequence import AudienceKind, Sequence
from engine.core.workspace import Rep, Workspace
from engine.operations.context import Context
from engine.operations.days.open_days import working_time
from engine.operations.queries.queue import QueueRow, daily_queue
from engine.operations.tasks import work_task
from engine.operations.tasks.work_task import By
from engine.runtime.demo.answers import Asked, Skipped, Snoozed, answer
from engine.runtime.demo.diary import Diary
from engine.simulation.dice import Dice
from engine.store import cases, people, tasks

_EVERY = timedelta(minutes=30)
_FIRST_ROWS, _ALL_ROWS = 8, 200  # most often the first few can be done now


@dataclass(frozen=True, slots=True)
class Hours:
    """When a rep is at work, and how many tasks a full day holds."""

    rep: Rep
    workspace: Workspace
    tasks_a_day: int

    def of(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        own = working_time(self.workspace, self.rep.key, day)
        return spans(own.calendar.windows(own.hours, day), day, own.zone)

    def is_at_work(self, now: datetime) -> bool:
        return any(start <= now < end for start, end in self.of(local_date(now, ZoneInfo(self.rep.zone))))

    def share(self, now: datetime) -> float:
        """How much of the working day has passed."""
        today = self.of(local_date(now, ZoneInfo(self.rep.zone)))
        whole = sum(((end - start) for start, end in today), timedelta())
        passed = sum((max(timedelta(), min(now, end) - start) for start, end in today), timedelta())
        return passed / whole if whole else 0.0

    def slots(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Every so often in the working hours between two instants."""
        first = local_date(start, ZoneInfo(self.rep.zone))
        for n in range((end - start).days + 2):
            for opens, closes in self.of(first + timedelta(days=n)):
                steps = int((closes - opens) / _EVERY)
                yield from (at for k in range(1, steps + 1) if start <= (at := opens + k * _EVERY) < end)


class Team:
    """Works the queues. Pace by the day's share, so that what a day cannot hold is left for tomorrow."""

    def __init__(self, dice: Dice, hours: Mapping[str, Hours]) -> None:
        self._dice, self._hours = dice, hours
        self._done: dict[tuple[str, date], int] = {}

    def come_to_work(self, diary: Diary, start: datetime, end: datetime) -> None:
        for key, hours in self._hours.items():
            for at in hours.slots(start, end):
                diary.add(at, partial(self.work, rep=key))

    def work(self, ctx: Context, *, rep: str) -> None:
        """As many tasks as the day's pace allows by now."""
        hours, now = self._hours[rep], ctx.now()
        today = (rep, local_date(now, ZoneInfo(hours.rep.zone)))
        allowed = round(hours.tasks_a_day * hours.share(now)) - self._done.get(today, 0)
        self._take(ctx, rep, allowed)

    def ring(self, ctx: Context, *, rep: str) -> None:
        """A lead has just come in: whoever is at work takes it at once, beside the day's pace."""
        if self._hours[rep].is_at_work(ctx.now()):
            self._take(ctx, rep, 1)

    def _take(self, ctx: Context, rep: str, many: int) -> None:
        today = (rep, local_date(ctx.now(), ZoneInfo(self._hours[rep].rep.zone)))
        while many > 0 and (rows := _next_rows(ctx, rep, many)):
            for row in rows:
                self._do(ctx, rep, row)
            many -= len(rows)
            self._done[today] = self._done.get(today, 0) + len(rows)

    def _do(self, ctx: Context, rep: str, row: QueueRow) -> None:
        by = By(row.id, rep, row.version)
        match answer(self._dice, _asked(ctx, row)):
            case Skipped(reason):
                work_task.skip(ctx, by, reason)
            case Snoozed(until):
                work_task.snooze(ctx, by, until)
            case said:
                work_task.complete(ctx, by, said)


def _next_rows(ctx: Context, rep: str, many: int) -> list[QueueRow]:
    """The top of the queue, of what can be done now: one task a person, because it may settle the person's others."""
    first: dict[int, QueueRow] = {}
    for rows in (_FIRST_ROWS, _ALL_ROWS):
        queue = daily_queue(ctx, rep, limit=rows)
        for row in queue.items:
            if row.is_callable_now:
                first.setdefault(row.prospect.id, row)
        if len(first) >= many or queue.next_cursor is None:
            break
    return list(first.values())[:many]


def _asked(ctx: Context, row: QueueRow) -> Asked:
    with ctx.database.read() as connection:
        task = tasks.one(connection, row.id)
        touch = cases.one(connection, task.touch_id) if task.touch_id is not None else None
        plan = ctx.shelf.plan(connection, touch.version_id).sequence if touch is not None else None
        person = people.prospect_row(connection, row.prospect.id)
    return Asked(
        kind=row.kind,
        person=str(row.prospect.id),
        on=f"{touch.sequence_key}/{touch.step}/{touch.repeat}" if touch is not None else row.kind,
        now=ctx.now(),
        zone=row.zone,
        locale=person.locale,
        script=task.script,
        is_inbound=plan is not None and plan.audience.kind is AudienceKind.INBOUND,
        asks_for_voicemail=plan is not None and _asks_for_voicemail(plan, touch.step if touch is not None else ""),
    )


def _asks_for_voicemail(plan: Sequence, step: str) -> bool:
    return any(one.key == step and one.voicemail for one in plan.steps)
