"""What the tick owes to everybody else when one person, one touch or one row is in the way."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from sqlalchemy import insert, literal_column, select, update
from sqlalchemy.exc import DBAPIError

from engine.channels.envelope import Envelope
from engine.channels.simulated import RecordingTransport, Reply
from engine.core.errors import EngineError
from engine.core.outcome import Rejected, SendOutcome
from engine.operations import steering
from engine.operations.act import Act
from engine.operations.context import Context
from engine.operations.delivery import refusing, rendering, sending
from engine.operations.delivery.dispatch import one_pass
from engine.operations.delivery.preparing import Ready
from engine.operations.delivery.recovery import recover, settle_by_hand
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.reaching.reach import Ways
from engine.store import locks, plans, reservations, tables
from engine.store.connection import Record
from engine.store.database import Database
from tests.support.databases import Shelf
from tests.support.world import World, open_world

NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Sink(RecordingTransport):
    """`dead`: addresses that the other side says do not exist."""

    dead: frozenset[str] = frozenset()

    def send(self, envelope: Envelope) -> SendOutcome:
        if envelope.recipient in self.dead:
            return Rejected("no such user", suppress=True)
        return super().send(envelope)


@pytest.fixture
def world(filled: Shelf) -> Iterator[World]:
    """Three people asked for a call; their answers are due. The first of them has two addresses."""
    with filled.copy() as url:
        made = open_world(url, Path(), NOON, transports={})
        emails = (["a@a.example", "a@b.example"], "b@b.example", "c@c.example")
        people = [made.add_prospect(f"P{n}", email=email, zone="UTC") for n, email in enumerate(emails)]
        made.enroll("call-in-15", *people)
        yield made
        made.ctx.database.close()


def _listen(world: World, *, keeps_evidence: bool = True) -> Sink:
    sink = Sink(world.clock, keeps_evidence=keeps_evidence)
    world.ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
    return sink


def _later(world: World, by: timedelta = MINUTE) -> None:
    world.clock.set(world.clock() + by)
    world.tick()


def _answers(world: World) -> list[str]:
    return [row.status for row in world.rows("touch", step="@ack")]


def test_one_touch_that_breaks_does_not_keep_the_others_from_being_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink, prepare = _listen(world), rendering.prepare

    def broken_for_the_first(act: Act, due: Record, ways: Ways) -> rendering.Prepared:
        if due.prospect_id == 1:
            raise ZeroDivisionError
        return prepare(act, due, ways)

    monkeypatch.setattr(rendering, "prepare", broken_for_the_first)
    with pytest.raises(ZeroDivisionError):
        world.tick()
    assert [call.envelope.recipient for call in sink.accepted] == ["b@b.example", "c@c.example"]
    monkeypatch.undo()
    _later(world)
    assert _answers(world) == ["sent"] * 3


def test_what_breaks_while_it_is_refused_is_not_half_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were its step skipped and nothing planned after it, its lane would end without a word."""
    sink = _listen(world)
    steering.suppress(world.ctx, steering.Ban("address", "b@b.example", "asked", channel="email"), actor="tom")

    def broken(act: Act, _ids: Iterable[int]) -> None:
        act.connection.execute(select(literal_column("no_such_column")))

    monkeypatch.setattr(refusing, "advance", SimpleNamespace(proceed=broken))
    with pytest.raises(DBAPIError):
        world.tick()
    assert [call.envelope.recipient for call in sink.accepted] == ["a@a.example", "c@c.example"]
    assert _answers(world) == ["sent", "scheduled", "sent"]
    monkeypatch.undo()
    _later(world)
    assert _answers(world) == ["sent", "skipped", "sent"]


