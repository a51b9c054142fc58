"""From the engine's mail to the answer that stops it: a real mailbox, read by the threads that `serve` starts."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from engine.channels.imap.login import ImapTrouble, LoginRefused
from engine.core.providers import Channels, MailWay, Replies
from engine.runtime.mail_reader import MailReaders, pause_after
from tests.support.factories import at
from tests.support.imap_server import MailServer, mail_server
from tests.support.mails import mail_of
from tests.support.world import World, make_world

IN_THE_MORNING = at("2026-03-04T10:00-05:00")
ADA = "ada@fieldworks.example"
PATIENCE = 30.0  # seconds


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made


@pytest.fixture
def world(tmp_path: Path, server: MailServer) -> Iterator[World]:
    """Ada is in a sequence, whose mailbox hears by IMAP."""
    made = make_world(f"sqlite:///{tmp_path}/t.db", tmp_path, IN_THE_MORNING)
    made.enroll(
        "outbound-7x3x21",
        made.add_prospect(
            "Ada Field", email=ADA, phone="+12125550100", zone="America/New_York", zone_origin="own", country="US"
        ),
    )
    yield hearing(made, server)
    made.ctx.database.close()


def hearing(world: World, server: MailServer, **inbox: object) -> World:
    (used,) = world.rows("mailbox", id=world.rows("enrollment")[0].mailbox_id)
    mailbox = used.address.casefold()
    way = MailWay(inbox=server.inbox(**inbox), replies=Replies.IMAP)
    channels = Channels(is_live=True, mail={mailbox: way})
    world.ctx = replace(world.ctx, channels=channels, replies={mailbox: Replies.IMAP})
    return world


@contextmanager
def reading(world: World) -> Iterator[None]:
    readers = MailReaders(world.ctx)
    readers.start()
    try:
        yield
    finally:
        began = time.monotonic()
        readers.stop()
        assert time.monotonic() - began < 10


def until(is_so: Callable[[], object]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < give_up
        time.sleep(0.05)


def is_heard(world: World) -> bool:
    return any(row.synced_at == world.clock() and not row.error for row in world.rows("mail_sync"))


def sent_mail(world: World) -> bytes:
    world.tick()
    return bytes(world.rows("message")[0].payload)


def test_an_answer_that_comes_while_we_listen_stops_the_sequence(world: World, server: MailServer) -> None:
    with reading(world):
        until(lambda: is_heard(world))
        ours = message_from_bytes(sent_mail(world))
        text = f"Tuesday works.\n\nOn Wed, Mar 4, 2026 at 9:13 AM Tom <{ours['From']}> wrote:\n> {ours['Subject']}"
        server.deliver(mail_of(ADA, text, answers=ours["Message-ID"]))
        until(lambda: world.rows("task", kind="triage"))

    (enrollment,) = world.rows("enrollment")
    assert (enrollment.status, enrollment.end_reason) == ("stopped", "replied")
    assert [row.script for row in world.rows("task", kind="triage")] == ["Tuesday works."]
    assert world.rows("touch", ended_at=None) == []


def test_nothing_leaves_before_the_mailbox_has_been_heard_nor_when_it_has_been_silent_for_long(
    world: World, server: MailServer
) -> None:
    world.tick()
    assert (world.rows("touch")[0].reason, world.rows("touch", status="sent")) == ("inbox_stale", [])

    with reading(world):
        until(lambda: is_heard(world))
    server.hang_up()
    world.clock.set(world.clock() + timedelta(minutes=16))
    world.tick()

    assert world.rows("touch", status="sent") == []


def test_without_idle_it_is_read_by_the_clock(world: World, server: MailServer) -> None:
    hearing(world, server, may_idle=False)
    with reading(world):
        until(lambda: is_heard(world))
        server.deliver(mail_of(ADA, "yes"))
        until(lambda: world.rows("event"))


def test_several_folders_are_read_whichever_it_comes_to(world: World, server: MailServer) -> None:
    server.make("Spam")
    hearing(world, server, folders=("INBOX", "Junk"), poll_seconds=0.5)
    with reading(world):
        until(lambda: len(world.rows("mail_sync")) == 2 and is_heard(world))
        server.deliver(mail_of(ADA, "yes"), "Spam")
        until(lambda: world.rows("event"))


def test_a_connection_that_breaks_is_opened_again_and_nothing_is_missed(world: World, server: MailServer) -> None:
    with reading(world):
        until(lambda: is_heard(world))
        server.hang_up()
        until(lambda: any(row.error for row in world.rows("mail_sync")))
        server.start()
        server.deliver(mail_of(ADA, "yes"))
        until(lambda: world.rows("event"))
        until(lambda: not any(row.error for row in world.rows("mail_sync")))


@pytest.mark.parametrize(
    ("trouble", "pauses"), [(ImapTrouble("away"), [1, 2, 4, 8]), (LoginRefused("no"), [300, 600, 1200, 1800])]
)
def test_who_is_refused_waits_for_minutes_from_the_start(trouble: ImapTrouble, pauses: list[int]) -> None:
    last = 0.0
    assert [last := pause_after(trouble, last) for _ in pauses] == pauses


def test_while_everything_goes_to_the_outbox_nothing_is_read(world: World) -> None:
    world.ctx = replace(world.ctx, channels=replace(world.ctx.channels, is_live=False))
    with reading(world):
        time.sleep(0.3)

    assert world.rows("mail_sync") == []
