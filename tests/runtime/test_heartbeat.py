"""The real scheduler and the real sender threads, on a clock that stands still."""

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from engine.channels.mailboxes import Mailboxes
from engine.channels.outbox import MailOutbox
from engine.channels.smtp.transport import SmtpMail
from engine.core.providers import Security, Server, SmtpServer
from engine.runtime.clock import OffsetClock
from engine.runtime.heartbeat import Heart
from tests.support.factories import at
from tests.support.scripted_smtp import scripted_smtp
from tests.support.world import World, make_world

IN_THE_MORNING = at("2026-03-04T10:00-05:00")
PATIENCE = 30.0  # seconds; a beat takes a fraction of one


def wait_for(world: World, step: str, status: str) -> None:
    give_up = time.monotonic() + PATIENCE
    while [row.status for row in world.rows("touch", step=step)] != [status]:
        assert time.monotonic() < give_up, world.rows("touch")
        time.sleep(0.02)


def test_what_falls_due_between_two_ticks_does_not_wait_for_the_second(tmp_path: Path) -> None:
    world = make_world(f"sqlite:///{tmp_path}/t.db", tmp_path, IN_THE_MORNING)
    person = world.add_prospect(email="ada@example.com", zone="America/New_York", zone_origin="own column")
    world.enroll("call-in-15", person)
    world.ctx = replace(world.ctx, now=OffsetClock(IN_THE_MORNING - timedelta(seconds=1)))
    heart = Heart(world.ctx, senders=1, every_seconds=3_600)
    heart.start()
    try:
        heart.beat()
        assert [row.status for row in world.rows("touch", step="@ack")] == ["scheduled"]
        wait_for(world, "@ack", "sent")
    finally:
        heart.stop()
    world.ctx.database.close()


def test_the_heart_sends_what_is_due_once_and_fills_the_queue(tmp_path: Path) -> None:
    world = make_world(f"sqlite:///{tmp_path}/t.db", tmp_path, IN_THE_MORNING)
    person = world.add_prospect(
        email="ada@example.com", phone="+12125550100", zone="America/New_York", zone_origin="own column"
    )
    world.enroll("call-in-15", person)
    heart = Heart(world.ctx, senders=2, every_seconds=0.05)
    heart.start()
    try:
        wait_for(world, "@ack", "sent")
        wait_for(world, "call-1", "queued")
    finally:
        heart.stop()
    assert len(list((tmp_path / "mail" / "new").iterdir())) == 1
    assert [row.kind for row in world.rows("task")] == ["call"]
    assert len(world.rows("heartbeat")) == 1
    world.ctx.database.close()


def test_when_it_stops_each_mail_server_is_told_goodbye(tmp_path: Path) -> None:
    with scripted_smtp() as server:
        way = SmtpMail(SmtpServer(Server("127.0.0.1", server.port, Security.NONE)))
        email = Mailboxes({"*": way}, MailOutbox(tmp_path / "mail", durable=False))
        world = make_world(f"sqlite:///{tmp_path}/t.db", tmp_path, IN_THE_MORNING, transports={"email": email})
        person = world.add_prospect(email="ada@example.com", zone="America/New_York", zone_origin="own column")
        world.enroll("call-in-15", person)
        heart = Heart(world.ctx, senders=1, every_seconds=0.05)
        heart.start()
        try:
            wait_for(world, "@ack", "sent")
            assert "QUIT" not in server.commands
        finally:
            heart.stop()
        assert (len(server.taken), server.commands[-1]) == (1, "QUIT")
    world.ctx.database.close()
