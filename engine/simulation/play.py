"""The engine without a database: core's own rules played on a clock that jumps from one instant to the next.

What the operations read and write in transactions happens here to values in memory, in the same order. A test holds
both to the same touches.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from engine.core.touch import Reason, TouchStatus
from engine.simulation import follow_ups, newcomers, sending, standing, turnover, working
from engine.simulation.agenda import Agenda, Moment
from engine.simulation.dice import Dice
from engine.simulation.floor import Floor
from engine.simulation.lives import Life, Touch
from engine.simulation.mailroom import Mailroom
from engine.simulation.script import Script
from engine.simulation.stage import Stage
from engine.simulation.tally import Tally

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Played:
    """What was counted, and every enrollment with its touches."""

    tally: Tally
    lives: tuple[Life, ...]


def play(script: Script, tell: Callable[[datetime], None] | None = None) -> Played:
    """From `start` up to `end`. The same script is always played the same. `tell` hears, day by day, how far it is."""
    stage = _set(script)
    for one in script.standing:
        standing.take_place(stage, one)
    for rep, came in script.came.items():  # with what has been done of it already
        post = stage.floor.posts[rep]
        post.came[post.day_of(script.start)] = came
    for lead in script.waiting:
        newcomers.wait(stage, lead)
    turnover.expect(stage)
    for number, lead in enumerate(script.leads):
        stage.agenda.add(lead.at, Moment.ENTER, number, partial(newcomers.arrive, stage, lead))
    until = script.start
    while until < script.end:
        until = min(until + _A_DAY, script.end)
        stage.agenda.run(until)
        if tell is not None:
            tell(until)
    stage.tally.held = _held(stage)
    stage.tally.waiting = sum(len(line.waiting) for line in stage.lines.values())
    return Played(stage.tally, tuple(stage.lives))


def _held(stage: Stage) -> Counter[Reason]:
    """What has no day, until somebody does something about it."""
    every = (touch for life in stage.lives for touch in life.touches)
    return Counter(one.reason for one in every if one.status is TouchStatus.HELD and one.reason is not None)


def _set(script: Script) -> Stage:
    agenda, tally = Agenda(script.start), Tally()
    mailroom = Mailroom(script.workspace.caps, script.senders, script.used)
    stage = Stage(script, agenda, Dice(script.seed), tally, mailroom, _numbers(script))
    stage.floor = Floor(
        script.workers,
        agenda,
        tally,
        end=script.end,
        report=partial(working.report, stage),
        complete=partial(working.complete, stage),
    )
    stage.on_due = partial(_on_due, stage)
    stage.on_task = partial(follow_ups.open_task, stage)
    stage.on_stop = partial(newcomers.make_room, stage)
    return stage


def _numbers(script: Script) -> Iterator[int]:
    """After those that were given already."""
    given = [touch.number for one in script.standing for touch in one.touches]
    tasks = [task for one in script.standing for task in (*one.tasks, *(touch.task for touch in one.touches))]
    return count(1 + max([*given, *(task.ranked.id for task in tasks if task is not None)], default=0))


def _on_due(stage: Stage, touch: Touch) -> None:
    (sending.send if touch.plan.verb.is_automatic else working.queue)(stage, touch)
