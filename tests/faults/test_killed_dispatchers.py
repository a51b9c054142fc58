"""A dispatcher that is killed at any moment, ten times over, sends nothing twice and loses nothing."""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from engine.channels.envelope import Envelope, Silence, Transport
from engine.core.outcome import SendOutcome
from engine.operations import steering
from engine.operations.delivery.dispatch import tick
from engine.operations.delivery.recovery import recover
from engine.store.dispatcher_lock import only_dispatcher
from tests.operations.machine_setting import fill
from tests.support.databases import Databases, Shelf
from tests.support.world import World, open_world

PEOPLE = 60
KILLS = 10
NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)
LATER = timedelta(seconds=200)  # longer than a lease: on PostgreSQL that is how a death is noticed


def _fill(url: str) -> None:
    """Sixty people have asked for a call; each is to be answered by mail at once."""
    fill(url)
    world = open_world(url, Path(), NOON, transports={})
    people = [world.add_prospect(f"P{one}", email=f"p{one}@x{one}.example", zone="UTC") for one in range(PEOPLE)]
    assert len(world.enroll("call-in-15", *people).enrolled) == PEOPLE
    steering.switch_sending(world.ctx, is_on=False, actor="test")
    world.tick()  # their calls are in the queue
    steering.switch_sending(world.ctx, is_on=True, actor="test")
    world.ctx.database.close()


@pytest.fixture(scope="module")
def waiting(databases: Databases) -> Shelf:
    return Shelf(databases, _fill)


@pytest.fixture
def url(waiting: Shelf) -> Iterator[str]:
    with waiting.copy() as made:
        yield made


@dataclass
class Telling:
    """The outbox, and a word to whoever holds the knife before and after each call."""

    outbox: Transport
    knife: Connection

    def send(self, envelope: Envelope) -> SendOutcome:
        self.knife.send("before")
        outcome = self.outbox.send(envelope)
        self.knife.send("after")
        return outcome

    @property
    def silence(self) -> Silence | None:
        return self.outbox.silence

    def find(self, envelope: Envelope) -> bool | None:
        return self.outbox.find(envelope)


def _dispatch(url: str, folder: Path, start: datetime, knife: Connection) -> None:
    """What a process does from its start on, until somebody kills it."""
    world = open_world(url, folder, start, durable=True)
    transports = {name: Telling(outbox, knife) for name, outbox in world.ctx.transports.items()}
    began = time.monotonic()
    now = lambda: start + timedelta(seconds=time.monotonic() - began)  # noqa: E731 - a clock is a function
    ctx = replace(world.ctx, transports=transports, now=now)
    with only_dispatcher(ctx.database):
        recover(ctx, at_start=True)
        while True:
            tick(ctx)


def _kill_one(url: str, folder: Path, start: datetime, dice: random.Random) -> None:
    """It dies a moment after one of the words it says: before a call, in it, or while it writes down its result."""
    forked = multiprocessing.get_context("fork")  # a new interpreter would take longer than all it has to do
    ear, knife = forked.Pipe()
    process = forked.Process(target=_dispatch, args=(url, folder, start, knife), daemon=True)
    process.start()
    for _ in range(dice.randint(1, 10)):
        assert ear.poll(60), "the dispatcher does nothing"
        ear.recv()
    time.sleep(dice.uniform(0, 0.01))
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL


def _outbox(folder: Path) -> Counter[int]:
    """How many mails there are for each touch, whatever their attempt."""
    return Counter(int(path.name.split("-")[1]) for path in (folder / "mail" / "new").iterdir())


def test_ten_killed_dispatchers_send_nothing_twice_and_lose_nothing(url: str, tmp_path: Path) -> None:
    dice, start = random.Random(7), NOON
    for _ in range(KILLS):
        start += LATER
        _kill_one(url, tmp_path, start, dice)
    assert 0 < sum(_outbox(tmp_path).values()) < PEOPLE
    world = open_world(url, tmp_path, start + LATER)
    _finish(world)
    sent = {row.id for row in world.rows("touch", step="@ack", status="sent")}
    assert len(sent) == PEOPLE
    assert _outbox(tmp_path) == Counter(sent)
    world.ctx.database.close()


def _finish(world: World) -> None:
    recover(world.ctx, at_start=True)
    for _ in range(3):
        world.tick()
        world.clock.set(world.clock() + LATER)
