"""The tick: what is due is reserved in batches; work for people is queued, the rest goes to the senders."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from engine.operations import pausing, queueing, recovery, spacing
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.ingest import apply_pending
from engine.operations.sending import send
from engine.store import plans, suppressions, tasks, touches
from engine.store.connection import Record

BATCH = 500
SENDS_PER_TICK = 100
RESERVATION = timedelta(seconds=60)

Deliver = Callable[[Context, Iterable[int]], None]


@dataclass(frozen=True, slots=True)
class Tick:
    """What one pass did."""

    queued: int = 0
    sent_on: int = 0
    woken: int = 0
    given_up: int = 0
    recovered: int = 0
    is_full: bool = False


def deliver_here(ctx: Context, touch_ids: Iterable[int]) -> None:
    """Sends one after the other in this thread; the running process hands them to a pool instead.

    One that breaks does not hold up the rest: its error is raised when they are through.
    """
    broken = [problem for touch_id in touch_ids if (problem := _try_to_send(ctx, touch_id)) is not None]
    if broken:
        raise broken[0]


def _try_to_send(ctx: Context, touch_id: int) -> Exception | None:
    try:
        send(ctx, touch_id)
    except Exception as problem:  # noqa: BLE001 - whatever it is, other people's touches go on
        return problem
    return None


def tick(ctx: Context, deliver: Deliver = deliver_here) -> Tick:
    """One pass over everything that is due. After a full batch the caller looks again at once.

    Raises EventStuck, when all else is done, for a fact that cannot be applied.
    """
    stuck = apply_pending(ctx)
    recovered = recovery.recover(ctx)
    woken = _wake(ctx) + pausing.resume_due(ctx, BATCH)
    given_up = _give_up_late(ctx)
    queued, has_more_work = _queue(ctx)
    sends, has_more_sends = _reserve_sends(ctx)
    deliver(ctx, sends)
    with begin(ctx) as act:
        plans.beat(act.connection, ctx.worker, act.now)
    if stuck:
        raise stuck[0]
    return Tick(queued, len(sends), woken, given_up, recovered, has_more_work or has_more_sends)


def _wake(ctx: Context) -> int:
    """Snoozed tasks whose time has come; suppressions that were made for a time end here too."""
    with begin(ctx) as act:
        for ended in suppressions.lift_ended(act.connection, act.now, actor=act.actor):
            act.record("lift", "suppression", ended, reason="its time is over")
        return tasks.wake_due(act.connection, act.now, BATCH)


def _give_up_late(ctx: Context) -> int:
    with begin(ctx) as act:
        return queueing.give_up_late(act, BATCH)


def _queue(ctx: Context) -> tuple[int, bool]:
    with begin(ctx) as act:
        due = _reserve(act, BATCH, automatic=False)
        return (queueing.queue(act, due) if due else 0), len(due) >= BATCH


def _reserve_sends(ctx: Context) -> tuple[list[int], bool]:
    with begin(ctx) as act:
        if plans.workspace_row(act.connection) is None or not plans.is_sending(act.connection):
            return [], False
        reserved = _reserve(act, SENDS_PER_TICK, automatic=True)
        return [row.id for row in spacing.first_of_each_mailbox(act, reserved)], len(reserved) >= SENDS_PER_TICK


def _reserve(act: Act, limit: int, *, automatic: bool) -> list[Record]:
    until = act.now + RESERVATION
    return touches.reserve_due(
        act.connection, worker=act.ctx.worker, now=act.now, until=until, limit=limit, automatic=automatic
    )
