"""A send whose result nobody knows: looked for ever more seldom, settled by evidence, by a fact, or by a person."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.channels.envelope import Envelope, Silence
from engine.channels.simulated import RecordingTransport, Reply
from engine.core.errors import EngineError
from engine.operations.delivery import sending
from engine.operations.delivery.recovery import prove, recover, release_quarantined
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.queries.stuck import doubts
from engine.store.locks import ProspectBusy
from tests.support.databases import Shelf, on_sqlite
from tests.support.world import World, open_world

NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Slow(RecordingTransport):
    """Its list of messages is complete five minutes later; two empty ones a minute apart prove absence."""

    def __init__(self, world: World, *, proves: bool = True) -> None:
        super().__init__(world.clock)
        self.looks: list[datetime] = []
        self.proves, self.is_down = proves, False

    @property
    def silence(self) -> Silence | None:
        return Silence(5 * MINUTE, MINUTE) if self.proves else None

    def find(self, envelope: Envelope) -> bool | None:
        self.looks.append(self._now())
        if self.is_down:
            raise ConnectionError
        return super().find(envelope) if self.proves else None


@pytest.fixture
def world(filled: Shelf) -> Iterator[World]:
    """Somebody asked for a call; the answer by mail is due."""
    with filled.copy() as url:
        made = open_world(url, Path(), NOON, transports={})
        made.enroll("call-in-15", made.add_prospect("Ada", email="ada@a.example", zone="UTC"))
        yield made
        made.ctx.database.close()


def in_doubt(world: World, reply: Reply, *, proves: bool = True) -> Slow:
    transport = Slow(world, proves=proves)
    world.ctx = replace(world.ctx, transports={"email": transport, "sms": transport})
    transport.answer_next(reply)
    world.tick()
    assert status(world) == "in_doubt"
    return transport


def status(world: World) -> str:
    return str(world.rows("touch", step="@ack")[0].status)


def live(world: World, minutes: int) -> None:
    """The engine looks twice a minute."""
    for _ in range(minutes * 2):
        world.clock.set(world.clock() + MINUTE / 2)
        world.tick()


@on_sqlite
def test_two_looks_in_vain_far_enough_apart_and_late_enough_let_it_be_sent_again(world: World) -> None:
    transport = in_doubt(world, Reply.UNKNOWN)
    live(world, 5)
    assert status(world) == "in_doubt"
    live(world, 2)
    assert [(at - NOON) / MINUTE for at in transport.looks] == [1, 2, 5, 6]
    assert status(world) == "sent"
    assert len(transport.accepted) == 1
    assert world.rows("doubt") == []


def test_what_was_taken_is_found_and_never_sent_again(world: World) -> None:
    transport = in_doubt(world, Reply.ACCEPT_THEN_UNKNOWN)
    live(world, 2)
    assert (status(world), len(transport.looks)) == ("sent", 1)
    assert (len(transport.accepted), transport.repeated) == (1, [])


@on_sqlite
def test_a_look_that_could_not_be_made_counts_for_nothing(world: World) -> None:
    transport = in_doubt(world, Reply.UNKNOWN)
    transport.is_down = True
    live(world, 10)
    assert status(world) == "in_doubt"
    transport.is_down = False
    live(world, 20)
    assert status(world) == "sent"


@on_sqlite
def test_without_proof_it_is_asked_for_seldom_and_stays_in_front_of_a_person(world: World) -> None:
    transport = in_doubt(world, Reply.UNKNOWN, proves=False)
    assert [row.status for row in doubts(world.ctx).items] == ["in_doubt"]
    for _ in range(24):
        live(world, 2)
        world.clock.set(world.clock() + timedelta(hours=1))
    assert status(world) == "in_doubt"
    assert len(transport.looks) < 12


def test_a_fact_that_only_a_message_can_have_caused_settles_it(world: World) -> None:
    in_doubt(world, Reply.ACCEPT_THEN_UNKNOWN, proves=False)
    (touch,) = world.rows("touch", step="@ack")
    ingest(world.ctx, Inbound("delivered", touch.prospect_id, NOON, "1", touch_id=touch.id))
    assert status(world) == "sent"
    assert world.rows("doubt") == []


def test_a_bounce_proves_that_it_was_sent(world: World) -> None:
    in_doubt(world, Reply.ACCEPT_THEN_UNKNOWN, proves=False)
    (touch,) = world.rows("touch", step="@ack")
    ingest(world.ctx, Inbound("bounced", touch.prospect_id, NOON, "1", touch_id=touch.id))
    assert status(world) == "sent"


def test_a_provider_that_names_the_attempt_settles_it_and_another_attempt_does_not(world: World) -> None:
    in_doubt(world, Reply.ACCEPT_THEN_UNKNOWN, proves=False)
    (touch,) = world.rows("touch", step="@ack")
    assert prove(world.ctx, touch.id, touch.attempt + 1) is False
    assert prove(world.ctx, touch.id, touch.attempt) is True
    assert status(world) == "sent"
    assert prove(world.ctx, touch.id, touch.attempt) is False
    assert prove(world.ctx, 999_999, 1) is False


def test_a_provider_that_is_faster_than_our_own_record_is_asked_to_say_it_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = Slow(world)
    world.ctx = replace(world.ctx, transports={"email": transport, "sms": transport})
    monkeypatch.setattr(sending, "_call", lambda *_args: None)  # the intent is committed, and nothing follows
    world.tick()
    (touch,) = world.rows("touch", step="@ack", status="sending")
    with pytest.raises(ProspectBusy):
        prove(world.ctx, touch.id, touch.attempt)


def test_what_was_quarantined_can_be_released_and_is_sent_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = RecordingTransport(world.clock)
    world.ctx = replace(world.ctx, transports={"email": transport, "sms": transport})
    for _ in range(3):
        monkeypatch.setattr(sending, "_call", lambda *_args: None)
        world.tick()
        monkeypatch.undo()
        world.clock.set(world.clock() + 3 * MINUTE)
        recover(world.ctx)
    assert status(world) == "quarantined"
    (touch,) = world.rows("touch", step="@ack")
    release_quarantined(world.ctx, touch.id, actor="tom")
    world.tick()
    assert (status(world), len(transport.accepted)) == ("sent", 1)
    assert [row.actor for row in world.rows("audit", action="release")] == ["tom"]
    with pytest.raises(EngineError, match="is not in quarantine"):
        release_quarantined(world.ctx, touch.id, actor="tom")
