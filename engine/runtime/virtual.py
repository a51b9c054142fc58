"""The engine on a clock that jumps: from one instant at which there is something to do to the next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from engine.core.outcome import Answer
from engine.operations.context import Context
from engine.operations.delivery.dispatch import tick
from engine.operations.tasks.work_task import By, complete
from engine.runtime.clock import ManualClock
from engine.store import agenda, tasks
from engine.store.connection import Record

# What a person reports when nothing came of it. A reply to triage has no such answer: somebody must read it.
PLAIN_OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "call": "no_answer",
        "personal_email": "sent",
        "linkedin": "requested",
        "maimai": "requested",
        "wechat_add": "requested",
        "wechat_message": "sent",
        "video": "sent",
        "task": "done",
    }
)


class Player(Protocol):
    """Whoever is not the engine: the reps with their tasks, the prospects with their answers."""

    def act(self, ctx: Context) -> bool:
        """Does what is to be done at this instant; whether anything was."""

    def next_instant(self, ctx: Context) -> datetime | None:
        """When they want to act, where the engine itself has nothing to do."""


def plain_answer(task: Record) -> Answer | None:
    """Work that a step asks for is done as it falls due; None for what only a person can decide."""
    outcome = PLAIN_OUTCOMES.get(task.kind)
    return Answer(outcome) if outcome is not None and task.touch_id is not None else None


@dataclass(frozen=True, slots=True)
class Hands:
    """Reps who close each task of theirs the moment it is due. `answer` is None for a task that they leave open."""

    answer: Callable[[Record], Answer | None] = plain_answer

    def act(self, ctx: Context) -> bool:
        with ctx.database.read() as connection:
            due = tasks.open_due(connection, ctx.now())
        given = [(task, said) for task in due if (said := self.answer(task)) is not None]
        for task, said in given:
            complete(ctx, By(task.id, task.rep_key), said)
        return bool(given)

    def next_instant(self, ctx: Context) -> datetime | None:  # noqa: ARG002 - tasks have instants of the engine's own
        return None


def run_until(
    ctx: Context,
    clock: ManualClock,
    end: datetime,
    *,
    players: Sequence[Player] = (),
    is_over: Callable[[], bool] = lambda: False,
) -> None:
    """Lives through the time until `end`, or until it is over; `ctx` must tell the time by `clock`.

    At each instant the engine ticks first, then the players act in their order, until nobody has anything to do.
    """
    settle(ctx, players)
    while not is_over():
        at = _next_instant(ctx, players)
        if at is None or at > end:
            clock.set(max(end, clock()))
            return
        clock.set(at)
        settle(ctx, players)


def settle(ctx: Context, players: Sequence[Player] = ()) -> None:
    """Everything that is to be done at this instant, however often one act leads to the next."""
    is_moving = True
    while is_moving:
        ticked = _is_anything_due(ctx) and _tick(ctx)
        acted = [player.act(ctx) for player in players]
        is_moving = ticked or any(acted)


def _is_anything_due(ctx: Context) -> bool:
    """A pass over nothing costs more than this question, and most instants are the players' own."""
    with ctx.database.read() as connection:
        return agenda.is_anything_due(connection, ctx.now())


def _tick(ctx: Context) -> bool:
    """Whether a pass moved anything."""
    moved = False
    while True:
        done = tick(ctx)
        moved = moved or any((done.queued, done.sent_on, done.woken, done.late, done.recovered))
        if not done.is_full:
            return moved


def _next_instant(ctx: Context, players: Sequence[Player]) -> datetime | None:
    with ctx.database.read() as connection:
        first = agenda.next_instant(connection, ctx.now())
    wishes = [first, *(player.next_instant(ctx) for player in players)]
    return min((at for at in wishes if at is not None), default=None)
