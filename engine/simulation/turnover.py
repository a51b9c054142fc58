"""Leave begins and ends: what can wait is put aside until the return, and is then spread over the days that the rep has
time for.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count

from engine.core.capacity import Load
from engine.core.clock import day_start, local_date
from engine.core.leave import Leave, LeavePolicy, share_out, spread, waits
from engine.core.schedule import PlannedTouch, plan_later
from engine.core.task import TaskKind
from engine.core.touch import Reason, TouchStatus
from engine.simulation import capping, course, covering, newcomers, working
from engine.simulation.agenda import Moment
from engine.simulation.floor import Post
from engine.simulation.lives import Life, Task, Touch
from engine.simulation.script import Lead
from engine.simulation.stage import Stage


def expect(stage: Stage) -> None:
    """Every leave that is not over by now."""
    for post in stage.floor.posts.values():
        for leave in post.worker.leaves:
            begins_at, ends_at = covering.bounds(post.worker, leave)
            if ends_at > stage.now:
                if begins_at > stage.now:
                    stage.agenda.add(begins_at, Moment.TURNOVER, post.number, partial(_go_away, stage, post, leave))
                stage.agenda.add(ends_at, Moment.TURNOVER, post.number, partial(_come_back, stage, post, leave))


def _go_away(stage: Stage, post: Post, leave: Leave) -> None:
    if leave.policy is LeavePolicy.REASSIGN:
        _hand_on(stage, post, leave)
    back = covering.back_at(post.worker, leave)
    for task in _of(post):
        if task.rests_until is not None and task.rests_until > back:
            continue  # put off by the rep to a day after the return
        if covering.does_wait(stage, post.worker, leave, (task.life, task.kind, task.ranked.level)):
            task.is_aside, task.lent_by = True, post.worker.key
        elif (other := covering.stand_in(stage, post.worker, leave)) is not None:
            stage.floor.hand_over(task, other, lent_by=post.worker.key)
    for touch in _coming(stage, post):
        work = touch.life, _kind(touch), working.level_of(touch)
        if touch.due_at < back and covering.does_wait(stage, post.worker, leave, work):
            course.put_off(stage, touch, back, Reason.REP_AWAY)


def _of(post: Post) -> list[Task]:
    return sorted(post.desk.tasks.values(), key=lambda task: task.ranked.id)


def _coming(stage: Stage, post: Post) -> list[Touch]:
    """Work for people that is planned for this rep and no task yet."""
    mine = (life for life in stage.lives if life.status.is_live and life.worker == post.worker.key)
    open_touches = (touch for life in mine for touch in life.open_touches)
    found = [one for one in open_touches if one.status is TouchStatus.SCHEDULED and not one.plan.verb.is_automatic]
    return sorted(found, key=lambda touch: touch.number)


def _kind(touch: Touch) -> TaskKind:
    return TaskKind(touch.plan.verb.value)


def _hand_on(stage: Stage, post: Post, leave: Leave) -> None:
    """All of it becomes other people's for good, a company's people one rep's; their mails leave from that rep then."""
    posts, there = stage.floor.posts, covering.loads(stage)
    named = leave.to if leave.to in posts else None
    names = [named] if named is not None else covering.colleagues(stage, post.worker)
    takers = {posts[key].number: there.get(key, len(posts[key].desk.tasks)) for key in names}
    if not takers:
        return
    lives = [life for life in stage.lives if life.status.is_live and life.worker == post.worker.key]
    waiting = newcomers.take_all(stage, post.worker.key)
    sizes: dict[tuple[str, int], int] = defaultdict(int)
    for lead in (*(life.lead for life in lives), *(task.life.lead for task in _of(post)), *waiting):
        sizes[_group(lead)] += 1
    keys = {one.number: one.worker.key for one in posts.values()}
    whose = {group: keys[number] for group, number in share_out(sizes, takers).items()}
    for life in lives:
        course.give_to(stage, life, whose[_group(life.lead)])
        capping.move(stage, life, stage.worker(life).mailbox)
    for task in _of(post):
        stage.floor.hand_over(task, whose[_group(task.life.lead)], for_good=True)
    for lead in waiting:
        newcomers.wait(stage, replace(lead, worker=whose[_group(lead)]))


def _group(lead: Lead) -> tuple[str, int]:
    return ("account", lead.account) if lead.account is not None else ("prospect", lead.id)


def _come_back(stage: Stage, post: Post, leave: Leave) -> None:
    """What others have is the rep's again; what can wait finds its days."""
    lent = [task for one in stage.floor.posts.values() for task in _of(one) if task.lent_by == post.worker.key]
    mine = [_take_back(stage, post, task) for task in lent]
    waiting = [task for task in mine if _can_wait(task.life, task)]
    planned_by = leave.last if leave.policy is LeavePolicy.PAUSE else None
    moved = [touch for touch in _coming(stage, post) if _was_moved(touch, planned_by)]
    items = [_Item.of_task(task) for task in waiting] + [_Item.of_touch(touch) for touch in moved]
    if items:
        _spread(stage, post, sorted(items, key=lambda item: item.urgency))


