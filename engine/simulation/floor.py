"""The reps at work: each takes the queue from the top, as far as a day goes."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

from engine.core.capacity import Load
from engine.core.clock import local_date
from engine.core.outcome import Answer
from engine.core.ranking import Ranked, is_overdue
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
    work that comes into the queue, by the rep's days.
    """

    number: int
    worker: Worker
    shift: Shift
    desk: Desk
    free_at: datetime
    wakes_at: datetime | None = None
    came: dict[date, Load] = field(default_factory=dict)
    came_on: dict[int, date] = field(default_factory=dict)  # of open tasks, by their ids

    def day_of(self, at: datetime) -> date:
        return local_date(at, self.worker.time.zone)

    def came_today(self, now: datetime) -> Load:
        return self.came.get(self.day_of(now), Load())

    def count(self, task: Task, day: date) -> None:
        """It comes on that day, and on no other any more."""
        self.discount(task)
        self.came[day] = self.came.get(day, Load()).with_one(self._minutes_for(task))
        self.came_on[task.ranked.id] = day

    def discount(self, task: Task) -> None:
        """What is given up, or somebody else's, takes nothing of a day."""
        day = self.came_on.pop(task.ranked.id, None)
        if day is not None:
            self.came[day] = self.came[day].without_one(self._minutes_for(task))

    def _minutes_for(self, task: Task) -> float:
        return self.worker.capacity.minutes_for(task.kind.value)


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

    def give(self, task: Task, *, came_on: date | None = None) -> None:
        """It comes into the queue today, or when it is due; `came_on` where it has come before."""
        post, now = self.posts[task.worker], self._agenda.now
        post.desk.add(task, now)
        post.count(task, came_on or post.day_of(max(now, task.ranked.due_at)))
        if not task.is_aside:
            self._tell_of(post, task, max(now, task.rests_until or now))
        self._wake(post, now)

    def take_away(self, task: Task) -> None:
        post = self.posts[task.worker]
        post.desk.close(task)
        post.discount(task)

    def hand_over(self, task: Task, worker: str, *, lent_by: str | None = None, for_good: bool = False) -> Task:
        """Another rep has the task now, or until the one who lends it is back. For good: then whoever put it off does
        not decide for the next one; what has a day keeps it.
        """
        came_on = self.posts[task.worker].came_on.get(task.ranked.id)
        self.take_away(task)
        is_woken = for_good and task.rests_until != task.ranked.due_at
        rests_until = None if is_woken else task.rests_until
        moved = replace(task, worker=worker, lent_by=lent_by, is_open=True, rests_until=rests_until)
        if moved.touch is not None:
            moved.touch.task = moved
        self.give(moved, came_on=came_on)
        return moved

    def take_up(self, task: Task, ranked: Ranked) -> None:
        """What was put aside is to be done, from the day it is due again."""
        post, now = self.posts[task.worker], self._agenda.now
        post.desk.take_up(task, ranked, max(ranked.due_at, now))
        day = post.day_of(ranked.due_at)
        post.count(task, max(day, post.came_on.get(ranked.id, day)))
        self._tell_of(post, task, max(ranked.due_at, now))
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
        post.came_on.pop(task.ranked.id, None)
        post.free_at = post.shift.take(now, task.kind, with_voicemail=said.voicemail_left)
        self._count(post, task, said)
        self._complete(task, said)

    def _count(self, post: Post, task: Task, said: Answer) -> None:
        today, capacity = self._today(post), post.worker.capacity
        today.done += 1
        left = capacity.minutes_for(Verb.VOICEMAIL.value) if said.voicemail_left else 0
        today.minutes += capacity.minutes_for(task.kind) + left

    def _tell_of(self, post: Post, task: Task, at: datetime) -> None:
        """On the day on which the rep sees it."""
        day = self._tally.days[post.worker.key, post.day_of(at)]
        day.came += 1
        day.came_minutes += post.worker.capacity.minutes_for(task.kind)
        day.came_kinds[task.kind] += 1

    def _today(self, post: Post) -> Day:
        return self._tally.days[post.worker.key, post.day_of(self._agenda.now)]

    def _end_day(self, post: Post) -> None:
        today, now, open_tasks = self._today(post), self._agenda.now, post.desk.in_view(self._agenda.now)
        today.overdue, today.waiting = sum(is_overdue(task.ranked, now) for task in open_tasks), len(open_tasks)
