"""Senders that hang hold nothing up but themselves: work for people, stops, the kill switch, and each other."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from engine.channels.envelope import Envelope
from engine.channels.simulated import RecordingTransport
from engine.core.caps import HandOff
from engine.core.outcome import SendOutcome
from engine.core.workspace import Caps
from engine.operations import steering
from engine.operations.context import Context
from engine.operations.delivery.preparing import Ready
from engine.operations.incoming.ingest import Inbound, ingest
from engine.runtime.heartbeat import AHEAD, Heart
from engine.store import events
from tests.operations.machine_setting import fill
from tests.support.databases import Databases, Shelf
from tests.support.factories import at
from tests.support.world import World, open_world

NOON = at("2026-03-04T12:00-05:00")
SENDERS = 2
PATIENCE = 30.0  # seconds; what is waited for takes a fraction of one
SEQUENCE = "call-in-15"


class Hanging(RecordingTransport):
    """Every call hangs until it is let go."""

    def __init__(self, world: World) -> None:
        super().__init__(world.clock)
        self.begun, self.may_end = threading.Semaphore(0), threading.Event()
        self.calls = 0

    def send(self, envelope: Envelope) -> SendOutcome:
        self.calls += 1
        self.begun.release()
        assert self.may_end.wait(PATIENCE)
        return super().send(envelope)


@pytest.fixture(scope="module")
def filled(databases: Databases) -> Shelf:
    return Shelf(databases, fill)


@pytest.fixture
def world(filled: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with filled.copy() as url:
        made = open_world(url, tmp_path_factory.mktemp("world"), NOON)
        yield made
        made.ctx.database.close()


@pytest.fixture
def hanging(world: World) -> Iterator[Hanging]:
    """Every sender hangs in a call, and more is due."""
    transport = Hanging(world)
    world.ctx = replace(world.ctx, transports={"email": transport, "sms": transport})
    ask_for_calls(world, "first", 3 * SENDERS)
    heart = Heart(world.ctx, senders=SENDERS, every_seconds=0.05)
    heart.start()
    try:
        for _ in range(SENDERS):
            assert transport.begun.acquire(timeout=PATIENCE)
        yield transport
    finally:
        transport.may_end.set()
        heart.stop()


def ask_for_calls(world: World, name: str, count: int) -> list[int]:
    """Each is answered by mail at once, and is to be called."""
    people = [
        world.add_prospect(f"{name} {one}", email=f"{name}{one}@x{one}.example", phone="+12125550100", zone="UTC")
        for one in range(count)
    ]
    assert len(world.enroll(SEQUENCE, *people).enrolled) == count
    return people


def wait_until(happened: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up, what
        time.sleep(0.01)


def answers(world: World, status: str) -> int:
    return len(world.rows("touch", step="@ack", status=status))


@pytest.mark.usefixtures("hanging")
def test_people_who_ask_meanwhile_are_in_the_queue_at_once(world: World) -> None:
    later = ask_for_calls(world, "later", 3)
    wait_until(lambda: set(later) <= {row.prospect_id for row in world.rows("task")}, "no tick while senders hang")


@pytest.mark.usefixtures("hanging")
def test_a_stop_of_somebody_else_is_applied(world: World) -> None:
    calm = next(row for row in world.rows("touch", step="@ack", status="scheduled"))
    receipt = ingest(world.ctx, Inbound("replied", calm.prospect_id, world.clock(), "1"))
    assert receipt.is_applied
    assert world.rows("touch", id=calm.id)[0].status == "cancelled"


@pytest.mark.usefixtures("hanging")
def test_answers_of_those_who_are_being_sent_to_hold_up_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are stored, and each tick tries to apply them."""
    monkeypatch.setattr("engine.store.locks.STOP_WAIT_SECONDS", 0.01)
    for number, row in enumerate(world.rows("touch", step="@ack", status="sending")):
        receipt = ingest(world.ctx, Inbound("replied", row.prospect_id, world.clock(), str(number)))
        assert not receipt.is_applied
    monkeypatch.setattr("engine.store.locks.STOP_WAIT_SECONDS", 2 * PATIENCE)
    later = ask_for_calls(world, "later", 1)
    wait_until(lambda: set(later) <= {row.prospect_id for row in world.rows("task")}, "the tick waits for senders")


def test_after_the_kill_switch_no_call_begins_and_those_under_way_end(world: World, hanging: Hanging) -> None:
    steering.switch_sending(world.ctx, is_on=False, actor="test")
    hanging.may_end.set()
    wait_until(lambda: answers(world, "sent") == SENDERS, "the sends under way did not end")
    beat = world.rows("heartbeat")
    world.clock.set(world.clock() + timedelta(seconds=30))
    wait_until(lambda: world.rows("heartbeat") != beat, "no tick after the switch")
    assert hanging.calls == SENDERS


