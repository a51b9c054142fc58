"""Reps at the desks of the real engine who work as the simulated ones do: the same order, pace, hours and dice."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from engine.core.ranking import Reachable
from engine.core.sequence import Verb
from engine.core.task import TaskKind
from engine.operations import facts
from engine.operations.act import Act
from engine.operations.context import Context
from engine.operations.queries.queue import ranked
from engine.operations.tasks.outcomes import table_for
from engine.operations.tasks.work_task import By, complete
from engine.simulation.answers import Asked, outcome_of, told
from engine.simulation.desk import Desk
from engine.simulation.dice import Dice
from engine.simulation.lives import Task
from engine.simulation.script import Script, Worker
from engine.simulation.shift import Shift
from engine.store import cases, enrollments, tasks
from engine.store.connection import Record


@dataclass
class Seat:
    worker: Worker
    shift: Shift
    free_at: datetime


class PacedReps:
    """A player for `run_until`. Rates and capacity are the script's."""

    def __init__(self, script: Script) -> None:
        self.script, self.dice = script, Dice(script.seed)
        self._known: dict[int, Reachable] = {}
        self.seats = [Seat(one, Shift(one, script.start, script.end), script.start) for one in script.workers]

    def act(self, ctx: Context) -> bool:
        free = [seat for seat in self.seats if self._is_free(seat, ctx.now())]
        desks = self._desks(ctx) if free else {}
        return sum(self._work(ctx, seat, desks) for seat in free) > 0  # everybody has a turn

    def next_instant(self, ctx: Context) -> datetime | None:
        desks = self._desks(ctx)
        wishes = (self._wish(seat, desks, ctx.now()) for seat in self.seats)
        return min((at for at in wishes if at is not None and at > ctx.now()), default=None)

    def _is_free(self, seat: Seat, now: datetime) -> bool:
        stretch = seat.shift.at(now)
        return now >= seat.free_at and stretch is not None and now >= stretch.start

    def _wish(self, seat: Seat, desks: Mapping[str, Desk], now: datetime) -> datetime | None:
        desk, at = desks.get(seat.worker.key, Desk()), max(now, seat.free_at)
        if desk.first(at) is None:
            later = desk.next_at()
            if later is None:
                return None
            at = max(at, later)
        stretch = seat.shift.at(at)
        return max(at, stretch.start) if stretch is not None else None

    def _work(self, ctx: Context, seat: Seat, desks: Mapping[str, Desk]) -> bool:
        now = ctx.now()
        task = desks.get(seat.worker.key, Desk()).first(now)
        if task is None:
            return False
        with ctx.database.read() as connection:
            act = Act(ctx, connection, now)
            row = tasks.one(connection, task.ranked.id)
            touch = cases.one(connection, row.touch_id) if row.touch_id is not None else None
            enrollment = enrollments.one(connection, row.enrollment_id)
            sequence = act.plan(enrollment.version_id).sequence
            kind = TaskKind(row.kind)
            step = next((s for s in sequence.steps if touch is not None and s.key == touch.step), None)
            about = (touch.step, touch.repeat) if touch is not None else (row.kind,)
            asked = Asked(
                row.kind,
                (row.prospect_id, sequence.key, *about),
                leaves_voicemail=step is not None and step.voicemail,
            )
            outcome = outcome_of(self.dice, self.script.rates[sequence.audience.kind], asked)
            consequence = table_for(act, enrollment, kind)[outcome]
            setting = facts.setting_of(act.workspace, enrollment, now)
            hours = task.reachable or Reachable(sequence.schedule.hours_for(Verb.CALL), setting.calendar, setting.zone)
            said = told(outcome, consequence, hours, now)
            answer = replace(said, reason="said so", name="Sam", note="said so")
        seat.free_at = seat.shift.take(now, row.kind, with_voicemail=answer.voicemail_left)
        complete(ctx, By(row.id, seat.worker.key), answer)
        return True

    def _desks(self, ctx: Context) -> Mapping[str, Desk]:
        desks: dict[str, Desk] = defaultdict(Desk)
        with ctx.database.read() as connection:
            act = Act(ctx, connection, ctx.now())
            for row in tasks.open_due(connection, act.now):
                task = Task(TaskKind(row.kind), ranked(row), None, row.rep_key, None, self._hours(act, row))  # type: ignore[arg-type]  # a desk reads nothing of a life
                desks[row.rep_key].add(task, act.now)
        return desks

    def _hours(self, act: Act, row: Record) -> Reachable | None:
        """Of a step; they never change while it is played."""
        if row.touch_id is None:
            return None
        if row.touch_id not in self._known:
            (enrollment,) = enrollments.with_people(act.connection, [row.enrollment_id])
            setting = facts.setting_of(act.workspace, enrollment, act.now)
            hours = act.plan(enrollment.version_id).sequence.schedule.hours_for(Verb(row.kind))
            self._known[row.touch_id] = Reachable(hours, setting.calendar, setting.zone)
        return self._known[row.touch_id]