def _take_back(stage: Stage, post: Post, task: Task) -> Task:
    if task.worker == post.worker.key:
        task.lent_by = None
        return task
    return stage.floor.hand_over(task, post.worker.key)


def _can_wait(life: Life, task: Task) -> bool:
    return waits(LeavePolicy.PAUSE, task.kind, task.ranked.level, is_inbound=working.is_inbound(life))


def _was_moved(touch: Touch, planned_by: date | None) -> bool:
    if touch.is_promised or working.is_inbound(touch.life):
        return False
    is_around = planned_by is not None and touch.plan.nominal_date <= planned_by
    return touch.reason is Reason.REP_AWAY or is_around


@dataclass(frozen=True, slots=True)
class _Item:
    """A piece of work that waited: a task, or a touch that is no task yet."""

    kind: TaskKind
    urgency: tuple[int, int, datetime, int]
    task: Task | None = None
    touch: Touch | None = None

    @classmethod
    def of_task(cls, task: Task) -> "_Item":
        ranked = task.ranked
        return cls(task.kind, (ranked.level, ranked.tier, ranked.lead_at, ranked.id), task, task.touch)

    @classmethod
    def of_touch(cls, touch: Touch) -> "_Item":
        life = touch.life
        urgency = (working.level_of(touch), life.lead.tier, life.started_at, touch.number)
        return cls(_kind(touch), urgency, touch=touch)


def _spread(stage: Stage, post: Post, items: Sequence[_Item]) -> None:
    capacity, plans = post.worker.capacity, dict[tuple[int, date], PlannedTouch]()

    def lands(number: int, day: date) -> date:
        touch = items[number].touch
        if touch is None or not touch.is_planned:
            return day
        planned = _planned_from(stage, post, touch, day)
        landed = local_date(planned.due_at, post.worker.time.zone)
        plans[number, landed] = planned
        return landed

    minutes = [capacity.minutes_for(item.kind.value) for item in items]
    planned = _planned(stage, post, items)
    days = spread(minutes, _workdays(stage, post), capacity=capacity, planned=planned, lands=lands)
    for number, day in enumerate(days):
        _place(stage, post, items[number], planned=plans.get((number, day)), day=day)


def _planned_from(stage: Stage, post: Post, touch: Touch, day: date) -> PlannedTouch:
    progress = touch.life.progress()
    past = progress.of(touch.plan.step, touch.plan.repeat)
    earliest = max(day_start(day, post.worker.time.zone), stage.now)
    return plan_later(touch.life.sequence, past, earliest, progress)


def _planned(stage: Stage, post: Post, items: Sequence[_Item]) -> Mapping[date, Load]:
    """What is in front of the rep on each day already, beside what has waited."""
    waited = {id(one) for item in items for one in (item.task, item.touch) if one is not None}
    found: dict[date, Load] = defaultdict(lambda: Load(0, 0.0))
    tasks = [(task.kind, task.rests_until or task.ranked.due_at) for task in _of(post) if id(task) not in waited]
    coming = [(_kind(touch), touch.due_at) for touch in _coming(stage, post) if id(touch) not in waited]
    for kind, at in (*tasks, *coming):
        day = local_date(max(at, stage.now), post.worker.time.zone)
        found[day] = Load(found[day].tasks + 1, found[day].minutes + post.worker.capacity.minutes_for(kind.value))
    return dict(found)


def _workdays(stage: Stage, post: Post) -> Iterator[date]:
    time = post.worker.time
    today = local_date(stage.now, time.zone)
    return (day for day in (today + timedelta(days=number) for number in count()) if time.is_workday(day))


def _place(stage: Stage, post: Post, item: _Item, *, planned: PlannedTouch | None, day: date) -> None:
    """The nominal day comes along: the rest of its lane keeps its distance, and nothing is made up for."""
    due_at = planned.due_at if planned is not None else post.worker.time.begins(day)
    touch = item.touch
    if touch is not None:
        due = planned.due_date if planned is not None else day
        touch.plan = replace(planned or touch.plan, nominal_date=due, due_date=due, due_at=due_at)
        touch.due_at, touch.reason = due_at, None
    if item.task is None and touch is not None:
        course.wait_for(stage, touch)
    if item.task is not None:
        ranked = replace(item.task.ranked, due_at=due_at)
        if planned is not None:
            ranked = replace(ranked, callable_from=planned.callable_from, closes_at=planned.callable_until)
        stage.floor.take_up(item.task, ranked)
        if touch is not None:
            working.watch(stage, touch)