def test_when_they_go_on_everything_is_sent_once(world: World, hanging: Hanging) -> None:
    hanging.may_end.set()
    wait_until(lambda: answers(world, "sent") == 3 * SENDERS, "not everything was sent")
    assert len(hanging.accepted) == 3 * SENDERS


def test_no_more_is_taken_in_hand_than_the_senders_have_room_for(world: World, hanging: Hanging) -> None:
    ask_for_calls(world, "crowd", 2 * AHEAD * SENDERS)
    wait_until(lambda: len(world.rows("task")) >= 2 * AHEAD * SENDERS, "no tick while senders hang")
    reserved = [row for row in world.rows("touch", step="@ack") if row.reserved_by]
    assert len(reserved) + SENDERS <= AHEAD * SENDERS
    assert hanging.calls == SENDERS


@pytest.mark.parametrize("is_anything_stuck", [False, True])
def test_a_sender_that_becomes_free_calls_for_the_next_tick(world: World, *, is_anything_stuck: bool) -> None:
    """With a tick an hour all would else wait for the next one; a fact that cannot be applied changes nothing."""
    if is_anything_stuck:
        _keep_what_cannot_be_applied(world)
    transport = RecordingTransport(world.clock)
    world.ctx = replace(world.ctx, transports={"email": transport, "sms": transport})
    count = 3 * AHEAD
    ask_for_calls(world, "many", count)
    heart = Heart(world.ctx, senders=1, every_seconds=3_600)
    heart.start()
    try:
        heart.beat()
        wait_until(lambda: answers(world, "sent") == count, "the heart waits for the clock")
    finally:
        heart.stop()


def _keep_what_cannot_be_applied(world: World) -> None:
    """As an older version may have stored it."""
    person = world.add_prospect("Odd")
    row = {"prospect_id": person, "enrollment_id": None, "touch_id": None, "at": NOON, "received_at": NOON}
    with world.ctx.database.write() as connection:
        events.store(connection, provider="mail", dedupe_key="1", kind="out_of_office", body={"until": "soon"}, **row)


def test_what_a_process_leaves_unbegun_is_free_when_it_ends(world: World) -> None:
    transport = Hanging(world)
    world.ctx = replace(world.ctx, transports={"email": transport, "sms": transport})
    ask_for_calls(world, "left", 3)
    heart = Heart(world.ctx, senders=1, every_seconds=0.05)
    heart.start()
    assert transport.begun.acquire(timeout=PATIENCE)
    stopping = threading.Thread(target=heart.stop)
    stopping.start()
    pool = heart._pool
    wait_until(lambda: pool._shutdown and pool._work_queue.qsize() <= 1, "what waits for the sender is not called off")
    transport.may_end.set()
    stopping.join(PATIENCE)
    assert [row.reserved_by for row in world.rows("touch", status="scheduled", step="@ack")] == [None] * 2


def test_what_is_judged_anew_while_its_sender_tries_the_old_judgement_has_its_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only under its own reservation can it leave: the old one is refused, and the new one must not be forgotten."""
    heart = Heart(world.ctx, senders=1)
    due: Any = SimpleNamespace(id=1)
    one = HandOff(draw=(1, "outbound", "intro", 0), person=1)
    old, new = Ready(due, 1, None, one, Caps()), Ready(due, 1, None, one, Caps())
    tried: list[Ready] = []

    def try_to_send(_ctx: Context, ready: Ready) -> None:
        tried.append(ready)
        if ready is old:
            heart._hand_over(world.ctx, [new])

    monkeypatch.setattr("engine.runtime.heartbeat.send", try_to_send)
    heart._hand_over(world.ctx, [old])
    wait_until(lambda: not heart._in_hand, "it was tried")
    heart._pool.shutdown(wait=True)
    assert [one is new for one in tried] == [False, True]


def test_who_waits_for_a_sender_is_written_to_as_they_are_when_it_comes(world: World) -> None:
    """Offered anew after a minute, judged and rendered anew: what was prepared first is not what leaves."""
    transport = Hanging(world)
    world.ctx = replace(world.ctx, transports={"email": transport, "sms": transport})
    ask_for_calls(world, "first", 1)
    waiting = world.add_prospect("Second", email=["old@second.example", "new@second.example"], zone="UTC")
    world.enroll(SEQUENCE, waiting)
    heart = Heart(world.ctx, senders=1, every_seconds=3_600)
    heart.start()
    try:
        heart.beat()
        assert transport.begun.acquire(timeout=PATIENCE)
        ingest(world.ctx, Inbound("bounced", waiting, world.clock(), "1", body={"address": "old@second.example"}))
        world.clock.set(world.clock() + timedelta(seconds=61))
        heart.beat()  # left out: the clock has jumped
        heart.beat()
        transport.may_end.set()
        wait_until(lambda: answers(world, "sent") == 2, "both were written to")
    finally:
        transport.may_end.set()
        heart.stop()
    assert transport.accepted[-1].envelope.recipient == "new@second.example"
