"""I20 and the lock, with real threads: two dispatchers, a paused owner, a stop that comes in the middle."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.channels.envelope import Envelope
from engine.channels.simulated import RecordingTransport
from engine.core.outcome import SendOutcome
from engine.operations import steering
from engine.operations.context import Context
from engine.operations.delivery.dispatch import tick
from engine.operations.delivery.recovery import recover
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.plans import PlanShelf
from engine.store import suppressions
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.locks import ProspectBusy
from tests.support.databases import Shelf, on_postgresql, on_sqlite
from tests.support.world import World, open_world

NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)
_LONG = 20


class HeldUp(RecordingTransport):
    """Its calls begin, and go on when they are let."""

    def __init__(self, world: World) -> None:
        super().__init__(world.clock)
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    def send(self, envelope: Envelope) -> SendOutcome:
        self.begun.set()
        assert self.may_go_on.wait(_LONG)
        return super().send(envelope)


@pytest.fixture
def world(filled: Shelf) -> Iterator[World]:
    with filled.copy() as url:
        made = open_world(url, Path(), NOON, transports={})
        yield made
        made.ctx.database.close()


def _ask_for_calls(world: World, count: int) -> list[int]:
    people = [world.add_prospect(f"P{one}", email=f"p{one}@x{one}.example", zone="UTC") for one in range(count)]
    assert len(world.enroll("call-in-15", *people).enrolled) == count
    return people


Another = Callable[[Context, str], Context]


@pytest.fixture
def another() -> Iterator[Another]:
    """The same engine as another process runs it."""
    opened: list[Database] = []

    def open_another(ctx: Context, worker: str) -> Context:
        opened.append(Database(ctx.database.url, durable=False))
        return replace(ctx, database=opened[-1], worker=worker, shelf=PlanShelf())

    yield open_another
    for database in opened:
        database.close()


def _beside(ctx: Context) -> threading.Thread:
    thread = threading.Thread(target=tick, args=(ctx,))
    thread.start()
    return thread


@on_postgresql
def test_two_dispatchers_at_once_send_every_answer_once(world: World, another: Another) -> None:
    people = _ask_for_calls(world, 40)
    sink = RecordingTransport(world.clock)
    one = replace(world.ctx, transports={"email": sink, "sms": sink})
    contexts = [another(one, name) for name in ("a", "b", "a", "c")]
    for _ in range(3):  # who finds a person held comes back a little later
        for worker in [_beside(ctx) for ctx in contexts]:
            worker.join(_LONG)
        world.clock.set(world.clock() + timedelta(minutes=2))
    assert Counter(call.envelope.touch_id for call in sink.accepted).most_common(1)[0][1] == 1
    assert len(sink.accepted) == len(people)
    assert sink.repeated == []
    assert {row.status for row in world.rows("touch", step="@ack")} == {"sent"}
    assert len(world.rows("task")) == len({row.touch_id for row in world.rows("task")})


@on_postgresql
def test_an_owner_that_is_merely_paused_is_left_alone_however_long_it_takes(world: World, another: Another) -> None:
    _ask_for_calls(world, 1)
    sink = HeldUp(world)
    ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
    sender = _beside(another(ctx, "a"))
    assert sink.begun.wait(_LONG)
    world.clock.set(NOON + timedelta(hours=1))  # the lease is long over
    assert recover(ctx) == 0
    assert [row.status for row in world.rows("touch", step="@ack")] == ["sending"]
    sink.may_go_on.set()
    sender.join(_LONG)
    assert [row.status for row in world.rows("touch", step="@ack")] == ["sent"]
    assert len(sink.accepted) == 1


@on_sqlite
def test_on_sqlite_an_owner_has_until_the_end_of_its_lease(world: World) -> None:
    _ask_for_calls(world, 1)
    sink = HeldUp(world)
    ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
    sender = _beside(ctx)
    assert sink.begun.wait(_LONG)
    world.clock.set(NOON + timedelta(seconds=ctx.lease_seconds - 1))
    assert recover(ctx) == 0
    sink.may_go_on.set()
    sender.join(_LONG)
    assert [row.status for row in world.rows("touch", step="@ack")] == ["sent"]


def test_an_opt_out_during_a_call_is_stored_at_once_and_applied_after_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.store.locks.STOP_WAIT_SECONDS", 0.1)
    (person,) = _ask_for_calls(world, 1)
    sink = HeldUp(world)
    ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
    sender = _beside(ctx)
    assert sink.begun.wait(_LONG)
    receipt = ingest(ctx, Inbound("opted_out", person, NOON, "1"))
    assert (receipt.is_new, receipt.is_applied) == (True, False)
    sink.may_go_on.set()
    sender.join(_LONG)
    tick(ctx)
    assert [row.end_reason for row in world.rows("enrollment")] == ["opted_out"]
    assert [row.status for row in world.rows("touch", step="@ack")] == ["sent"]
    assert all(row.ended_at is not None for row in world.rows("touch"))


def test_a_ban_waits_for_the_call_to_somebody_who_was_enrolled_while_it_took_hold(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (person,) = _ask_for_calls(world, 1)
    sink = HeldUp(world)
    ctx = replace(world.ctx, transports={"email": sink, "sms": sink}, patience=0.1)
    sender = _beside(ctx)
    assert sink.begun.wait(_LONG)
    covered, seen = suppressions.covered, list[list[int]]()

    def not_at_first(connection: Connection, scope: str, key: str) -> list[int]:
        seen.append(covered(connection, scope, key) if seen else [])
        return seen[-1]

    monkeypatch.setattr(suppressions, "covered", not_at_first)
    with pytest.raises(ProspectBusy):
        steering.suppress(ctx, steering.Ban("domain", "x0.example", "asked"), actor="tom")
    assert (seen[-1], world.rows("suppression")) == ([person], [])
    sink.may_go_on.set()
    sender.join(_LONG)
    steering.suppress(ctx, steering.Ban("domain", "x0.example", "asked"), actor="tom")
    assert [row.end_reason for row in world.rows("enrollment")] == ["opted_out"]


def test_a_stop_by_hand_during_a_call_is_kept_and_done_after_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.locks.STOP_WAIT_SECONDS", 0.1)
    _ask_for_calls(world, 1)
    sink = HeldUp(world)
    ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
    sender = _beside(ctx)
    assert sink.begun.wait(_LONG)
    assert steering.stop(ctx, 1, actor="tom") is False
    sink.may_go_on.set()
    sender.join(_LONG)
    tick(ctx)
    assert [row.end_reason for row in world.rows("enrollment")] == ["manual"]
