"""A reply, a STOP, an unsubscribe or a hard bounce while a message to that person is on its way.

The dispatcher tells when it has written down its intent; a moment later, about as long as a send takes, the stop is
asked for. Both instants are read from the one clock of this machine: just before the stop is committed, and when the
sink takes a message. A message taken after that is a broken promise.
"""

import os
import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from sqlalchemy import event, select

from engine.operations.context import Context
from engine.operations.delivery import sending
from engine.operations.delivery.preparing import Ready
from engine.operations.incoming.ingest import Inbound, Receipt, ingest
from engine.operations.incoming.unsubscribing import Link, unsubscribe
from engine.store.tables import touch
from tests.faults.arena import Arena
from tests.faults.audit import Audit, audit
from tests.faults.bench import Bench, Row
from tests.faults.ledger import accepted
from tests.faults.process import fork, kill, pipe, put
from tests.faults.worker import Post, nothing

_PEOPLE = 250
_STOPPERS = 4
_MOMENT = 0.03  # seconds: about what a send takes from its intent to the sink
_NEWS = struct.Struct("qq")  # the touch, the prospect
_FACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "replied": ("replied", {"text": "Please call."}),
    "STOP": ("opted_out", {"channel": "sms", "text": "STOP"}),
    "bounced": ("bounced", {"detail": "550 5.1.1 no such user"}),
}
_KINDS = (*_FACTS, "unsubscribed")


@dataclass(frozen=True, slots=True)
class Stop:
    """`asked` and `answered` for whoever tells us; from `committed` on it is true for everybody."""

    touch: int
    prospect: int
    kind: str
    asked: float
    committed: float
    answered: float

    def forbids(self, channel: str) -> bool:
        """A dead mail address says nothing about texts."""
        return self.kind != "bounced" or channel == "email"


@dataclass(frozen=True, slots=True)
class Races:
    """`late` messages were taken after the stop; of `first` the raced one was taken before it."""

    stops: tuple[Stop, ...] = ()
    late: int = 0
    first: int = 0

    def __add__(self, other: "Races") -> "Races":
        return Races((*self.stops, *other.stops), self.late + other.late, self.first + other.first)

    def figures(self) -> str:
        waits = sorted(stop.answered - stop.asked for stop in self.stops)
        p99 = waits[int(len(waits) * 0.99)] * 1000
        return f"{self.late} taken after the stop, {self.first} before; a stop waits {p99:.0f} ms at p99"


def raced(bench: Bench, first: Callable[[], None] = nothing) -> Row:
    total, races = Audit(), Races()
    while len(races.stops) < bench.n:
        with bench.arena(min(_PEOPLE, bench.n * 5 // 4)) as arena:
            stops = _race(bench, arena, first)
            arena.come_to_rest(first=first)
            total += audit(arena)
            races += _judged(arena, stops)
        bench.say(f"{len(races.stops)} raced")
    if races.late:
        total = total.with_problem(f"{races.late} messages were taken after their stop was committed")
    return Row(len(races.stops), total, races.figures())


def _judged(arena: Arena, stops: list[Stop]) -> Races:
    with arena.context() as ctx, ctx.database.read() as connection:
        whose = {row.id: row.prospect_id for row in connection.execute(select(touch.c.id, touch.c.prospect_id))}
    calls, of = accepted(arena.calls()), {stop.prospect: stop for stop in stops}
    concerned = [(call, stop) for call in calls if (stop := of.get(whose[call.touch])) and stop.forbids(call.channel)]
    late = sum(call.at > stop.committed for call, stop in concerned)
    raced_first = sum(call.touch == stop.touch and call.at <= stop.committed for call, stop in concerned)
    return Races(tuple(stops), late, raced_first)


def _race(bench: Bench, arena: Arena, first: Callable[[], None]) -> list[Stop]:
    """Whoever is told of is stopped, once; who is told of while all stoppers are busy is left in peace."""
    news = os.pipe()
    answers, told = pipe(duplex=False)
    stopper = fork(_stop_them, arena.post("stopper"), news, told, bench.dice("stops"))
    answers.recv()  # it is warm
    for worker in range(min(bench.workers, 2)):
        arena.start(f"w{worker}", first=partial(_announce, first, news[1]))
    for descriptor in news:
        os.close(descriptor)
    told.close()  # should the stopper break, nobody waits for its answer
    arena.await_rest()
    arena.stop()  # nobody is left who could tell anything: the stopper comes to its end
    stops: list[Stop] = answers.recv()
    kill(stopper)
    return stops


def _announce(first: Callable[[], None], news: int) -> None:
    first()
    call = sending._call

    def announcing(ctx: Context, ready: Ready) -> None:
        os.write(news, _NEWS.pack(ready.due.id, ready.due.prospect_id))
        call(ctx, ready)

    put(sending, "_call", announcing)


def _stop_them(post: Post, news: tuple[int, int], told: Connection, dice: Random) -> None:
    """Until the last dispatcher has closed its end."""
    os.close(news[1])
    stopper, begun = _Stopper(post.context()), list[Future[Stop]]()
    seen = stopper.warm_up()
    told.send(None)
    with ThreadPoolExecutor(_STOPPERS) as pool:
        while data := os.read(news[0], _NEWS.size):
            touch_id, prospect = _NEWS.unpack(data)
            if prospect not in seen and stopper.is_free():
                seen.add(prospect)
                at = time.monotonic() + dice.uniform(0, _MOMENT)
                begun.append(pool.submit(stopper.stop, touch_id, prospect, dice.choice(_KINDS), at))
    told.send([one.result() for one in begun])


class _Stopper:
    def __init__(self, ctx: Context) -> None:
        self._ctx, self._places, self._here = ctx, threading.Semaphore(_STOPPERS), threading.local()
        event.listen(ctx.database._writer, "commit", self._note_commit)

    def _note_commit(self, _connection: Any) -> None:
        """The database is about to be told; no stop is true for anybody earlier than that."""
        self._here.committed = time.monotonic()

    def warm_up(self) -> set[int]:
        """The first of each kind takes long in any process; nobody is writing to these people yet."""
        people = dict(enumerate(_FACTS, 1))
        for prospect, kind in people.items():
            self._report(0, prospect, kind)
        return set(people)

    def is_free(self) -> bool:
        return self._places.acquire(blocking=False)

    def stop(self, touch_id: int, prospect: int, kind: str, at: float) -> Stop:
        time.sleep(max(0.0, at - time.monotonic()))
        asked = time.monotonic()
        while not self._report(touch_id, prospect, kind).is_applied:
            pass  # stored, and not applied yet: its person was busy for three seconds
        self._places.release()
        return Stop(touch_id, prospect, kind, asked, self._here.committed, time.monotonic())

    def _report(self, touch_id: int, prospect: int, kind: str) -> Receipt:
        if kind == "unsubscribed":
            return unsubscribe(self._ctx, Link(touch_id, prospect), how="one-click")
        name, body = _FACTS[kind]
        return ingest(self._ctx, Inbound(name, prospect, self._ctx.now(), f"{name}-{prospect}", body=body))
