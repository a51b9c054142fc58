"""What providers tell us becomes facts about the right person, once, in any order; what cannot be read is seen."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from engine.channels.simulated import RecordingTransport, Reply
from engine.core.errors import Conflict
from engine.core.providers import Channels
from engine.operations import authoring
from engine.operations.incoming import arrivals, webhooks
from engine.operations.incoming.arrivals import Arrived, Provider
from engine.operations.incoming.webhooks import Forged, Knock
from engine.operations.queries import arrived
from engine.store import tables
from tests.operations.conftest import MORNING
from tests.support.databases import Databases, Shelf, migrate, on_sqlite
from tests.support.signing import sendgrid_signer
from tests.support.webhooks import (
    hear_events,
    hear_status,
    sendgrid_event,
    sendgrid_knock,
    status_knock,
    with_doors,
)
from tests.support.world import World, open_world, shipped_project

PHONE = "+12125550100"


def _fill(url: str) -> None:
    """Ada has been sent the first mail of the sequence."""
    migrate(url)
    world = open_world(url, Path(), MORNING, transports={})
    authoring.apply(world.ctx, shipped_project(), actor="test")
    sink = RecordingTransport(world.clock)
    world.ctx = replace(world.ctx, transports={"email": sink, "sms": sink})
    world.enroll(
        "outbound-7x3x21",
        world.add_prospect(email="ada@example.com", phone=PHONE, zone="America/New_York", country="US"),
    )
    later(world, timedelta(hours=2))
    world.tick()
    assert touch(world).status == "sent"
    world.ctx.database.close()


@pytest.fixture(scope="module")
def written_to(databases: Databases) -> Shelf:
    return Shelf(databases, _fill)


@pytest.fixture
def known(written_to: Shelf) -> Iterator[World]:
    with written_to.copy() as url:
        world = open_world(url, Path(), MORNING + timedelta(hours=3), transports={})
        sink = RecordingTransport(world.clock)
        world.ctx = replace(with_doors(world.ctx), transports={"email": sink, "sms": sink})
        yield world
        world.ctx.database.close()


def later(world: World, by: timedelta) -> None:
    world.clock.set(world.clock() + by)


def touch(world: World) -> Any:
    return world.rows("touch")[0]


def events(world: World) -> list[tuple[str, int | None]]:
    return [(row.kind, row.touch_id) for row in world.rows("event")]


def test_a_delivery_is_a_fact_about_the_touch(known: World) -> None:
    hear_events(known.ctx, sendgrid_event("delivered", touch_id=str(touch(known).id), touch_attempt="1"))
    assert touch(known).delivered_at is not None
    assert [row.status for row in known.rows("arrival")] == ["applied"]


def test_the_same_event_twice_is_one_arrival_and_one_fact(known: World) -> None:
    told = sendgrid_event("delivered", touch_id=str(touch(known).id), touch_attempt="1")
    hear_events(known.ctx, told)
    hear_events(known.ctx, told, sendgrid_event("processed"))
    assert len(known.rows("arrival")) == 2
    assert events(known) == [("delivered", touch(known).id)]


@on_sqlite
@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 no such user"}, "bounced"),
        ({"event": "bounce", "type": "bounce", "status": "4.2.2", "reason": "452 mailbox full"}, "soft_bounced"),
        ({"event": "bounce", "type": "blocked", "status": "5.1.1", "reason": "550 5.1.1 blocked"}, "soft_bounced"),
        ({"event": "dropped", "reason": "Bounced Address"}, "bounced"),
        ({"event": "dropped", "reason": "Unsubscribed Address"}, "opted_out"),
        ({"event": "dropped", "reason": "Spam Reporting Address"}, "complained"),
        ({"event": "dropped", "reason": "Spam Content"}, "undelivered"),
        ({"event": "spamreport"}, "complained"),
        ({"event": "unsubscribe"}, "opted_out"),
        ({"event": "group_unsubscribe"}, "opted_out"),
        ({"event": "click", "url": "https://example.com", "useragent": "Mozilla/5.0 (iPhone)"}, "clicked"),
        ({"event": "click", "url": "https://example.com", "useragent": "Mozilla/5.0 Mimecast"}, "machine_clicked"),
        ({"event": "click", "url": "https://example.com"}, "machine_clicked"),
    ],
)
def test_every_event_of_sendgrid_has_its_kind(known: World, told: dict[str, Any], kind: str) -> None:
    named: dict[str, Any] = {"touch_id": str(touch(known).id), "touch_attempt": "1"}
    hear_events(known.ctx, sendgrid_event(told["event"], **named | told))
    assert events(known) == [(kind, touch(known).id)]


def test_a_nul_in_what_a_server_said_keeps_no_bounce_from_being_applied(known: World) -> None:
    hear_events(known.ctx, sendgrid_event("bounce", status="5.1.1", reason="5.1.1 no\0such user"))
    (bounce,) = known.rows("event", kind="bounced")
    assert bounce.applied_at is not None
    assert bounce.body["detail"] == "5.1.1 no such user"


@on_sqlite
@pytest.mark.parametrize("name", ["processed", "deferred", "open", "group_resubscribe"])
def test_what_decides_nothing_is_no_fact(known: World, name: str) -> None:
    hear_events(known.ctx, sendgrid_event(name, touch_id=str(touch(known).id), touch_attempt="1", attempt="3"))
    assert events(known) == []
    assert [row.status for row in known.rows("arrival")] == ["applied"]


def test_a_touch_of_another_installation_is_not_ours(known: World) -> None:
    named: dict[str, Any] = {"touch_id": str(touch(known).id), "email": "other@example.org"}
    hear_events(known.ctx, sendgrid_event("delivered", **named))
    assert events(known) == []
    assert touch(known).delivered_at is None


def test_an_opt_out_without_our_touch_is_heard_by_its_address(known: World) -> None:
    hear_events(known.ctx, sendgrid_event("unsubscribe", email="Ada+x@Example.com"))
    assert events(known) == [("opted_out", None)]
    assert known.rows("enrollment")[0].end_reason == "opted_out"


def test_a_complaint_without_our_touch_is_charged_to_the_mailbox_that_wrote_to_them_last(known: World) -> None:
    then = int(known.clock().timestamp())
    hear_events(known.ctx, sendgrid_event("spamreport", email="Ada+x@Example.com", timestamp=then))
    assert events(known) == [("complained", None)]
    assert touch(known).complained_at is not None


def test_an_opt_out_of_an_address_that_nobody_has_closes_the_address(known: World) -> None:
    hear_events(known.ctx, sendgrid_event("spamreport", email="stranger@example.org"))
    assert [(row.scope, row.key, row.channel, row.reason) for row in known.rows("suppression")] == [
        ("address", "stranger@example.org", "all", "complained")
    ]


def in_doubt(world: World) -> Any:
    """Another person, of whose mail nobody knows what became."""
    world.ctx.transports["email"].answer_next(Reply.UNKNOWN)  # type: ignore[attr-defined]  # a recording transport
    person = world.add_prospect(
        "Bo Example", email="bo@example.org", phone=PHONE, zone="America/New_York", country="US"
    )
    world.enroll("outbound-7x3x21", person, rep="ana-diaz")
    later(world, timedelta(minutes=10))
    world.tick()
    (row,) = world.rows("touch", prospect_id=person, verb="email", lane="auto")[:1]
    assert row.status == "in_doubt"
    return row


def of(world: World, row: Any) -> Any:
    return world.rows("touch", id=row.id)[0]


def told_of(row: Any, name: str = "processed") -> dict[str, Any]:
    return sendgrid_event(name, touch_id=str(row.id), touch_attempt="1", email="bo@example.org")


@pytest.fixture
def doubtful(known: World) -> World:
    nothing = RecordingTransport(known.clock, keeps_evidence=False)
    known.ctx = replace(known.ctx, transports={"email": nothing, "sms": nothing})
    return known


def test_what_sendgrid_has_processed_was_sent(doubtful: World) -> None:
    row = in_doubt(doubtful)
    hear_events(doubtful.ctx, told_of(row))
    assert of(doubtful, row).status == "sent"
    assert events(doubtful) == []


def test_what_is_told_of_another_attempt_proves_nothing_of_this_one(doubtful: World) -> None:
    row = in_doubt(doubtful)
    hear_events(doubtful.ctx, told_of(row) | {"touch_attempt": "2"})
    assert of(doubtful, row).status == "in_doubt"


def change(world: World, row: Any, **values: Any) -> None:
    with world.ctx.database.write() as connection:
        connection.execute(update(tables.touch).where(tables.touch.c.id == row.id).values(**values))


def test_a_webhook_that_overtakes_our_own_record_waits_for_it(doubtful: World) -> None:
    row = in_doubt(doubtful)
    change(doubtful, row, status="sending", lease_until=doubtful.clock() + timedelta(minutes=2))
    hear_events(doubtful.ctx, told_of(row, "delivered"))
    assert [one.status for one in doubtful.rows("arrival")] == ["waiting"]
    assert events(doubtful) == []
    change(doubtful, row, status="in_doubt")
    doubtful.tick()
    assert of(doubtful, row).status == "sent"
    assert of(doubtful, row).delivered_at is not None
    assert [one.status for one in doubtful.rows("arrival")] == ["applied"]


def test_what_went_out_and_would_be_sent_again_is_held_for_a_person(doubtful: World) -> None:
    row = in_doubt(doubtful)
    change(doubtful, row, status="scheduled", due_at=doubtful.clock() + timedelta(hours=1))
    hear_events(doubtful.ctx, told_of(row))
    assert (of(doubtful, row).status, of(doubtful, row).reason) == ("held", "no_proof")


def test_a_text_that_arrived_and_one_that_did_not(known: World) -> None:
    hear_status(known.ctx, "delivered", touch=999)
    assert events(known) == [("delivered", None)]
    hear_status(known.ctx, "undelivered", touch=999, ErrorCode="30003", MessageSid="SM2")
    assert events(known)[1:] == [("undelivered", None)]
    assert known.rows("suppression") == []


@on_sqlite
@pytest.mark.parametrize("code", ["30005", "30006"])
def test_a_number_that_takes_no_texts_gets_none_again_but_may_be_called(known: World, code: str) -> None:
    hear_status(known.ctx, "undelivered", touch=999, ErrorCode=code)
    assert [(row.scope, row.key, row.channel) for row in known.rows("suppression")] == [("address", PHONE, "sms")]
    assert [row.dead_reason for row in known.rows("address", kind="phone")] == [None]


def test_who_has_told_twilio_to_stop_has_told_us(known: World) -> None:
    hear_status(known.ctx, "failed", touch=999, ErrorCode="21610")
    assert known.rows("enrollment")[0].end_reason == "opted_out"


@on_sqlite
@pytest.mark.parametrize("status", ["queued", "sending", "sent", "accepted", "canceled"])
def test_a_text_on_its_way_is_no_fact(known: World, status: str) -> None:
    hear_status(known.ctx, status, touch=999)
    assert events(known) == []


def doors(world: World) -> dict[str, tuple[Callable[..., Any], Knock]]:
    return {
        "events": (webhooks.sendgrid_events_came, sendgrid_knock(world.clock(), sendgrid_event("open"))),
        "status": (webhooks.status_came, status_knock(world.ctx, "sent")),
    }


@on_sqlite
@pytest.mark.parametrize("door", ["events", "status"])
def test_a_forged_webhook_leaves_no_trace(known: World, door: str) -> None:
    came, knock = doors(known)[door]
    with pytest.raises(Forged):
        came(known.ctx, replace(knock, body=knock.body + b" "))
    assert known.rows("arrival") == []
    came(known.ctx, knock)
    assert len(known.rows("arrival")) == 1


def test_a_door_without_keys_is_closed(known: World) -> None:
    for came, knock in doors(known).values():
        with pytest.raises(Forged):
            came(replace(known.ctx, channels=Channels()), knock)


@pytest.mark.parametrize(
    "body", [b"[{]", b'{"event": "bounce"}', b'[{"event": "sing"}]'], ids=["no JSON", "no list", "an unknown event"]
)
def test_what_cannot_be_read_is_kept_and_shown(known: World, body: bytes) -> None:
    knock = Knock(sendgrid_signer().sign(body, known.clock()), body)
    arrivals.apply(known.ctx, webhooks.sendgrid_events_came(known.ctx, knock))
    (shown,) = arrived.list_arrivals(known.ctx, "stuck").items
    assert shown.provider == "sendgrid"
    assert shown.note
    assert known.rows("arrival")[0].body in (body, b'{"event":"sing"}')


def test_one_event_that_nobody_can_read_keeps_no_opt_out_from_being_heard(known: World) -> None:
    named = f'"email": "ada@example.com", "touch_id": "{touch(known).id}"'
    odd = ['"sing"', r'{"event": "open", "useragent": "\ud83d"}', '{"event": ["bounce"]}', r'{"sg_event_id": "\u0000"}']
    body = f'[{", ".join(odd)}, {{"event": "unsubscribe", {named}}}]'.encode()
    knock = Knock(sendgrid_signer().sign(body, known.clock()), body)
    arrivals.apply(known.ctx, webhooks.sendgrid_events_came(known.ctx, knock))
    assert events(known) == [("opted_out", touch(known).id)]
    assert sorted(row.status for row in known.rows("arrival")) == ["applied", "stuck", "stuck", "stuck", "stuck"]


def test_a_passing_trouble_is_tried_again_and_a_lasting_one_is_stuck(
    known: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> Any:
        raise OSError("the disk is away")

    (made,) = arrivals.store(known.ctx, [Arrived(Provider.SENDGRID, "k", b'{"event": "open"}')])
    readers = dict(arrivals._READERS)
    monkeypatch.setattr(arrivals, "_READERS", {**readers, Provider.SENDGRID: breaks})
    for tries in range(1, arrivals.TRIES + 1):
        assert known.rows("arrival")[0].status == "waiting"
        arrivals.apply_waiting(known.ctx)
        assert known.rows("arrival")[0].tries == tries
    assert known.rows("arrival")[0].status == "stuck"
    monkeypatch.setattr(arrivals, "_READERS", readers)
    arrivals.retry(known.ctx, made, actor="tom-lee")
    assert known.rows("arrival")[0].status == "ignored"
    assert [row.actor for row in known.rows("audit", action="retry")] == ["tom-lee"]


def test_only_what_is_stuck_can_be_read_again(known: World) -> None:
    hear_events(known.ctx, sendgrid_event("open"))
    with pytest.raises(Conflict, match="not stuck"):
        arrivals.retry(known.ctx, known.rows("arrival")[0].id, actor="tom-lee")


def test_what_was_read_is_forgotten_after_thirty_days_and_what_was_not_stays(known: World) -> None:
    hear_events(known.ctx, sendgrid_event("open"), {"event": "sing", "sg_event_id": "x"})
    later(known, timedelta(days=29))
    assert arrivals.forget_old(known.ctx) == 0
    later(known, timedelta(days=2))
    assert arrivals.forget_old(known.ctx) == 1
    assert [row.status for row in known.rows("arrival")] == ["stuck"]


def test_an_event_can_neither_come_from_the_future_nor_from_nowhere(known: World) -> None:
    ahead = int((known.clock() + timedelta(days=9)).timestamp())
    hear_events(known.ctx, sendgrid_event("delivered", touch_id=str(touch(known).id), timestamp=ahead))
    assert known.rows("event")[0].at <= known.clock()
