"""The reps at work: each takes the queue from the top, as far as a day goes."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

from engine.core.capacity import Load
from engine.core.clock import local_date
from engine.core.outcome import Answer
from engine.core.ranking import Ranked
from engine.core.sequence import Verb
from engine.simulation.agenda import Agenda, Moment
from engine.simulation.desk import Desk
from engine.simulation.lives import Task
from engine.simulation.script import Worker
from engine.simulation.shift import Shift
from engine.simulation.tally import Day, Tally


@dataclass(slots=True)
class Post:
    """A rep with a desk. `free_at` is when the task at hand is over, `wakes_at` when the rep looks again; `came` is the
    planned work that has come into the queue on the day `came_on`.
    """

    number: int
    worker: Worker
    shift: Shift
    desk: Desk
    free_at: datetime
    wakes_at: datetime | None = None
    came_on: date | None = None
    came: Load = field(default_factory=Load)

    def came_today(self, now: datetime) -> Load:
        return self.came if self.came_on == local_date(now, self.worker.time.zone) else Load()

    def count(self, kind: str, now: datetime) -> None:
        self.begin_with(self.came_today(now).with_one(self.worker.capacity.minutes_for(kind)), now)

    def begin_with(self, came: Load, now: datetime) -> None:
        self.came, self.came_on = came, local_date(now, self.worker.time.zone)


class Floor:
    """`report` says what a rep reports of a task, None for one that is left for tomorrow; `complete` carries it out."""

    def __init__(
        self,
        workers: tuple[Worker, ...],
        agenda: Agenda,
        tally: Tally,
        *,
        end: datetime,
        report: Callable[[Task], Answer | None],
        complete: Callable[[Task, Answer], None],
    ) -> None:
        self._agenda, self._tally, self._end = agenda, tally, end
        self._report, self._complete = report, complete
        self.posts = {
            worker.key: Post(number, worker, Shift(worker, agenda.now, end), Desk(), agenda.now)
            for number, worker in enumerate(workers)
        }
        for post in self.posts.values():
            for stretch in post.shift.stretches:
                if stretch.ends_day:
                    agenda.add(stretch.end, Moment.DAY_ENDS, post.number, partial(self._end_day, post))

    def give(self, task: Task) -> None:
        post = self.posts[task.worker]
        post.desk.add(task, self._agenda.now)
        self._count_new(post, task)
        self._wake(post, self._agenda.now)

    def take_away(self, task: Task) -> None:
        self.posts[task.worker].desk.close(task)

    def hand_over(self, task: Task, worker: str, *, lent_by: str | None = None) -> Task:
        """Another rep has the task now, or until the one who lends it is back."""
        self.take_away(task)
        moved = replace(task, worker=worker, lent_by=lent_by, is_open=True)
        if moved.touch is not None:
            moved.touch.task = moved
        self.give(moved)
        return moved

    def take_up(self, task: Task, ranked: Ranked) -> None:
        """What was put aside is to be done, from the day it is due again."""
        post, now = self.posts[task.worker], self._agenda.now
        post.desk.take_up(task, ranked, max(ranked.due_at, now))
        self._wake(post, now)

    def _wake(self, post: Post, at: datetime) -> None:
        stretch = post.shift.at(max(at, post.free_at))
        if stretch is None:
            return
        at = max(at, post.free_at, stretch.start)
        if post.wakes_at is None or at < post.wakes_at:
            post.wakes_at = at
            self._agenda.add(at, Moment.WORK, post.number, partial(self._work, post, at))

    def _work(self, post: Post, at: datetime) -> None:
        if post.wakes_at != at:
            return
        post.wakes_at = None
        task = post.desk.first(at)
        if task is not None:
            self._take(post, task)
            self._wake(post, at)
        elif (later := post.desk.next_at()) is not None:
            self._wake(post, later)

    def _take(self, post: Post, task: Task) -> None:
        now, said = self._agenda.now, self._report(task)
        if said is None:
            post.desk.put_off(task, post.shift.next_day_after(now) or self._end)
            return
        post.desk.close(task)
        post.free_at = post.shift.take(now, task.kind, with_voicemail=said.voicemail_left)
        self._count(post, task, said)
        self._complete(task, said)

    def _count(self, post: Post, task: Task, said: Answer) -> None:
        today, capacity = self._today(post), post.worker.capacity
        today.done += 1
        left = capacity.minutes_for(Verb.VOICEMAIL.value) if said.voicemail_left else 0
        today.minutes += capacity.minutes_for(task.kind) + left

    def _count_new(self, post: Post, task: Task) -> None:
        today = self._today(post)
        today.came += 1
        today.came_minutes += post.worker.capacity.minutes_for(task.kind)
        today.came_kinds[task.kind] += 1

    def _today(self, post: Post) -> Day:
        return self._tally.days[post.worker.key, local_date(self._agenda.now, post.worker.time.zone)]

    def _end_day(self, post: Post) -> None:
        today = self._today(post)
        today.overdue, today.waiting = post.desk.overdue(self._agenda.now), len(post.desk.open_tasks)
