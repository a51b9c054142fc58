"""The tick: what is due is reserved in batches; work for people is queued, the rest goes to the senders."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.delivery import lateness, preparing, queueing, recovery
from engine.operations.delivery.preparing import Batch, Ready
from engine.operations.delivery.sending import send
from engine.operations.incoming import arrivals, clicks
from engine.operations.incoming.ingest import apply_pending
from engine.operations.lifecycle import admitting, pausing, turnover
from engine.operations.safeguards import backlog, spacing
from engine.store import heartbeats, plans, reservations, suppressions, tasks
from engine.store.connection import Record

BATCH = 500
SENDS_PER_TICK = 100
_TO_CHOOSE_FROM = 2  # touches reserved for each free place: some mailboxes are busy, and giving back costs as much
RESERVATION = timedelta(seconds=60)

Deliver = Callable[[Context, Iterable[Ready]], None]
Seek = Callable[[Context], int]


@dataclass(frozen=True, slots=True)
class Tick:
    """What one pass did. `has_more_sends`: a sender that becomes free will find something. `next_due`: then it will pay
    to look again. `troubles`: EventStuck for each fact that cannot be applied, and what a touch is broken by.
    """

    queued: int = 0
    sent_on: int = 0
    woken: int = 0
    late: int = 0
    recovered: int = 0
    has_more_work: bool = False
    has_more_sends: bool = False
    next_due: datetime | None = None
    troubles: tuple[Exception, ...] = ()

    @property
    def is_full(self) -> bool:
        return self.has_more_work or self.has_more_sends


def deliver_here(ctx: Context, prepared: Iterable[Ready]) -> None:
    """Sends one after the other in this thread; the running process hands them to a pool instead.

    One that breaks does not hold up the rest: its error is raised when they are through.
    """
    broken = [problem for ready in prepared if (problem := _try_to_send(ctx, ready)) is not None]
    if broken:
        raise broken[0]


def _try_to_send(ctx: Context, ready: Ready) -> Exception | None:
    try:
        send(ctx, ready)
    except Exception as problem:  # noqa: BLE001 - whatever it is, other people's touches go on
        return problem
    return None


def tick(ctx: Context) -> Tick:
    """One pass that sends in this thread. Raises its first trouble, when all else is done."""
    done = one_pass(ctx)
    if done.troubles:
        raise done.troubles[0]
    return done


def one_pass(
    ctx: Context,
    deliver: Deliver = deliver_here,
    seek: Seek = recovery.seek_evidence,
    *,
    capacity: int = SENDS_PER_TICK,
) -> Tick:
    """Over everything that is due. After a full batch the caller looks again at once.

    At most `capacity` sends are handed to `deliver`; the others stay where they are. Sending and looking for evidence
    take their time: the running process does them beside the tick.
    """
    hasty = replace(ctx, patience=0.0)  # whoever is being sent to is left to a later tick
    arrivals.apply_waiting(hasty)
    clicks.settle(hasty)
    stuck = apply_pending(hasty)
    recovered = recovery.doubt_unfinished(ctx) + seek(ctx)
    troubles: list[Exception] = [*stuck]
    _counted(turnover.act_on_due, ctx, troubles)  # before anything wakes for a rep who goes away at this moment
    woken = sum(_counted(stage, ctx, troubles) for stage in (_wake, _resume, admitting.admit_due))
    late = _counted(_act_on_late, ctx, troubles)
    queued, has_more_work, unqueued = _queue(ctx)
    sends, has_more_sends = _reserve_sends(ctx, capacity)
    batch = _prepare(ctx, sends)
    deliver(ctx, batch.ready)
    with begin(ctx) as act:
        heartbeats.beat(act.connection, ctx.worker, act.now)
        next_due = reservations.next_due(act.connection, act.now)
    return Tick(
        queued=queued,
        sent_on=len(batch.ready),
        woken=woken,
        late=late,
        recovered=recovered,
        has_more_work=has_more_work,
        has_more_sends=has_more_sends,
        next_due=next_due,
        troubles=(*troubles, *unqueued, *batch.broken),
    )


def _counted(stage: Callable[[Context], int], ctx: Context, troubles: list[Exception]) -> int:
    """How many it moved; one row that breaks it keeps nothing else from going on."""
    try:
        return stage(ctx)
    except Exception as problem:  # noqa: BLE001 - it is told when all else is done
        troubles.append(problem)
        return 0


def _resume(ctx: Context) -> int:
    return pausing.resume_due(ctx, BATCH)


def _wake(ctx: Context) -> int:
    """Snoozed tasks whose time has come; suppressions that were made for a time end here too."""
    with begin(ctx) as act:
        for ended in suppressions.lift_ended(act.connection, act.now, actor=act.actor):
            act.record("lift", "suppression", ended, reason="its time is over")
        return tasks.wake_due(act.connection, act.now, BATCH)


def _act_on_late(ctx: Context) -> int:
    with begin(ctx) as act:
        return lateness.act_on_late(act, BATCH)


def _queue(ctx: Context) -> tuple[int, bool, list[Exception]]:
    """All at once; where one touch breaks that, each by itself, and what is broken comes again when it is free."""
    try:
        with begin(ctx) as act:
            due = _reserve(act, BATCH, automatic=False)
            return (queueing.queue(act, due) if due else 0), len(due) >= BATCH, []
    except Exception:  # noqa: BLE001 - whatever it is, it is met again with the touch that it comes from
        return _queue_each(ctx)


def _queue_each(ctx: Context) -> tuple[int, bool, list[Exception]]:
    with begin(ctx) as act:
        due = _reserve(act, BATCH, automatic=False)
    queued, broken = 0, []
    for row in due:
        try:
            with begin(ctx) as act:
                queued += queueing.queue(act, [row])
        except Exception as problem:  # noqa: BLE001 - whatever it is, other people's work goes on
            broken.append(problem)
    return queued, len(due) >= BATCH, broken


def _reserve_sends(ctx: Context, capacity: int) -> tuple[list[Record], bool]:
    """What the senders get now, and whether more may be due. What finds no place is free again in the same commit."""
    if capacity <= 0:
        return [], False
    with begin(ctx) as act:
        gate = plans.gate(act.connection)
        if gate is None or not gate.is_sending or gate.held_since is not None:
            return [], False
        limit = min(SENDS_PER_TICK, _TO_CHOOSE_FROM * capacity)
        reserved = _reserve(act, limit, automatic=True)
        first = spacing.in_turn(act, backlog.in_time(act, reserved))
        reservations.give_back(act.connection, [row.id for row in first[capacity:]])
        return first[:capacity], len(reserved) >= limit or len(first) >= capacity


def _prepare(ctx: Context, reserved: list[Record]) -> Batch:
    """In a transaction of its own: should it break, what is reserved comes again when that runs out, not at once."""
    if not reserved:
        return Batch()
    with begin(ctx) as act:
        return preparing.prepare(act, reserved)


def _reserve(act: Act, limit: int, *, automatic: bool) -> list[Record]:
    until = act.now + RESERVATION
    return reservations.reserve_due(
        act.connection, worker=act.ctx.worker, now=act.now, until=until, limit=limit, automatic=automatic
    )


def let_go(ctx: Context) -> None:
    """What this process has reserved and not begun is free for the next one at once."""
    with begin(ctx) as act:
        reservations.give_back_all(act.connection, act.ctx.worker)