def test_a_sequence_that_cannot_be_read_keeps_nobody_else_from_being_called_and_written_to(world: World) -> None:
    sink, broken = _listen(world), world.add_prospect("P4", email="d@d.example", phone="+15550100", zone="UTC")
    world.enroll("call-in-15", broken, world.add_prospect("P5", email="e@e.example", phone="+15550101", zone="UTC"))
    _lose_the_plan_of(world, broken)
    with pytest.raises(TypeError, match="missing"):
        world.tick()
    assert sorted(call.envelope.recipient[0] for call in sink.accepted) == ["a", "b", "c", "e"]
    assert [row.prospect_id for row in world.rows("task", kind="call")] == [broken + 1]
    assert {row.status for row in world.rows("touch", prospect_id=broken)} == {"scheduled"}


def _lose_the_plan_of(world: World, prospect_id: int) -> None:
    """As if another release had written it."""
    (known,) = world.rows("sequence_version", id=world.rows("enrollment", prospect_id=prospect_id)[0].version_id)
    row = {name: value for name, value in known._mapping.items() if name != "id"}
    new = insert(tables.sequence_version).values(**row | {"number": 99, "hash": "99", "definition": "{}"})
    with world.ctx.database.write() as connection:
        version = connection.execute(new.returning(tables.sequence_version.c.id)).scalar_one()
        theirs = update(tables.enrollment).where(tables.enrollment.c.prospect_id == prospect_id)
        connection.execute(theirs.values(version_id=version))


def test_who_is_held_just_now_is_left_to_a_later_tick_and_nobody_waits(world: World) -> None:
    _listen(world)
    with locks.sending(world.ctx.database, 1) as held:
        with held.guard() as connection:
            held.calling(connection, NOON + MINUTE)
        world.tick()
        assert _answers(world) == ["scheduled", "sent", "sent"]
        with held.record():
            pass
    _later(world)
    assert _answers(world) == ["sent"] * 3


def test_a_pause_that_is_over_waits_for_the_call_under_way_and_holds_nobody_up(world: World) -> None:
    _listen(world)
    steering.pause(world.ctx, 1, actor="tom", resume_at=NOON + MINUTE)
    with locks.sending(world.ctx.database, 1) as held:
        with held.guard() as connection:
            held.calling(connection, NOON + 5 * MINUTE)
        _later(world)
        assert world.rows("enrollment", id=1)[0].status == "paused"
        assert _answers(world)[1:] == ["sent", "sent"]
        with held.record():
            pass
    _later(world)
    assert world.rows("enrollment", id=1)[0].status == "active"


def test_a_mail_that_waits_for_a_sender_is_not_brought_forward_by_the_gap_of_its_mailbox(world: World) -> None:
    """They told us meanwhile that they are away: that decided when it is due."""
    sink, waiting = _listen(world), list[Ready]()
    world.tick()
    world.clock.set(NOON + 30 * MINUTE)
    one_pass(world.ctx, lambda _ctx, prepared: waiting.extend(prepared))
    (mail,) = waiting
    world.enroll("call-in-15", world.add_prospect("P4", email="d@d.example", zone="UTC"))
    world.tick()
    assert sink.accepted[-1].envelope.recipient == "d@d.example"  # an answer, which passes every cap and uses a unit
    away = {"until": "2026-05-04"}
    ingest(world.ctx, Inbound("out_of_office", mail.due.prospect_id, world.clock(), "away", body=away))
    (told,) = world.rows("touch", id=mail.due.id)
    sending.send(world.ctx, mail)
    assert (told.status, told.reason) == ("scheduled", "out_of_office")
    assert world.rows("touch", id=mail.due.id) == [told]


def test_nothing_leaves_while_sending_is_switched_off(world: World) -> None:
    sink = _listen(world)
    steering.switch_sending(world.ctx, is_on=False, actor="tom")
    _later(world)
    assert sink.accepted == []
    steering.switch_sending(world.ctx, is_on=True, actor="tom")
    _later(world)
    assert len(sink.accepted) == 3


def test_an_address_that_the_other_side_does_not_know_is_buried_and_the_next_one_used(world: World) -> None:
    sink = _listen(world)
    sink.dead = frozenset({"a@a.example"})
    world.tick()
    assert _answers(world) == ["failed", "sent", "sent"]
    covers = [(row.scope, row.key, row.channel, row.reason) for row in world.rows("suppression")]
    assert covers == [("address", "a@a.example", "email", "rejected")]
    assert [row.dead_reason for row in world.rows("address", prospect_id=1)] == ["rejected", None]
    assert world.rows("enrollment", id=1)[0].status == "active"


