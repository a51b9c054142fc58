"""What stands in the way of everything automatic: unread answers, a broken sender, complaints, bad imports."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update
from structlog.testing import capture_logs

from engine.channels.envelope import Envelope
from engine.channels.simulated import RecordingTransport, Reply
from engine.core.errors import Conflict, NotFound
from engine.core.outcome import Rejected, SendOutcome
from engine.core.providers import Replies
from engine.core.sequence import Verb
from engine.operations import steering
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.reaching.reach import Ways
from engine.operations.safeguards import health
from engine.store import heartbeats, tables
from engine.store.connection import Record
from tests.support.databases import Shelf, on_sqlite
from tests.support.world import World, open_world

MORNING = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)  # Wednesday, 11:30 in New York
MINUTE = timedelta(minutes=1)
ACK, INTRO = ("call-in-15", "@ack"), ("outbound-7x3x21", "intro")


class Sink(RecordingTransport):
    """`answers` by recipient; all others are accepted."""

    answers: dict[str, SendOutcome]

    def send(self, envelope: Envelope) -> SendOutcome:
        return self.answers.get(envelope.recipient) or super().send(envelope)


@pytest.fixture
def world(filled: Shelf) -> Iterator[World]:
    with filled.copy() as url:
        made = open_world(url, Path(), MORNING, transports={})
        yield made
        made.ctx.database.close()


@pytest.fixture
def sink(world: World) -> Sink:
    made = Sink(world.clock)
    made.answers = {}
    world.ctx = replace(world.ctx, transports={"email": made, "sms": made})
    return made


def add(world: World, name: str) -> int:
    mail, phone = f"{name}@{name}.example", f"+1212555{len(world.rows('prospect')):04}"
    return world.add_prospect(name, email=mail, phone=phone, zone="America/New_York", zone_origin="own", country="US")


def enroll(world: World, *names: str, sequence: str = "call-in-15", batch: str = "single") -> list[int]:
    people = [add(world, name) for name in names]
    assert len(world.enroll(sequence, *people, batch=batch).enrolled) == len(names)
    return people


def live(world: World, minutes: float) -> None:
    world.clock.set(world.clock() + minutes * MINUTE)
    world.tick()


def states(world: World, step: str = "@ack") -> list[tuple[str, str | None]]:
    return [(row.status, row.reason) for row in world.rows("touch", step=step)]


# An inbox that nobody reads


def synced(world: World, *at: datetime | None) -> None:
    """The folders of every mailbox were read then; answers are expected by IMAP."""
    addresses = {row.address.casefold(): Replies.IMAP for row in world.rows("mailbox")}
    world.ctx = replace(world.ctx, replies=addresses)
    with world.ctx.database.write() as connection:
        connection.execute(tables.mail_sync.delete())
        for mailbox in world.rows("mailbox"):
            for number, when in enumerate(at):
                row = {"mailbox_id": mailbox.id, "folder": f"INBOX{number}", "synced_at": when}
                connection.execute(insert(tables.mail_sync).values(**row))


def test_while_answers_by_imap_are_not_read_nothing_leaves(world: World, sink: Sink) -> None:
    enroll(world, "ada")
    synced(world, MORNING - 16 * MINUTE)
    world.tick()
    assert (states(world), sink.accepted) == ([("scheduled", "inbox_stale")], [])
    assert world.rows("touch", step="@ack")[0].due_at == MORNING
    synced(world, MORNING + 2 * MINUTE)
    live(world, 3)
    assert states(world) == [("sent", None)]


@on_sqlite
@pytest.mark.parametrize("folders", [(), (None,), (MORNING, None), (MORNING, MORNING - 16 * MINUTE)])
def test_every_folder_counts(world: World, sink: Sink, folders: tuple[datetime | None, ...]) -> None:
    enroll(world, "ada")
    synced(world, *folders)
    world.tick()
    assert (states(world), sink.accepted) == ([("scheduled", "inbox_stale")], [])


def test_answers_by_webhook_are_heard_while_somebody_takes_them_and_reads_them(world: World, sink: Sink) -> None:
    enroll(world, "ada")
    world.ctx = replace(world.ctx, replies={row.address.casefold(): Replies.PARSE for row in world.rows("mailbox")})
    world.tick()
    assert states(world) == [("scheduled", "inbox_stale")]
    arrived = {"provider": "parse", "dedupe_key": "1", "body": b"", "received_at": MORNING, "status": "waiting"}
    with world.ctx.database.write() as connection:
        connection.execute(insert(tables.arrival).values(**arrived, note="", tries=0))
        heartbeats.beat(connection, heartbeats.WEB, MORNING + 20 * MINUTE)
    live(world, 20)
    assert states(world) == [("scheduled", "inbox_stale")]
    with world.ctx.database.write() as connection:
        connection.execute(update(tables.arrival).values(status="stuck"))
    live(world, 3)
    assert states(world) == [("sent", None)]
    assert len(sink.accepted) == 1


# A sender that is broken


def test_one_release_frees_everything_that_was_held_for_a_broken_mailbox(world: World, sink: Sink) -> None:
    sink.answer_next(Reply.SENDER_BROKEN)
    enroll(world, "ada", "bob", "cyd")
    with capture_logs() as said:
        world.tick()
    assert states(world) == [("held", "sender_broken")] * 3
    assert [told["event"] for told in said] == ["a mailbox is held"]
    first = world.rows("touch", step="@ack")[0].id
    steering.release(world.ctx, first, actor="tom-lee")
    live(world, 1)
    assert [status for status, _ in states(world)] == ["sent"] * 3
    released = [row for row in world.rows("audit", action="release") if row.subject in ("touch", "mailbox")]
    assert {row.actor for row in released} == {"tom-lee"}
    assert [row.subject for row in released].count("mailbox") == 1


def text_instead(world: World, people: list[int]) -> None:
    """The answers of these people are to go out as text messages."""
    with world.ctx.database.write() as connection:
        mine = tables.touch.c.prospect_id.in_(people) & (tables.touch.c.step == "@ack")
        connection.execute(update(tables.touch).where(mine).values(verb=Verb.SMS.value))
        for person in people:
            row = {"prospect_id": person, "channel": "sms", "basis": "express", "text": "yes", "source": "form"}
            connection.execute(insert(tables.consent).values(**row, actor="test", at=MORNING))


@pytest.fixture
def sms_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """No shipped sequence writes text messages."""
    from engine.operations.delivery import rendering  # noqa: PLC0415

    made = rendering.Prepared(b"Hello", "", "+12125550199", "", "", "Hello", "en")

    def prepare(_act: Act, due: Record, ways: Ways) -> rendering.Prepared:
        address = ways.address_for(due)
        assert address is not None
        return replace(made, message_id=f"sms-{due.id}", recipient=address.value)

    monkeypatch.setattr(rendering, "prepare", prepare)


@pytest.mark.usefixtures("sms_templates")
def test_a_broken_text_account_holds_texts_alone_and_one_release_frees_them(world: World, sink: Sink) -> None:
    people = enroll(world, "ada", "bob")
    text_instead(world, people)
    sink.answer_next(Reply.SENDER_BROKEN)
    world.tick()
    assert states(world) == [("held", "sender_broken")] * 2
    enroll(world, "cyd")
    live(world, 1)
    assert states(world)[-1] == ("sent", None)
    steering.release(world.ctx, world.rows("touch", step="@ack")[0].id, actor="tom-lee")
    live(world, 1)
    assert [status for status, _ in states(world)] == ["sent"] * 3


@pytest.mark.usefixtures("sms_templates")
def test_who_has_told_the_provider_no_has_opted_out_of_texts(world: World, sink: Sink) -> None:
    (ada,) = enroll(world, "ada")
    text_instead(world, [ada])
    (phone,) = world.rows("address", prospect_id=ada, kind="phone")
    sink.answers = {phone.value: Rejected("21610: unsubscribed recipient", opted_out=True)}
    world.tick()
    assert [status for status, _ in states(world)] == ["failed"]
    covers = [(row.scope, row.key, row.channel, row.reason) for row in world.rows("suppression")]
    assert covers == [("address", phone.match_key, "sms", "opted_out")]
    assert world.rows("address", id=phone.id)[0].dead_reason is None
    assert [row.status for row in world.rows("enrollment")] == ["active"]


# Complaints


def complain(world: World, person: int, key: str) -> None:
    touch = world.rows("touch", prospect_id=person, step="@ack")[0]
    ingest(world.ctx, Inbound("complained", person, world.clock(), key, touch_id=touch.id))


def test_three_complaints_stop_the_domain_for_a_week(world: World, sink: Sink) -> None:
    people = enroll(world, "ada", "bob", "cyd")
    world.tick()
    assert len(sink.accepted) == 3
    complain(world, people[0], "1")
    assert world.rows("breaker") == []
    complain(world, people[1], "2")
    assert [(row.scope, row.level) for row in world.rows("breaker")] == [("domain", "alert")]
    complain(world, people[2], "3")
    (stop,) = world.rows("breaker", level="stop")
    enroll(world, "dan")
    live(world, 1)
    assert states(world)[-1] == ("held", "domain_stopped")
    assert health.judge_again(world.ctx) == 0
    world.clock.set(stop.resume_at)
    assert health.judge_again(world.ctx) == 2
    live(world, 1)
    assert states(world)[-1] == ("held", "stale")
    enroll(world, "eve")
    live(world, 1)
    assert states(world)[-1] == ("sent", None)


def test_a_complaint_while_it_is_stopped_begins_the_clean_days_anew(world: World, sink: Sink) -> None:
    people = enroll(world, "ada", "bob", "cyd", "dan")
    world.tick()
    for number, person in enumerate(people[:3]):
        complain(world, person, str(number))
    live(world, 5 * 24 * 60)
    complain(world, people[3], "late")
    (stop,) = world.rows("breaker", level="stop")
    assert stop.resume_at == world.clock() + timedelta(days=7)
    assert len(sink.accepted) == 4


@pytest.mark.usefixtures("sink")
def test_a_complaint_that_names_no_mail_is_charged_to_the_last_one_to_that_address(world: World) -> None:
    """For thirty days, once for each person, by when it came; an address that we have not written to accuses nobody."""
    ada, bob, cyd, dan = enroll(world, "ada", "bob", "cyd", "dan")
    world.tick()
    live(world, 9 * 24 * 60)
    for key, person, body in (
        ("1", ada, {"address": "ADA@example.com", "from": "elsewhere@example.org"}),
        ("2", ada, {}),
        ("3", bob, {"address": "another@example.com"}),
        ("4", cyd, {}),
    ):
        ingest(world.ctx, Inbound("complained", person, world.clock(), key, body=body))
    assert [row.prospect_id for row in world.rows("touch") if row.complained_at] == [ada, cyd]
    assert [(row.scope, row.level) for row in world.rows("breaker")] == [("domain", "alert")]
    world.clock.set(world.clock() + timedelta(days=40))
    ingest(world.ctx, Inbound("complained", dan, world.clock(), "5"))
    assert [row.level for row in world.rows("breaker")] == ["alert"]


def test_a_person_releases_a_stop_once_and_what_it_held_goes_on(world: World, sink: Sink) -> None:
    people = enroll(world, "ada", "bob", "cyd")
    world.tick()
    for number, person in enumerate(people):
        complain(world, person, str(number))
    enroll(world, "dan")
    live(world, 1)
    (stop,) = world.rows("breaker", level="stop")
    assert health.release(world.ctx, stop.id, actor="admin") == 1
    live(world, 1)
    assert (states(world)[-1], len(sink.accepted)) == (("sent", None), 4)
    assert [row.actor for row in world.rows("audit", action="release", subject="domain")] == ["admin"]
    with pytest.raises(Conflict, match="is over already"):
        health.release(world.ctx, stop.id, actor="admin")
    with pytest.raises(NotFound):
        health.release(world.ctx, 999, actor="admin")


# Imports


def bounce(world: World, person: int, key: str) -> None:
    touch = world.rows("touch", prospect_id=person, step="@ack")[0]
    ingest(world.ctx, Inbound("bounced", person, world.clock(), key, touch_id=touch.id))


def test_two_bounces_among_its_first_mails_hold_an_import_and_nobody_else(world: World, sink: Sink) -> None:
    people = enroll(world, "ada", "bob", "cyd", batch="spring")
    world.tick()
    bounce(world, people[0], "1")
    assert world.rows("breaker") == []
    bounce(world, people[1], "2")
    (stop,) = world.rows("breaker")
    assert (stop.scope, stop.key, stop.level, stop.resume_at) == ("batch", "spring", "stop", None)
    enroll(world, "dan", batch="spring")
    enroll(world, "eve", batch="autumn")
    live(world, 1)
    assert states(world)[-2:] == [("held", "batch_stopped"), ("sent", None)]
    health.release(world.ctx, stop.id, actor="admin")
    live(world, 1)
    assert states(world)[-2] == ("sent", None)
    bounce(world, people[2], "3")
    assert len(world.rows("breaker")) == 1
    assert len(sink.accepted) == 5


def test_addresses_that_are_refused_at_the_door_count_as_bounces(world: World, sink: Sink) -> None:
    sink.answers = {f"{name}@{name}.example": Rejected("550 no such user", suppress=True) for name in ("ada", "bob")}
    enroll(world, "ada", "bob", batch="spring")
    world.tick()
    assert [(row.scope, row.key) for row in world.rows("breaker")] == [("batch", "spring")]


def test_people_who_were_enrolled_under_no_name_are_judged_by_their_order(world: World, sink: Sink) -> None:
    first = enroll(world, "ada", "bob")
    world.tick()
    bounce(world, first[0], "1")
    live(world, 1)
    second = enroll(world, "cyd", "dan", "eve")
    world.tick()
    bounce(world, second[0], "2")
    assert world.rows("breaker") == []
    bounce(world, second[1], "3")
    (stop,) = world.rows("breaker")
    late = world.rows("enrollment", prospect_id=second[2])[0]
    assert stop.key == f"single {late.enrolled_at.isoformat()}"
    assert len(sink.accepted) == 5


def test_after_forty_good_mails_an_import_is_trusted(world: World, sink: Sink) -> None:
    people = enroll(world, *(f"p{n}" for n in range(43)), batch="spring")
    world.tick()
    with begin(world.ctx) as act:  # as they would leave on different days
        for minute, row in enumerate(world.rows("touch", step="@ack")):
            one = tables.touch.c.id == row.id
            act.connection.execute(update(tables.touch).where(one).values(ended_at=MORNING + minute * MINUTE))
    for number in (0, 41, 42):
        bounce(world, people[number], str(number))
    assert world.rows("breaker") == []
    assert len(sink.accepted) == 43
