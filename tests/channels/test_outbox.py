import json
import mailbox
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.channels.outbox import MailOutbox, SmsOutbox
from engine.core.errors import BadInput
from engine.core.outcome import Accepted, Deferred
from tests.support.transport_contract import PROMISES, Promise, envelope_of


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """The kernel itself refuses to write on, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("durable", [True, False])
def test_the_mail_outbox_keeps_the_contract(promise: Promise, tmp_path: Path, *, durable: bool) -> None:
    promise(MailOutbox(tmp_path / "mail", durable=durable))


@pytest.mark.parametrize("promise", PROMISES)
def test_the_sms_outbox_keeps_the_contract(promise: Promise, tmp_path: Path) -> None:
    promise(SmsOutbox(tmp_path / "sms"))


def test_a_mail_client_lists_and_reads_the_outbox(tmp_path: Path) -> None:
    outbox = MailOutbox(tmp_path / "mail")
    outbox.send(envelope_of(1, payload=b"Subject: First\r\nTo: ana@example.com\r\n\r\nOne.\r\n"))
    outbox.send(envelope_of(2, payload=b"Subject: Second\r\nTo: bo@example.com\r\n\r\nTwo.\r\n"))
    mails = mailbox.Maildir(str(outbox.folder), create=False)
    assert sorted((mail["Subject"], mail.get_payload()) for mail in mails) == [
        ("First", "One.\n"),
        ("Second", "Two.\n"),
    ]


def test_a_mail_that_a_client_has_moved_and_flagged_is_still_found_and_not_sent_again(tmp_path: Path) -> None:
    outbox = MailOutbox(tmp_path / "mail")
    outbox.send(envelope_of(1))
    mails = mailbox.Maildir(str(outbox.folder), create=False)
    (key,) = mails.keys()
    read = mails[key]
    read.set_subdir("cur")
    read.set_flags("S")
    mails[key] = read
    assert files_in(outbox.folder / "new") == []
    assert outbox.find(envelope_of(1)) is True
    assert outbox.send(envelope_of(1)) == Accepted("touch-1-1")
    assert len(mailbox.Maildir(str(outbox.folder), create=False)) == 1


def test_sending_twice_leaves_one_file(tmp_path: Path) -> None:
    outbox = MailOutbox(tmp_path / "mail")
    outbox.send(envelope_of(1))
    outbox.send(envelope_of(1))
    assert files_in(outbox.folder) == ["touch-1-1"]


def test_an_outbox_opened_again_knows_what_it_accepted(tmp_path: Path) -> None:
    MailOutbox(tmp_path / "mail").send(envelope_of(1))
    assert MailOutbox(tmp_path / "mail").find(envelope_of(1)) is True


def test_an_sms_is_one_json_file_with_its_text_as_written(tmp_path: Path) -> None:
    outbox = SmsOutbox(tmp_path / "sms")
    outbox.send(envelope_of(3, channel="sms", payload="王伟您好，周二方便吗？".encode()))
    (path,) = (tmp_path / "sms" / "new").iterdir()
    assert path.name == "touch-3-1.json"
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "touch_id": 3,
        "attempt": 1,
        "from": "rep@touchline.example",
        "to": "ana@example.com",
        "at": "2026-03-02T14:00:00+00:00",
        "text": "王伟您好，周二方便吗？",
    }


@pytest.mark.parametrize("kind", [MailOutbox, SmsOutbox])
def test_a_full_disk_defers_and_leaves_nothing_half_written(kind: type[MailOutbox | SmsOutbox], tmp_path: Path) -> None:
    outbox = kind(tmp_path / "outbox")
    with no_file_over(1000):
        outcome = outbox.send(envelope_of(1, payload=b"x" * 5000))
    assert isinstance(outcome, Deferred)
    assert "File too large" in outcome.detail
    assert files_in(outbox.folder) == []
    assert outbox.send(envelope_of(1, attempt=2)) == Accepted("touch-1-2")


def test_a_folder_that_cannot_be_written_defers_with_the_reason(tmp_path: Path) -> None:
    outbox = MailOutbox(tmp_path / "mail")
    (outbox.folder / "tmp").rmdir()
    outcome = outbox.send(envelope_of(1))
    assert isinstance(outcome, Deferred)
    assert "No such file" in outcome.detail
    assert files_in(outbox.folder) == []


@pytest.mark.parametrize(("kind", "lost"), [(MailOutbox, "cur"), (MailOutbox, "new"), (SmsOutbox, "new")])
def test_a_folder_that_is_gone_proves_nothing_and_takes_nothing(
    kind: type[MailOutbox | SmsOutbox], lost: str, tmp_path: Path
) -> None:
    outbox = kind(tmp_path / "outbox")
    (outbox.folder / lost).rmdir()
    assert outbox.find(envelope_of(1)) is None
    assert isinstance(outbox.send(envelope_of(1)), Deferred)
    assert files_in(outbox.folder) == []


def test_an_outbox_that_cannot_be_created_says_where(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(BadInput, match="choose a folder that may be written"):
        MailOutbox(tmp_path / "taken")
