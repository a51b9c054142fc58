"""Who a mail says it is from, which thread it stands in, and where its answer goes: read as the receiver has it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from engine.channels.smtp.transport import SmtpMail
from engine.core.providers import Channels, MailWay, Replies, Security, Server, SmtpServer
from engine.core.touch import TouchEvent
from engine.operations import links
from engine.operations.act import act_on
from engine.operations.lifecycle import advance
from engine.store import plans, touches
from tests.support.databases import Shelf, on_sqlite
from tests.support.mail_servers import SmtpSink, smtp_sink
from tests.support.world import World, open_world

WEDNESDAY = datetime(2026, 3, 4, 15, tzinfo=UTC)
TOM = "tom.lee@northgate.example.com"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with smtp_sink() as made:
        yield made


@pytest.fixture
def world(filled: Shelf, sink: SmtpSink) -> Iterator[World]:
    """One person in outbound-7x3x21, whose mails leave by a real SMTP server."""
    transport = SmtpMail(SmtpServer(Server("127.0.0.1", sink.port, Security.NONE)))
    with filled.copy() as url:
        made = open_world(url, Path(), WEDNESDAY, transports={"email": transport, "sms": transport})
        person = made.add_prospect("Ada Miller", email="ada@acme.example", zone="UTC", zone_origin="own", country="US")
        made.enroll("outbound-7x3x21", person)
        yield made
        made.ctx.database.close()
        transport.close()


def mails(sink: SmtpSink) -> list[EmailMessage]:
    return [message_from_bytes(one.content, _class=EmailMessage, policy=policy.default) for one in sink.mails]


def send_next(world: World) -> None:
    """Goes to the hour at which the next mail is due."""
    (due,) = [row for row in world.rows("touch", verb="email") if row.status == "scheduled"]
    world.clock.set(max(world.clock(), due.due_at))
    world.tick()


def body_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@on_sqlite
def test_a_follow_up_stands_in_the_thread_of_the_mail_before(world: World, sink: SmtpSink) -> None:
    send_next(world)
    send_next(world)
    first, second = mails(sink)
    assert second["Subject"] == f"Re: {first['Subject']}"
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["References"] == first["Message-ID"]
    assert "References" not in first
    assert "In-Reply-To" not in first


@on_sqlite
def test_a_follow_up_whose_parent_was_skipped_has_a_subject_of_its_own(world: World, sink: SmtpSink) -> None:
    with act_on(world.ctx, 1) as act:
        (intro,) = world.rows("touch", step="intro")
        touches.move(act.connection, intro, TouchEvent.SKIP, now=act.now, reason="by_rep")
        advance.proceed(act, [intro.enrollment_id])
    send_next(world)
    (only,) = mails(sink)
    assert not only["Subject"].startswith("Re:")
    assert "References" not in only
    assert "In-Reply-To" not in only


@on_sqlite
def test_a_mail_is_from_its_mailbox_and_can_be_unsubscribed_in_one_click(world: World, sink: SmtpSink) -> None:
    send_next(world)
    (mail,) = mails(sink)
    assert str(mail["From"]) == f"Tom Lee <{TOM}>"
    assert sink.mails[0].sender == TOM
    assert "Reply-To" not in mail
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip("<>") in body_of(mail, "plain")
    assert mail.get_content_type() == "multipart/alternative"
    assert not list(mail.iter_attachments())


def test_the_signature_stands_between_the_letter_and_the_address(world: World, sink: SmtpSink) -> None:
    with world.ctx.database.write() as connection:
        plans.save_mailbox(connection, TOM, signature="Tom <Lee>\nNorthgate", display_name="Tom at Northgate")
    send_next(world)
    (mail,) = mails(sink)
    assert mail["From"].addresses[0].display_name == "Tom at Northgate"
    for kind, signature in (("plain", "Tom <Lee>\nNorthgate"), ("html", "<p>Tom &lt;Lee&gt;<br>\nNorthgate</p>")):
        above, found, below = body_of(mail, kind).replace("\r\n", "\n").partition(signature)
        assert found
        assert "tom.lee@northgate.example.com" in above
        assert "120 Harbor Street" in below
        assert "/u/" in below
        assert "120 Harbor Street" not in above
    assert world.rows("message")[0].text.count("Tom <Lee>") == 1


@on_sqlite
@pytest.mark.parametrize("reply_to", [None, "tom@replies.example.com"])
def test_an_answer_can_be_told_by_the_address_it_goes_to(world: World, sink: SmtpSink, reply_to: str | None) -> None:
    way = MailWay(replies=Replies.PARSE, reply_to=reply_to, tags_replies=True)
    world.ctx = replace(world.ctx, channels=Channels(is_live=True, mail={TOM: way}))
    send_next(world)
    (address,) = mails(sink)[0]["Reply-To"].addresses
    local, _, tag = address.username.partition("+")
    assert f"{local}@{address.domain}" == (reply_to or TOM)
    assert links.touch_of_tag(b"test-secret", tag.upper()) == world.rows("message")[0].touch_id
    assert links.touch_of_tag(b"another", tag) is None


@on_sqlite
def test_replies_may_go_elsewhere_without_a_tag(world: World, sink: SmtpSink) -> None:
    way = MailWay(replies=Replies.PARSE, reply_to="tom@replies.example.com")
    world.ctx = replace(world.ctx, channels=Channels(is_live=True, mail={"*": way}))
    send_next(world)
    assert mails(sink)[0]["Reply-To"] == "tom@replies.example.com"


@pytest.mark.parametrize("tag", ["", "t", "t1", "t1.", "x1.abc", "t٣.abc", "t-1.abc", f"t{'9' * 30}.abc", "t1.äöü"])
def test_what_is_no_tag_of_ours_names_no_touch(tag: str) -> None:
    assert links.touch_of_tag(b"secret", tag) is None


def test_a_tag_that_would_make_the_address_too_long_is_left_out() -> None:
    tag = links.reply_tag(b"secret", 7)
    assert links.tagged("ana@acme.example", tag) == f"ana+{tag}@acme.example"
    long = f"{'a' * 40}@acme.example"
    assert links.tagged(long, tag) == long


@on_sqlite
def test_another_life_of_the_same_touch_gets_another_message_id(filled: Shelf, sink: SmtpSink) -> None:
    """After a restored backup, ids of touches are given out once more."""
    transport = SmtpMail(SmtpServer(Server("127.0.0.1", sink.port, Security.NONE)))
    for start in (WEDNESDAY, WEDNESDAY.replace(minute=1)):
        with filled.copy() as url:
            world = open_world(url, Path(), start, transports={"email": transport, "sms": transport})
            world.enroll("call-in-15", world.add_prospect("Ada", email="ada@acme.example", zone="UTC", country="US"))
            world.tick()
            world.ctx.database.close()
    transport.close()
    first, second = mails(sink)
    assert first["X-Touchline-Touch"] == second["X-Touchline-Touch"]
    assert first["Message-ID"] != second["Message-ID"]