def test_a_mail_that_waits_for_a_sender_goes_to_the_next_address_when_its_own_dies(world: World) -> None:
    sink, waiting = _listen(world), list[Ready]()
    one_pass(world.ctx, lambda _ctx, prepared: waiting.extend(prepared))
    ingest(world.ctx, Inbound("bounced", 1, world.clock(), "1", body={"address": "a@a.example"}))
    for ready in waiting:
        sending.send(world.ctx, ready)
    world.tick()
    assert _answers(world) == ["sent"] * 3
    assert sorted(call.envelope.recipient for call in sink.accepted) == ["a@b.example", "b@b.example", "c@c.example"]


def test_what_was_judged_under_an_earlier_reservation_does_not_leave_under_a_later_one(world: World) -> None:
    """Between the new reservation and the new judgement a sender may come to what it has in hand."""
    sink, in_hand = _listen(world), list[Ready]()
    one_pass(world.ctx, deliver=lambda _ctx, prepared: in_hand.extend(prepared))
    ingest(world.ctx, Inbound("bounced", 1, world.clock(), "bounce", body={"address": "a@a.example"}))
    world.clock.set(world.clock() + MINUTE / 2)

    now, worker = world.clock(), world.ctx.worker
    with world.ctx.database.write() as connection:
        (renewed,) = reservations.reserve_due(
            connection, worker=worker, now=now, until=now + MINUTE, limit=9, automatic=True
        )
    for ready in in_hand:
        sending.send(world.ctx, ready)
    assert _answers(world) == ["scheduled", "sent", "sent"]
    with world.ctx.database.write() as connection:
        reservations.give_back(connection, [renewed.id])
    world.tick()
    assert sorted(call.envelope.recipient for call in sink.accepted) == ["a@b.example", "b@b.example", "c@c.example"]


def test_a_retry_goes_to_no_address_that_has_died_meanwhile(world: World) -> None:
    """The bytes name it; they are not written anew, and the step is skipped by name."""
    sink = _listen(world)
    sink.answer_next(Reply.DEFER)
    world.tick()
    steering.suppress(world.ctx, steering.Ban("address", "a@a.example", "bounced", channel="email"), actor="tom")
    _later(world, 10 * MINUTE)
    assert "a@a.example" not in [call.envelope.recipient for call in sink.accepted]
    skipped = world.rows("touch", step="@ack")[0]
    assert (skipped.status, skipped.reason) == ("skipped", "dead_address")


def test_a_retry_is_the_same_message_at_the_same_instant(world: World) -> None:
    sink = _listen(world)
    sink.answer_next(Reply.DEFER, Reply.ACCEPT, Reply.ACCEPT, Reply.DEFER)
    world.tick()
    first = world.rows("message", touch_id=world.rows("touch", step="@ack")[0].id)[0]
    _later(world, 2 * MINUTE)
    _later(world, 10 * MINUTE)
    (call,) = [call for call in sink.accepted if call.envelope.touch_id == first.touch_id]
    sent = call.envelope
    assert (sent.message_id, sent.payload, sent.at) == (first.message_id, first.payload, NOON)
    assert sent.attempt == 3


def test_after_five_calls_that_were_put_off_the_touch_has_failed_by_name(world: World) -> None:
    sink = _listen(world)
    sink.answer_next(*[Reply.DEFER] * 100)
    world.tick()
    for _ in range(9):
        _later(world, timedelta(hours=5))
    failed = world.rows("touch", step="@ack")
    assert [(row.status, row.reason, row.tries) for row in failed] == [("failed", "too_many_tries", 5)] * 3


