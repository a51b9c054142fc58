"""The heart: APScheduler ticks every second, and when something falls due in between; a bounded pool sends.

A send that hangs holds its own thread and nothing else: the tick hands over no more than there is room for, and goes
on. What is due lives in the database, never in the scheduler: a few small jobs, coalesced, in memory.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor as JobThreads
from apscheduler.schedulers.background import BackgroundScheduler

from engine.channels.envelope import close
from engine.core.steadiness import Reading, jump_between
from engine.operations.alarms import clock_jumped
from engine.operations.context import Context
from engine.operations.costs import note_costs
from engine.operations.delivery.dispatch import let_go, one_pass
from engine.operations.delivery.preparing import Ready
from engine.operations.delivery.recovery import seek_evidence
from engine.operations.delivery.sending import send
from engine.operations.incoming import arrivals
from engine.operations.lifecycle.known_days import plan_known_days
from engine.operations.repeats import forget_old
from engine.operations.safeguards import capping
from engine.operations.safeguards.health import judge_again
from engine.runtime.clock import wall_clock

log = structlog.get_logger()

_BREATH = timedelta(milliseconds=100)  # between two ticks: in a wave something falls due at every moment
AHEAD = 16  # touches in hand per sender: one under way, the others reserved, so that no sender waits for the next tick


_RULES: dict[str, Any] = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done again and again beside the tick."""

    run: Callable[[Context], object]
    every: timedelta


_CHORES = (
    Chore(forget_old, timedelta(days=1)),
    Chore(arrivals.forget_old, timedelta(days=1)),
    Chore(capping.forget_old, timedelta(days=1)),
    Chore(judge_again, timedelta(hours=1)),
    Chore(plan_known_days, timedelta(hours=1)),
    Chore(note_costs, timedelta(hours=1)),
)


class Heart:
    """`start` it once per process; `stop` lets sends under way end, gives back what has not begun, and closes lines."""

    def __init__(self, ctx: Context, *, senders: int, every_seconds: float = 1.0, chores: Sequence[Chore] = ()) -> None:
        self._ctx = ctx
        self._clocks: Reading | None = None
        self._pool = ThreadPoolExecutor(max_workers=senders, thread_name_prefix="sender")
        self._seeker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="seeker")
        self._search: Future[int] | None = None
        self._places = AHEAD * senders
        self._every = timedelta(seconds=every_seconds)
        self._in_hand: dict[int, Ready] = {}
        self._mutex = threading.Lock()
        self._is_awaited = False
        # The tick has a thread of its own: no other job may keep it waiting.
        self._scheduler = BackgroundScheduler(
            timezone="UTC", executors={"default": JobThreads(1), "chores": JobThreads(4)}
        )
        self._scheduler.add_job(self.beat, "interval", seconds=every_seconds, id="tick", **_RULES)
        for chore in (*_CHORES, *chores):
            seconds = chore.every.total_seconds()
            self._scheduler.add_job(_run, "interval", args=[chore, ctx], seconds=seconds, executor="chores", **_RULES)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=True)
        self._seeker.shutdown(wait=True, cancel_futures=True)
        self._pool.shutdown(wait=True, cancel_futures=True)
        let_go(self._ctx)
        for transport in self._ctx.transports.values():
            close(transport)

    def beat(self) -> None:
        """After a full batch it looks again at once. On a clock that has just jumped nothing is decided."""
        try:
            while self._is_steady() and self._tick():
                pass
        except Exception:
            log.exception("tick failed")  # the next second tries again; /readyz turns red by the age of the last beat

    def _is_steady(self) -> bool:
        before, self._clocks = self._clocks, Reading(self._ctx.now(), time.monotonic())
        jump = jump_between(before, self._clocks) if before is not None else None
        if jump is None:
            return True
        log.error("the clock has jumped, this tick is left out", seconds=jump.total_seconds())
        clock_jumped(self._ctx, jump)
        return False

    def _tick(self) -> bool:
        """Whether to look again at once. Where room is short, the sender that makes some calls for the next look."""
        room = self._room()
        done = one_pass(self._ctx, self._hand_over, self._seek, capacity=room)
        for trouble in done.troubles:
            log.error("something is broken, all else goes on", exc_info=trouble)
        self._is_awaited = done.has_more_sends or not room
        self._wake_for(done.next_due)
        return done.has_more_work or (done.has_more_sends and self._is_roomy())

    def _wake_for(self, due: datetime | None) -> None:
        """What falls due before the next regular beat has one of its own."""
        wait = due - self._ctx.now() if due is not None else self._every
        if wait < self._every:
            at = wall_clock() + max(wait, _BREATH)
            rules = _RULES | {"max_instances": 2}  # a beat of its own plans the next
            self._scheduler.add_job(self.beat, "date", run_date=at, id="due", replace_existing=True, **rules)

    def _room(self) -> int:
        with self._mutex:
            return self._places - len(self._in_hand)

    def _is_roomy(self) -> bool:
        return 2 * self._room() >= self._places

    def _seek(self, ctx: Context) -> int:
        """One search at a time, beside the tick: a transport may take long to say what it has."""
        if self._search is None or self._search.done():
            self._search = self._seeker.submit(self._settle, ctx)
        return 0

    def _settle(self, ctx: Context) -> int:
        try:
            return seek_evidence(ctx)
        except Exception:
            log.exception("looking for evidence failed")
            return 0

    def _hand_over(self, _ctx: Context, prepared: Iterable[Ready]) -> None:
        """What waits here longer than its reservation is offered again: it leaves once, as it was judged last."""
        for ready in prepared:
            with self._mutex:
                is_new = ready.due.id not in self._in_hand
                self._in_hand[ready.due.id] = ready
            if is_new:
                self._pool.submit(self._send, ready.due.id)

    def _send(self, touch_id: int) -> None:
        with self._mutex:
            ready = self._in_hand[touch_id]
        try:
            send(self._ctx, ready)
        except Exception:
            log.exception("send failed", touch=touch_id)  # the lease runs out and recovery settles it
        finally:
            self._make_room(ready)

    def _make_room(self, tried: Ready) -> None:
        """What was judged anew meanwhile has its turn now: only under its own reservation can it leave."""
        with self._mutex:
            is_newest = self._in_hand[tried.due.id] is tried
            if is_newest:
                del self._in_hand[tried.due.id]
        if not is_newest:
            self._pool.submit(self._send, tried.due.id)
        elif self._is_awaited and self._is_roomy():
            self._is_awaited = False
            self._scheduler.add_job(self.beat, misfire_grace_time=None)


def _run(chore: Chore, ctx: Context) -> None:
    try:
        chore.run(ctx)
    except Exception:
        log.exception("a chore failed", chore=chore.run)
