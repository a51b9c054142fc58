"""How `channels.yaml` sets a mailbox up to be read, and what `doctor` finds out about it."""

import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
import typer

from engine.channels.envelope import Envelope
from engine.operations import authoring
from engine.operations.incoming.polling import note_trouble
from engine.runtime.channels_file import load_channels
from engine.runtime.cli import run as cli_run
from engine.runtime.mail_reader import mailboxes_to_read
from engine.runtime.settings import load_settings
from engine.runtime.ways import with_channels
from engine.runtime.wiring import open_context
from tests.support.imap_server import PASSWORD, USER, MailServer, mail_server
from tests.support.mails import mail_of
from tests.support.world import shipped_project

TOM = "tom.lee@northgate.example.com"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IMAP_PASSWORD", PASSWORD)
    (tmp_path / "data").mkdir()
    return tmp_path


def write(folder: Path, server: MailServer, more: str = "") -> None:
    login = f"user: {USER}, password: {{env: IMAP_PASSWORD}}, security: none"
    smtp = "smtp: {host: 127.0.0.1, port: 2525, security: none}"
    imap = f"imap: {{host: 127.0.0.1, port: {server.port}, {login}}}"
    text = f"deliver: live\nmailboxes:\n  {TOM}: {{{smtp}, {imap}{more}}}\n"
    (folder / "data" / "channels.yaml").write_text(text, encoding="utf-8")


def doctor(capsys: pytest.CaptureFixture[str], *, connect: bool = False) -> dict[str, tuple[str, str]]:
    with pytest.raises(typer.Exit):
        cli_run.doctor(connect=connect, as_json=True)
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return {row["what"]: (row["value"], row["advice"]) for row in rows}


def test_doctor_logs_in_to_read_and_looks_into_each_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with mail_server() as server:
        write(folder, server)
        assert doctor(capsys, connect=True)[f"{TOM} by IMAP"] == ("lets us read INBOX", "")

        text = (folder / "data" / "channels.yaml").read_text(encoding="utf-8")
        (folder / "data" / "channels.yaml").write_text(text.replace("imap: {", "imap: {folders: [Nowhere], "))
        value, advice = doctor(capsys, connect=True)[f"{TOM} by IMAP"]

        assert (value, "there is no folder Nowhere" in advice) == ("cannot be read", True)
        assert PASSWORD not in advice


@pytest.mark.parametrize(
    ("security", "greeting", "told"),
    [
        ("tls", b"* 220 neither of them\r\n", "it does not begin with TLS on this port"),
        ("starttls", b"* neither of them\r\n", "server answers there"),
        ("starttls", None, "nothing listens there: check host and port"),
    ],
)
def test_doctor_says_what_to_try(
    folder: Path, capsys: pytest.CaptureFixture[str], *, security: str, greeting: bytes | None, told: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if greeting is None:
            server.close()
        else:
            threading.Thread(target=greet, args=(server, greeting), daemon=True).start()
        login = "user: ana, password: {env: IMAP_PASSWORD}, total_seconds: 5"
        way = f"{{host: 127.0.0.1, port: {port}, security: {security}, {login}}}"
        (folder / "data" / "channels.yaml").write_text(f"mailboxes: {{{TOM}: {{smtp: {way}, imap: {way}}}}}")
        found = doctor(capsys, connect=True)
    assert told in found[f"{TOM} by SMTP"][1]
    assert told in found[f"{TOM} by IMAP"][1]


def greet(server: socket.socket, greeting: bytes) -> None:
    """Both callers, one after the other."""
    for _ in range(2):
        with server.accept()[0] as line:
            line.sendall(greeting)
            line.recv(1000)


def test_doctor_tells_how_far_a_mailbox_is_read_and_what_keeps_us_from_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with mail_server() as server:
        write(folder, server)
    ctx = open_context(load_settings())
    authoring.apply(ctx, shipped_project(), actor="test")
    reached = with_channels(ctx, load_channels(load_settings()).channels)
    ((mailbox_id, inbox),) = mailboxes_to_read(reached)
    note_trouble(ctx, mailbox_id, inbox.folders, "the server is away")

    assert doctor(capsys)[f"INBOX of {TOM}"] == ("never read", "the server is away")


def test_only_a_mailbox_that_keeps_all_it_sends_is_asked_for_what_it_sent(folder: Path) -> None:
    sought = Envelope(
        touch_id=1,
        attempt=1,
        channel="email",
        recipient="ada@fieldworks.example",
        sender=TOM,
        payload=b"",
        message_id="<1.a@northgate.example.com>",
        at=open_context(load_settings()).now(),
    )
    with mail_server() as server:
        server.make("Sent")
        server.deliver(mail_of(TOM, "hello", message_id=sought.message_id), "Sent", at=sought.at)
        found = []
        for more in ("", ", files_sent: true"):
            write(folder, server, more)
            email = with_channels(open_context(load_settings()), load_channels(load_settings()).channels)
            transport = email.transports["email"]
            found.append((transport.find(sought), transport.silence is not None))

    assert found[0][0] is None
    assert found[1] == (True, True)
