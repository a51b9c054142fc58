"""A full disk and a locked database: nothing leaves without its intent, and it recovers by itself."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from engine.channels.envelope import Envelope
from engine.channels.simulated import RecordingTransport
from engine.core.outcome import SendOutcome
from engine.runtime.heartbeat import Heart
from engine.store import database as databases
from tests.support.factories import at
from tests.support.world import World, make_world

NOON = at("2026-03-04T12:00-05:00")
PATIENCE = 30.0
PEOPLE = 6


class Transport(RecordingTransport):
    """`before` is called in the middle of each call, with the message not taken yet."""

    before: Callable[[], None] | None = None

    def send(self, envelope: Envelope) -> SendOutcome:
        if self.before is not None:
            self.before()
        return super().send(envelope)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Six people asked for a call; their answers are due. Nobody waits for a lock longer than a moment."""
    monkeypatch.setattr(databases, "_BUSY_SECONDS", 0.2)
    made = make_world(f"sqlite:///{tmp_path}/t.db", tmp_path, NOON)
    people = [made.add_prospect(f"P{n}", email=f"p{n}@x{n}.example", zone="UTC") for n in range(PEOPLE)]
    assert len(made.enroll("call-in-15", *people).enrolled) == PEOPLE
    yield made
    made.ctx.database.close()


@pytest.fixture
def transport(world: World) -> Transport:
    made = Transport(world.clock)
    world.ctx = replace(world.ctx, transports={"email": made, "sms": made})
    return made


@contextmanager
def locked(world: World) -> Iterator[None]:
    """Somebody else has the whole file: a backup, or a shell that was left open."""
    path = world.ctx.database.path
    assert path is not None
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def answers(world: World) -> list[str]:
    return [row.status for row in world.rows("touch", step="@ack")]


def wait_until(happened: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def may_grow_to(world: World, pages: int) -> None:
    """SQLite takes the size that the file has, where that is more."""
    with world.ctx.database.write() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def fill_up(world: World) -> None:
    with world.ctx.database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE ballast (weight BLOB)")
    may_grow_to(world, 1)
    for size in (100_000, 1_000, 10):
        with suppress(OperationalError):
            while True:
                with world.ctx.database.write() as connection:
                    connection.exec_driver_sql("INSERT INTO ballast VALUES (zeroblob(?))", (size,))


def test_on_a_full_disk_nothing_leaves_without_its_intent_and_later_everything_does_once(
    world: World, transport: Transport
) -> None:
    """What still fits into pages that are there may go; perhaps its result fits no more."""
    fill_up(world)
    with pytest.raises(OperationalError, match="full"):
        world.tick()
    intended = {row.id for row in world.rows("touch", step="@ack") if row.status in ("sending", "sent")}
    assert {call.envelope.touch_id for call in transport.accepted} <= intended
    assert len(intended) < PEOPLE
    may_grow_to(world, 1_000_000)
    for _ in range(3):
        world.clock.set(world.clock() + timedelta(seconds=world.ctx.lease_seconds + 1))
        world.tick()
    assert answers(world) == ["sent"] * PEOPLE
    assert (len(transport.accepted), transport.repeated) == (PEOPLE, [])


def test_a_database_that_is_locked_for_a_while_stops_no_thread(world: World, transport: Transport) -> None:
    heart = Heart(world.ctx, senders=2, every_seconds=0.05)
    with locked(world):
        heart.start()
        time.sleep(1)
    try:
        wait_until(lambda: answers(world) == ["sent"] * PEOPLE)
    finally:
        heart.stop()
    assert (len(transport.accepted), transport.repeated) == (PEOPLE, [])


def test_a_result_that_cannot_be_recorded_becomes_a_doubt_and_is_settled_by_evidence(
    world: World, transport: Transport
) -> None:
    unlock = threading.Event()
    is_locked = threading.Event()

    def hold() -> None:
        with locked(world):
            is_locked.set()
            assert unlock.wait(PATIENCE)

    holder = threading.Thread(target=hold)

    def lock_once() -> None:
        transport.before = None
        holder.start()
        assert is_locked.wait(PATIENCE)

    transport.before = lock_once
    with pytest.raises(OperationalError, match="locked"):
        world.tick()
    unlock.set()
    holder.join(PATIENCE)
    assert answers(world).count("sending") == 1
    assert len(transport.accepted) == 1
    for _ in range(3):
        world.clock.set(world.clock() + timedelta(seconds=world.ctx.lease_seconds + 1))
        world.tick()
    assert answers(world) == ["sent"] * PEOPLE
    assert (len(transport.accepted), transport.repeated) == (PEOPLE, [])
