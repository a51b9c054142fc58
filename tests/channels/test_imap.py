"""Reading mailboxes: real conversations with pymap, and the manners of servers that pip does not have."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Timer
from time import monotonic

import pytest

from engine.channels.envelope import Envelope
from engine.channels.imap import client as imap
from engine.channels.imap.client import ImapLine
from engine.channels.imap.login import ImapTrouble, LoginRefused
from engine.channels.imap.sent_folder import SentFolder
from engine.channels.xoauth2 import AccessTokens
from engine.core.providers import ImapServer, Login, Secret, Security, Server
from tests.support.imap_server import MailServer, mail_server
from tests.support.mail_servers import certificates_in
from tests.support.scripted_imap import Manners, scripted_imap

AT = datetime(2026, 3, 4, 16, tzinfo=UTC)
SENT = Envelope(
    touch_id=1,
    attempt=1,
    channel="email",
    recipient="ada@fieldworks.example",
    sender="tom@acme.example",
    payload=b"",
    message_id="<1.a@acme.example>",
    at=AT,
)


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made


def mail(text: str, **fields: str) -> bytes:
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"{head}Subject: {text}\r\n\r\n{text}\r\n".encode()


def test_a_folder_is_read_from_a_uid_and_since_a_day(server: MailServer) -> None:
    with closing(ImapLine(server.inbox())) as line:
        start = line.open("INBOX").uid_next
        server.deliver(mail("one"), at=datetime(2026, 3, 1, 12, tzinfo=UTC))
        server.deliver(mail("two"), at=AT)
        line.open("INBOX")

        uids = line.uids_from(start)
        assert [(one.uid, one.received_at) for one in line.fetch(uids)] == [
            (uids[0], datetime(2026, 3, 1, 12, tzinfo=UTC)),
            (uids[1], AT),
        ]
        assert line.uids_from(uids[1] + 1) == []
        assert line.uids_since(date(2026, 3, 3)) == [uids[1]]
        assert list(line.fetch([])) == []


def test_however_many_are_new_no_command_is_longer_than_servers_read(server: MailServer) -> None:
    with closing(ImapLine(server.inbox())) as line:
        start = line.open("INBOX").uid_next
        server.deliver(mail("one"), at=AT)
        line.open("INBOX")
        assert [one.uid for one in line.fetch(range(start, start + 20_000))] == [start]


def test_of_a_mail_that_is_too_large_the_beginning_is_read(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "LARGEST", 100)
    with closing(ImapLine(server.inbox())) as line:
        start = line.open("INBOX").uid_next
        server.deliver(mail("x" * 500))
        line.open("INBOX")

        (fetched,) = line.fetch(line.uids_from(start))
        assert fetched.raw == mail("x" * 500)[:100]


def test_waiting_ends_when_a_mail_comes_when_the_time_is_over_and_when_it_is_told_to(server: MailServer) -> None:
    with closing(ImapLine(server.inbox())) as line:
        line.open("INBOX")
        for begin, seconds, is_over in (
            (Timer(0.3, server.deliver, [mail("now")]), 20.0, False),
            (Timer(0, int), 0.5, False),
            (Timer(0, int), 20.0, True),
        ):
            began = monotonic()
            begin.start()
            line.wait(seconds, lambda over=is_over: over)  # type: ignore[misc]
            begin.join()
            assert monotonic() - began < 5
        assert line.open("INBOX").uid_next > 1


def test_a_server_that_hangs_up_is_trouble_soon() -> None:
    with mail_server() as server, closing(ImapLine(server.inbox())) as line:
        line.open("INBOX")
        cut = Timer(0.3, server.hang_up)
        cut.start()
        began = monotonic()
        with pytest.raises(ImapTrouble):  # noqa: PT012 - some waits end by themselves, and the next question fails
            line.wait(20, lambda: False)
            line.open("INBOX")
        cut.join()

        assert monotonic() - began < 8


def test_nobody_there_is_trouble() -> None:
    server = Server("127.0.0.1", 1, Security.NONE, Login("tom", Secret("x")), connect_seconds=1)

    with pytest.raises(ImapTrouble, match=r"127\.0\.0\.1:1: "):
        ImapLine(ImapServer(server))


def test_a_server_that_says_nothing_is_trouble_when_the_time_is_over() -> None:
    with scripted_imap() as manners:
        silent = replace(_server(manners), connect_seconds=0.5, security=Security.TLS)
        with pytest.raises(ImapTrouble):
            ImapLine(ImapServer(silent))


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_connection_is_encrypted_and_the_server_must_be_who_it_says(tmp_path: Path, security: Security) -> None:
    certificates = certificates_in(tmp_path)
    with mail_server(certificates.server, starts_in_tls=security is Security.TLS) as server:
        trusting = replace(server.inbox().server, security=security, ca_file=certificates.ca_file)
        with closing(ImapLine(ImapServer(trusting))) as line:
            assert line.open("INBOX").name == "INBOX"
        with pytest.raises(ImapTrouble, match="CERTIFICATE_VERIFY_FAILED"):
            ImapLine(ImapServer(replace(trusting, ca_file=None)))


def _server(manners: Manners) -> Server:
    return Server("127.0.0.1", manners.port, Security.NONE, Login("tom", Secret("x")), total_seconds=5)


def test_who_wants_to_know_who_we_are_is_told_before_a_folder_is_opened() -> None:
    with scripted_imap(wants_id=True) as manners, closing(ImapLine(ImapServer(_server(manners)))) as line:
        assert line.open("INBOX").uid_next == 2
        assert any(said.startswith('ID ("name" "Touchline"') for said in manners.said)


class Tokens(AccessTokens):
    """Sells these, one after the other."""

    def __init__(self, *sold: str) -> None:
        self.left = list(sold)

    def current(self) -> str:
        return self.left[0]

    def forget(self, token: str) -> None:
        self.left.remove(token)


def test_a_token_that_is_refused_is_bought_anew_and_shown_at_once() -> None:
    with scripted_imap(tokens=("new",)) as manners:
        inbox = ImapServer(_server(manners))
        with closing(ImapLine(inbox, Tokens("old", "new"))) as line:
            assert line.open("INBOX").name == "INBOX"
        with pytest.raises(LoginRefused, match=r"refuses the access token of tom: .*no$"):
            ImapLine(inbox, Tokens("old", "older"))


@pytest.mark.parametrize(("status", "kind"), [("NO", LoginRefused), ("BAD", LoginRefused), ("BYE", ImapTrouble)])
def test_a_refused_login_is_told_in_the_servers_own_words_and_nothing_else_is_one(
    status: str, kind: type[ImapTrouble]
) -> None:
    answer = f"{status} LOGIN Login error or 密码错误"
    with scripted_imap(login=answer) as manners, pytest.raises(ImapTrouble) as raised:
        ImapLine(ImapServer(_server(manners)))
    told = str(raised.value)
    assert type(raised.value) is kind
    assert not any(part in told for part in ("b'", "[", "Response status"))
    if kind is LoginRefused:
        assert "refuses the login of tom: LOGIN Login error or 密码错误; many providers want an app password" in told


def test_what_was_sent_is_found_in_the_sent_folder_and_what_was_not_is_not(server: MailServer) -> None:
    server.make("Sent")
    folder = SentFolder(server.inbox())
    assert folder.find(SENT) is False

    server.deliver(mail("other", Message_ID="<2.b@acme.example>", X_Touchline_Touch="2"), "Sent", at=AT)
    assert folder.find(SENT) is False

    server.deliver(mail("hello", Message_ID="<1.a@acme.example>"), "Sent", at=AT)
    assert folder.find(SENT) is True


def test_a_provider_that_gives_another_message_id_is_known_by_the_touch_and_the_recipient(server: MailServer) -> None:
    server.make("Sent Items")
    folder = SentFolder(server.inbox(sent="Sent Items"))
    theirs = {"Message_ID": "<abc@provider.example>", "X_Touchline_Touch": "1"}

    server.deliver(mail("hello", **theirs, To="somebody@else.example"), "Sent Items", at=AT)
    assert folder.find(SENT) is False

    server.deliver(mail("hello", **theirs, To="Ada <Ada@Fieldworks.Example>"), "Sent Items", at=AT)
    assert folder.find(SENT) is True


@pytest.mark.parametrize(
    ("search", "is_found"),
    [
        ({"HEADER": "1", "SINCE": "1"}, True),
        ({"SINCE": "1"}, True),  # the server does not search headers
        ({}, False),
        ({"SINCE": " ".join(map(str, range(1, 2_100)))}, None),  # too many to look at
    ],
)
def test_a_search_that_finds_nothing_is_not_believed(search: dict[str, str], *, is_found: bool | None) -> None:
    with scripted_imap(search=search) as manners:
        assert SentFolder(ImapServer(_server(manners))).find(SENT) is is_found


def test_nobody_can_say_without_the_folder_or_the_server(server: MailServer) -> None:
    assert SentFolder(server.inbox(sent="Nowhere")).find(SENT) is None
    away = ImapServer(Server("127.0.0.1", 1, Security.NONE, Login("tom", Secret("x")), connect_seconds=1))
    assert SentFolder(away).find(SENT) is None


def test_a_server_that_writes_its_dates_in_a_way_of_its_own_is_read_all_the_same() -> None:
    assert imap.internal_date(b"17-Jul-2026 02:44:25 -0700") == datetime(2026, 7, 17, 9, 44, 25, tzinfo=UTC)
    assert imap.internal_date("17-七月-2026 02:44:25 +0800".encode()) is None
