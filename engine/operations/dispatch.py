"""The tick: what is due is reserved in batches; work for people is queued, the rest goes to the senders."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from engine.operations import arrivals, backlog, clicks, pausing, queueing, recovery, spacing
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
Seek = Callable[[Context], int]


@dataclass(frozen=True, slots=True)
class Tick:
    """What one pass did. `has_more_sends`: a sender that becomes free will find something."""

    queued: int = 0
    sent_on: int = 0
    woken: int = 0
    given_up: int = 0
    recovered: int = 0
    has_more_work: bool = False
    has_more_sends: bool = False

    @property
    def is_full(self) -> bool:
        return self.has_more_work or self.has_more_sends


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


def tick(
    ctx: Context,
    deliver: Deliver = deliver_here,
    seek: Seek = recovery.seek_evidence,
    *,
    capacity: int = SENDS_PER_TICK,
) -> Tick:
    """One pass over everything that is due. After a full batch the caller looks again at once.

    At most `capacity` sends are handed to `deliver`; the others stay where they are. Sending and looking for evidence
    take their time: the running process does them beside the tick. Raises EventStuck, when all else is done, for a
    fact that cannot be applied.
    """
    hasty = replace(ctx, patience=0.0)  # whoever is being sent to is left to a later tick
    arrivals.apply_waiting(hasty)
    clicks.settle(hasty)
    stuck = apply_pending(hasty)
    recovered = recovery.doubt_unfinished(ctx) + seek(ctx)
    woken = _wake(ctx) + pausing.resume_due(ctx, BATCH)
    given_up = _give_up_late(ctx)
    queued, has_more_work = _queue(ctx)
    sends, has_more_sends = _reserve_sends(ctx, capacity)
    deliver(ctx, sends)
    with begin(ctx) as act:
        plans.beat(act.connection, ctx.worker, act.now)
    if stuck:
        raise stuck[0]
    return Tick(queued, len(sends), woken, given_up, recovered, has_more_work, has_more_sends)


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


def _reserve_sends(ctx: Context, capacity: int) -> tuple[list[int], bool]:
    """What the senders get now, and whether more is due. What finds no place is free again in the same commit."""
    if capacity <= 0:
        return [], False
    with begin(ctx) as act:
        gate = plans.gate(act.connection)
        if gate is None or not gate.is_sending or gate.held_since is not None:
            return [], False
        reserved = _reserve(act, SENDS_PER_TICK, automatic=True)
        ready = [row.id for row in spacing.first_of_each_mailbox(act, backlog.in_time(act, reserved))]
        touches.give_back(act.connection, ready[capacity:])
        return ready[:capacity], len(reserved) >= SENDS_PER_TICK or len(ready) > capacity


def _reserve(act: Act, limit: int, *, automatic: bool) -> list[Record]:
    until = act.now + RESERVATION
    return touches.reserve_due(
        act.connection, worker=act.ctx.worker, now=act.now, until=until, limit=limit, automatic=automatic
    )


def let_go(ctx: Context) -> None:
    """What this process has reserved and not begun is free for the next one at once."""
    with begin(ctx) as act:
        touches.give_back_all(act.connection, act.ctx.worker)