def test_a_doubt_without_proof_stays_until_a_person_settles_it_once(world: World) -> None:
    sink = _listen(world, keeps_evidence=False)
    sink.answer_next(Reply.UNKNOWN, Reply.ACCEPT_THEN_UNKNOWN)
    world.tick()
    _later(world, timedelta(days=2))
    assert _answers(world) == ["in_doubt", "in_doubt", "sent"]
    one, two, _ = world.rows("touch", step="@ack")
    settle_by_hand(world.ctx, one.id, was_sent=False, actor="tom")
    settle_by_hand(world.ctx, two.id, was_sent=True, actor="tom")
    assert _answers(world) == ["skipped", "sent", "sent"]
    with pytest.raises(EngineError, match="is not in doubt"):
        settle_by_hand(world.ctx, one.id, was_sent=True, actor="ana")
    assert recover(world.ctx) == 0
    assert len([row for row in world.rows("audit", action="settle") if row.actor == "tom"]) == 2


def test_a_doubt_that_is_proven_absent_is_sent_again_unless_the_person_was_stopped(world: World) -> None:
    sink = _listen(world)
    sink.answer_next(*[Reply.UNKNOWN] * 3)
    world.tick()
    assert _answers(world) == ["in_doubt"] * 3
    steering.stop(world.ctx, 1, actor="tom")
    _later(world)
    assert _answers(world) == ["cancelled", "sent", "sent"]
    assert len(sink.accepted) == 2


def test_no_send_leaves_whose_guard_was_waiting_when_the_kill_switch_was_committed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its transaction has begun and waits for the person's lock: what is committed meanwhile is seen all the same."""
    sink, call = _listen(world), sending._call
    elsewhere = Database(world.ctx.database.url, durable=False)

    def switched_off_meanwhile(ctx: Context, ready: Ready) -> None:
        monkeypatch.setattr(sending, "_call", call)
        with locks.stopping(elsewhere, [ready.due.prospect_id], ctx.now) as connection:
            sender = Thread(target=call, args=(ctx, ready))
            sender.start()
            sender.join(0.2)
            assert sender.is_alive()
            plans.set_sending(connection, is_on=False)
        sender.join()

    monkeypatch.setattr(sending, "_call", switched_off_meanwhile)
    world.tick()
    elsewhere.close()
    assert sink.accepted == []
    assert {(row.status, row.reason, row.tries) for row in world.rows("touch", step="@ack")} == {
        ("scheduled", "sending_off", 0)
    }
    steering.switch_sending(world.ctx, is_on=True, actor="tom")
    _later(world)
    assert (len(sink.accepted), _answers(world)) == (3, ["sent"] * 3)


def test_what_has_killed_three_workers_is_set_apart_until_a_person_gives_it_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = _listen(world)
    for expected in ("scheduled", "scheduled", "quarantined"):
        monkeypatch.setattr(sending, "_call", lambda *_args: None)  # the intent is committed, and nothing follows
        world.tick()
        monkeypatch.undo()
        world.clock.set(world.clock() + 3 * MINUTE)
        recover(world.ctx)
        assert _answers(world) == [expected] * 3
    _later(world)
    assert (sink.accepted, _answers(world)) == ([], ["quarantined"] * 3)
    one, two, _ = world.rows("touch", step="@ack")
    assert one.reason == "workers_died"
    settle_by_hand(world.ctx, one.id, was_sent=False, actor="tom")
    assert _answers(world) == ["skipped", "quarantined", "quarantined"]
    with pytest.raises(EngineError, match="is not in doubt"):
        settle_by_hand(world.ctx, two.id, was_sent=True, actor="tom")


def test_a_sender_that_is_refused_holds_its_mailbox_and_blames_nobody(world: World) -> None:
    sink = _listen(world)
    sink.answer_next(Reply.SENDER_BROKEN)
    world.tick()
    assert {(row.status, row.reason, row.tries) for row in world.rows("touch", step="@ack")} == {
        ("held", "sender_broken", 0)
    }
    assert [row.held_reason for row in world.rows("mailbox") if row.held_reason] == ["told that the login is wrong"]
    assert world.rows("suppression") == []
