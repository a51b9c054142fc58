"""The heart: APScheduler ticks every second; a bounded pool sends.

A send that hangs holds its own thread; only when every thread is held does the tick wait for one.

What is due lives in the database, never in the scheduler: one small job, coalesced, in memory.
"""

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor as JobThreads
from apscheduler.schedulers.background import BackgroundScheduler

from engine.operations.context import Context
from engine.operations.dispatch import tick
from engine.operations.repeats import forget_old
from engine.operations.sending import send

log = structlog.get_logger()


class Heart:
    """`start` it once per process; `stop` lets sends under way end."""

    def __init__(self, ctx: Context, *, senders: int, every_seconds: float = 1.0) -> None:
        self._ctx = ctx
        self._pool = ThreadPoolExecutor(max_workers=senders, thread_name_prefix="sender")
        self._free = threading.Semaphore(2 * senders)
        self._senders = senders
        self._scheduler = BackgroundScheduler(timezone="UTC", executors={"default": JobThreads(1)})
        rules = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler.add_job(self.beat, "interval", seconds=every_seconds, id="tick", **rules)
        self._scheduler.add_job(forget_old, "interval", args=[ctx], days=1, id="forget", **rules)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=True)
        self._pool.shutdown(wait=True)

    def beat(self) -> None:
        """After a full batch it looks again at once."""
        try:
            while tick(self._ctx, self._hand_over).is_full:
                pass
        except Exception:
            log.exception("tick failed")  # the next second tries again; /readyz turns red by the age of the last beat

    def _hand_over(self, _ctx: Context, touch_ids: Iterable[int]) -> None:
        """Waits for a free place rather than queueing past the reservations' end."""
        for touch_id in touch_ids:
            self._free.acquire()
            self._pool.submit(self._send, touch_id)

    def _send(self, touch_id: int) -> None:
        try:
            send(self._ctx, touch_id)
        except Exception:
            log.exception("send failed", touch=touch_id)  # the lease runs out and recovery settles it
        finally:
            self._free.release()
