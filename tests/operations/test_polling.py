"""A mailbox on a real IMAP server is read to its end, once, whatever the server does with its numbers."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.channels.imap.client import ImapLine
from engine.channels.imap.login import ImapTrouble
from engine.core.errors import EngineError
from engine.operations.incoming import polling
from engine.operations.incoming.receiving import receive
from engine.store import mail_sync
from engine.store.connection import Record
from tests.support.imap_server import MailServer, mail_server
from tests.support.mails import mail_of
from tests.support.world import World

ADA = "ada@fieldworks.example"


@pytest.fixture(scope="module")
def running() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def server(running: MailServer) -> MailServer:
    """With an empty INBOX alone."""
    with running.box() as box:
        for folder in box.folder.list():
            if folder.name != "INBOX":
                box.folder.delete(folder.name)
        box.delete(box.uids())
    return running


@pytest.fixture
def known(world: World) -> World:
    world.add_prospect("Ada Field", email=ADA)
    return world


def read(world: World, server: MailServer, *folders: str) -> int:
    with closing(ImapLine(server.inbox())) as line:
        return polling.sync(world.ctx, 1, line, folders or ("INBOX",))


def cursor(world: World, folder: str = "INBOX") -> Record:
    with world.ctx.database.read() as connection:
        found = mail_sync.one(connection, 1, folder)
    assert found is not None
    return found


def texts(world: World) -> list[str]:
    return [row.body["text"] for row in world.rows("event")]


def test_what_was_there_before_is_not_read_and_what_comes_is(known: World, server: MailServer) -> None:
    server.deliver(mail_of(ADA, "long ago"))

    assert read(known, server) == 0
    server.deliver(mail_of(ADA, "one"))
    server.deliver(mail_of(ADA, "two"))

    assert read(known, server) == 2
    assert read(known, server) == 0
    assert texts(known) == ["one", "two"]
    assert cursor(known).synced_at == known.clock()


def test_the_instant_is_that_of_the_mail_server(known: World, server: MailServer) -> None:
    read(known, server)
    at = known.clock() - timedelta(hours=2)
    server.deliver(mail_of(ADA, "earlier"), at=at)
    read(known, server)

    assert known.rows("event")[0].at == at
    assert known.rows("prospect")[0].last_reply_at == at


def test_nothing_is_changed_in_the_mailbox(known: World, server: MailServer) -> None:
    read(known, server)
    server.deliver(mail_of(ADA, "one"))
    read(known, server)

    with server.box() as box:
        assert [mail.flags for mail in box.fetch(mark_seen=False) if "\\Seen" in mail.flags] == []


def test_after_a_crash_between_two_portions_none_is_missing_and_none_comes_twice(
    known: World, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(known, server)
    for number in range(5):
        server.deliver(mail_of(ADA, f"mail {number}"))
    monkeypatch.setattr(polling, "_MAILS_AT_ONCE", 2)
    take, taken = polling._take, []

    def crash(*args: object, **more: object) -> int:
        taken.append(1)
        if len(taken) == 2:
            raise EngineError("the process ended")
        return take(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(polling, "_take", crash)
    with pytest.raises(EngineError):
        read(known, server)
    assert read(known, server) == 3  # of which the first two were stored
    assert texts(known) == [f"mail {number}" for number in range(5)]


def renumbered(server: MailServer, *mails: bytes, at: datetime) -> None:
    """The server has moved: the same mails under other numbers and another UIDVALIDITY."""
    with server.box() as box:
        old = cursor_of(server)
        box.folder.rename("INBOX", "Moved")
        box.folder.delete("Moved")
    for mail in mails:
        server.deliver(mail, at=at)
    assert cursor_of(server) != old


def cursor_of(server: MailServer) -> int:
    with closing(ImapLine(server.inbox())) as line:
        return line.open("INBOX").uid_validity


def test_a_server_that_numbers_its_mails_anew_is_read_by_date_and_nothing_is_heard_twice(
    known: World, server: MailServer
) -> None:
    read(known, server)
    old, new = mail_of(ADA, "old"), mail_of(ADA, "new")
    server.deliver(old, at=known.clock())
    read(known, server)

    renumbered(server, mail_of(ADA, "of last year"), at=known.clock() - timedelta(days=300))
    changed = b"X-Moved: yes\r\n" + old  # the new server has put a line of its own before it
    for mail in (old, changed, new):
        server.deliver(mail, at=known.clock())
    read(known, server)

    assert texts(known) == ["old", "new"]
    assert read(known, server) == 0


def test_the_same_mail_in_two_folders_is_one(known: World, server: MailServer) -> None:
    server.make("Spam")
    read(known, server, "INBOX", "Junk")
    mail = mail_of(ADA, "one")
    server.deliver(mail)
    server.deliver(mail, "Spam")  # found though it was called Junk

    assert read(known, server, "INBOX", "Junk") == 1


def test_what_we_wrote_ourselves_is_not_read(known: World, server: MailServer) -> None:
    server.make("Sent", "Drafts")

    for name in ("Sent", "Drafts", "Nowhere"):
        with pytest.raises(ImapTrouble, match=f"there is no folder {name} that receives mail; there are"):
            read(known, server, name)


def test_a_folder_that_is_read_no_longer_does_not_make_the_mailbox_look_deaf(known: World, server: MailServer) -> None:
    server.make("Junk")
    read(known, server, "INBOX", "Junk")
    read(known, server, "INBOX")

    assert [row.folder for row in known.rows("mail_sync")] == ["INBOX"]


def test_trouble_is_noted_and_leaves_the_last_good_pass(known: World, server: MailServer) -> None:
    read(known, server)
    good = cursor(known).synced_at

    polling.note_trouble(known.ctx, 1, ("INBOX",), "the server is away")

    assert (cursor(known).synced_at, cursor(known).error) == (good, "the server is away")
    read(known, server)
    assert cursor(known).error == ""


def test_a_mail_that_no_mail_program_would_write_holds_nothing_up(known: World, server: MailServer) -> None:
    read(known, server)
    server.deliver(b"\x00\xff\r\n")
    server.deliver(mail_of(ADA, "after it"))
    read(known, server)

    assert texts(known) == ["after it"]
    assert {row.status for row in known.rows("arrival")} == {"ignored", "applied"}


def test_a_wrong_password_says_what_to_do(server: MailServer) -> None:
    inbox = server.inbox()
    assert inbox.server.login is not None
    wrong = replace(inbox, server=replace(inbox.server, login=replace(inbox.server.login, user="nobody")))

    with pytest.raises(ImapTrouble, match=r"refuses the login of nobody.*app password"):
        ImapLine(wrong)


def test_a_mail_that_came_by_hand_is_not_read_again(known: World, server: MailServer) -> None:
    read(known, server)
    raw = mail_of(ADA, "one").replace(b"\n", b"\r\n")
    receive(known.ctx, raw, mailbox_id=1, received_at=known.clock())
    server.deliver(raw)

    assert read(known, server) == 0
    assert texts(known) == ["one"]
