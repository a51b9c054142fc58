import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from engine.channels.smtp.pool import OpenLines
from engine.channels.smtp.transport import SmtpMail
from engine.core.outcome import Accepted, Deferred, Rejected, SenderBroken, SendOutcome, Unknown
from engine.core.providers import Login, Secret, Security, Server, SmtpServer
from tests.support.scripted_smtp import CLOSE, RESET, SILENT, Drip, ScriptedSmtp, Torn, scripted_smtp
from tests.support.transport_contract import envelope_of

LIMIT = 0.4  # seconds for anything that a row lets hang


@contextmanager
def sending_to(port: int, *, most_mails: int = 100, login: Login | None = None) -> Iterator[SmtpMail]:
    server = Server("127.0.0.1", port, Security.NONE, login, connect_seconds=LIMIT, total_seconds=LIMIT)
    mail = SmtpMail(SmtpServer(server, final_reply_seconds=LIMIT), lines=OpenLines(most_mails=most_mails))
    yield mail
    mail.close()


def outcome_of(acts: dict[str, Any]) -> tuple[SendOutcome, ScriptedSmtp]:
    with scripted_smtp(acts) as server, sending_to(server.port, most_mails=1) as mail:
        return mail.send(envelope_of()), server


@dataclass(frozen=True)
class Row:
    """What the server does, what comes of it, and how many mails it has in the end."""

    name: str
    acts: dict[str, Any]
    outcome: type[object]
    data: dict[str, Any] = field(default_factory=dict)
    taken: int = 0


ROWS = [
    Row("all is well", {}, Accepted, taken=1),
    # certainly not taken: later
    Row("421 at connect", {"connect": "421 4.3.2 too busy"}, Deferred),
    Row("closed at connect", {"connect": CLOSE}, Deferred),
    Row("silent at connect", {"connect": SILENT}, Deferred),
    Row("a greeting that never ends", {"connect": Drip("220-", "220-x\r\n")}, Deferred),
    Row("a line that never ends", {"connect": Drip("220 ")}, Deferred),
    Row("something else at connect", {"connect": "HTTP/1.1 400 Bad Request"}, Deferred),
    Row("closed at EHLO", {"EHLO": CLOSE}, Deferred),
    Row("421 at EHLO", {"EHLO": "421 no"}, Deferred),
    Row("451 at MAIL", {"MAIL": "451 4.3.0 try again in 300 seconds"}, Deferred, {"retry_after": 300}),
    Row("reset at MAIL", {"MAIL": RESET}, Deferred),
    Row("silent at MAIL", {"MAIL": SILENT}, Deferred),
    Row("greylisted", {"RCPT": "450 4.7.1 Greylisted for 5 minutes"}, Deferred, {"retry_after": 300}),
    Row("mailbox full for now", {"RCPT": "452 4.2.2 over quota"}, Deferred, {"retry_after": None}),
    Row("421 at RCPT", {"RCPT": "421 4.7.0 Too many errors"}, Deferred),
    Row("closed at RCPT", {"RCPT": CLOSE}, Deferred),
    Row("451 at DATA", {"DATA": "451 4.3.0 no queue"}, Deferred),
    Row("no answer to DATA", {"DATA": SILENT}, Deferred),
    Row("250 to DATA", {"DATA": "250 Ok"}, Deferred),
    Row("451 after the mail", {"final": "451 4.3.0 no space"}, Deferred, taken=1),
    Row("421 after the mail", {"final": "421 4.3.0 going down"}, Deferred, taken=1),
    # certainly not taken: never
    Row("no such user", {"RCPT": "550 5.1.1 no such user"}, Rejected, {"suppress": True}),
    Row("no such host", {"RCPT": "550 5.1.2 no such host"}, Rejected, {"suppress": True}),
    Row("moved away", {"RCPT": "551 5.1.6 moved"}, Rejected, {"suppress": True}),
    Row("a domain without mail", {"RCPT": "556 5.1.10 null MX"}, Rejected, {"suppress": True}),
    Row("disabled", {"RCPT": "550-5.2.1 disabled\r\n550 5.2.1 really"}, Rejected, {"suppress": True}),
    Row("550 without a reason", {"RCPT": "550 user unknown"}, Rejected, {"suppress": False}),
    Row("other address status", {"RCPT": "550 5.1.0 rejected"}, Rejected, {"suppress": False}),
    Row("mailbox full", {"RCPT": "552 5.2.2 full"}, Rejected, {"suppress": False}),
    Row("554 at DATA", {"DATA": "554 no valid recipients"}, Rejected, {"suppress": False}),
    Row("552 after the mail", {"final": "552 5.3.4 too big"}, Rejected, {"suppress": False}, taken=1),
    Row("550 5.1.1 after the mail", {"final": "550 5.1.1 unknown"}, Rejected, {"suppress": True}, taken=1),
    # our side is at fault
    Row("554 at connect", {"connect": "554 5.7.1 blocked"}, SenderBroken),
    Row("550 at EHLO", {"EHLO": "550 bad name"}, SenderBroken),
    Row("550 at MAIL", {"MAIL": "550 sender rejected"}, SenderBroken),
    Row("530 at MAIL", {"MAIL": "530 5.7.0 authentication required"}, SenderBroken),
    Row("530 at RCPT", {"RCPT": "530 log in first"}, SenderBroken),
    Row("relaying denied", {"RCPT": "554 5.7.1 relay access denied"}, SenderBroken),
    Row("our address is bad", {"RCPT": "550 5.1.8 sender unknown"}, SenderBroken),
    Row("policy after the mail", {"final": "550 5.7.26 unauthenticated"}, SenderBroken, taken=1),
    # nobody can say
    Row("reset after 354", {"body": RESET}, Unknown),
    Row("closed in the mail", {"body": CLOSE}, Unknown),
    Row("the final reply is swallowed", {"final": SILENT}, Unknown, taken=1),
    Row("the final reply drips", {"final": Drip("250-")}, Unknown, taken=1),
    Row("the final reply is endless", {"final": Drip("250-x\r\n", "250-x\r\n")}, Unknown, taken=1),
    Row("closed before the final reply", {"final": CLOSE}, Unknown, taken=1),
    Row("reset before the final reply", {"final": RESET}, Unknown, taken=1),
    Row("half a final reply", {"final": Torn("250 2.0.0 que")}, Unknown, taken=1),
    Row("half a code", {"final": Torn("55")}, Unknown, taken=1),
    Row("no reply at all", {"final": "queued as 1"}, Unknown, taken=1),
    Row("354 once more", {"final": "354 go on"}, Unknown, taken=1),
    # what comes after 250 changes nothing
    Row("closed at QUIT", {"QUIT": CLOSE}, Accepted, taken=1),
    Row("reset at QUIT", {"QUIT": RESET}, Accepted, taken=1),
    Row("500 at QUIT", {"QUIT": "500 what?"}, Accepted, taken=1),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_a_server_does_leads_to_this_outcome(row: Row) -> None:
    began = time.monotonic()
    outcome, server = outcome_of(row.acts)
    assert isinstance(outcome, row.outcome), outcome
    assert {name: getattr(outcome, name) for name in row.data} == row.data
    assert len(server.taken) == row.taken
    assert time.monotonic() - began < 3 * LIMIT + 0.5
    if not isinstance(outcome, Accepted):
        assert outcome.detail


def test_nobody_listening_is_deferred() -> None:
    with scripted_smtp() as gone:
        pass
    with sending_to(gone.port) as mail:
        outcome = mail.send(envelope_of())
    assert isinstance(outcome, Deferred)
    assert f"127.0.0.1:{gone.port} cannot be reached" in outcome.detail


def test_a_server_that_reads_no_further_is_given_up_in_time() -> None:
    large = replace(envelope_of(), payload=b"Subject: x\r\n\r\n" + b"y" * 20_000_000)
    with scripted_smtp({"body": SILENT}) as server, sending_to(server.port) as mail:
        began = time.monotonic()
        assert isinstance(mail.send(large), Unknown)
        assert time.monotonic() - began < 3 * LIMIT


def test_two_mails_share_a_connection() -> None:
    with scripted_smtp() as server, sending_to(server.port) as mail:
        assert [type(mail.send(envelope_of(touch))) for touch in (1, 2, 3)] == [Accepted] * 3
        assert (len(server.taken), server.connections) == (3, 1)


def test_a_connection_is_left_after_its_share_of_mails() -> None:
    with scripted_smtp() as server, sending_to(server.port, most_mails=2) as mail:
        for touch in range(5):
            mail.send(envelope_of(touch))
        assert (len(server.taken), server.connections) == (5, 3)


BETWEEN = {
    "the server closed it": {"RSET": CLOSE},
    "the server hangs": {"RSET": SILENT},
    "the server says 421": {"RSET": "421 4.4.2 timeout"},
    "the server closes at MAIL": {"MAIL": lambda n: CLOSE if n == 2 else "250 Ok"},
    "the server says 421 at MAIL": {"MAIL": lambda n: "421 4.7.0 too many mails" if n == 2 else "250 Ok"},
    "the server resets at RCPT": {"RCPT": lambda n: RESET if n == 2 else "250 Ok"},
    "the server closes at DATA": {"DATA": lambda n: CLOSE if n == 2 else "354 go on"},
}


@pytest.mark.parametrize("acts", BETWEEN.values(), ids=BETWEEN.keys())
def test_a_connection_that_died_between_two_mails_loses_and_doubles_none(
    acts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.channels.smtp.pool._CHECK_SECONDS", 0.1)
    with scripted_smtp(acts) as server, sending_to(server.port) as mail:
        assert [type(mail.send(envelope_of(touch))) for touch in (1, 2)] == [Accepted, Accepted]
        assert (len(server.taken), server.connections) == (2, 2)


def test_a_used_connection_that_dies_in_the_mail_is_not_tried_again() -> None:
    acts = {"final": lambda n: RESET if n == 2 else "250 Ok"}
    with scripted_smtp(acts) as server, sending_to(server.port) as mail:
        assert [type(mail.send(envelope_of(touch))) for touch in (1, 2)] == [Accepted, Unknown]
        assert len(server.taken) == 2


def test_a_refused_recipient_does_not_cost_the_connection() -> None:
    acts = {"RCPT": lambda n: "550 5.1.1 unknown" if n == 1 else "250 Ok"}
    with scripted_smtp(acts) as server, sending_to(server.port) as mail:
        assert [type(mail.send(envelope_of(touch))) for touch in (1, 2)] == [Rejected, Accepted]
        assert (len(server.taken), server.connections) == (1, 1)
        assert "RSET" in server.commands


def test_an_unused_connection_is_closed() -> None:
    lines = OpenLines(idle_seconds=0.1)
    with scripted_smtp() as server:
        login = Server("127.0.0.1", server.port, Security.NONE)
        mail = SmtpMail(SmtpServer(login), lines=lines)
        mail.send(envelope_of())
        ends = time.monotonic() + 3
        while "QUIT" not in server.commands and time.monotonic() < ends:
            time.sleep(0.02)
        assert server.commands[-1] == "QUIT"


@pytest.mark.parametrize(
    ("acts", "outcome"),
    [
        ({"AUTH": "535 5.7.8 wrong"}, SenderBroken),
        ({"AUTH": "534 5.7.9 application password needed"}, SenderBroken),
        ({"AUTH": "454 4.7.0 not now"}, Deferred),
        ({"AUTH": "235 2.7.0 welcome"}, Accepted),
        ({"EHLO": "250 sink"}, SenderBroken),
        ({"EHLO": "250-sink\r\n250 AUTH GSSAPI"}, SenderBroken),
    ],
)
def test_what_a_login_comes_to(acts: dict[str, Any], outcome: type[object]) -> None:
    offers = {"EHLO": "250-sink\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 1000"}
    with (
        scripted_smtp(offers | acts) as server,
        sending_to(server.port, login=Login("ana", Secret("pässword"))) as mail,
    ):
        assert isinstance(mail.send(envelope_of()), outcome)


def test_lines_end_and_dots_stand_as_the_protocol_wants_them() -> None:
    payload = b"Subject: x\n\n.\n..\r\n.a\rb\r\nend"
    with scripted_smtp() as server, sending_to(server.port) as mail:
        assert isinstance(mail.send(replace(envelope_of(), payload=payload)), Accepted)
        assert server.taken == [b"Subject: x\r\n\r\n..\r\n...\r\n..a\r\nb\r\nend\r\n"]


@pytest.mark.parametrize(
    ("changes", "commands"),
    [
        ({}, ["MAIL FROM:<rep@touchline.example> SIZE=33", "RCPT TO:<ana@example.com>"]),
        ({"recipient": "jo@faß.de"}, ["MAIL FROM:<rep@touchline.example> SIZE=33", "RCPT TO:<jo@xn--fa-hia.de>"]),
        (
            {"recipient": "jörg@example.com", "payload": "Subject: ä\r\n\r\nö\r\n".encode()},
            ["MAIL FROM:<rep@touchline.example> SIZE=19 BODY=8BITMIME SMTPUTF8", "RCPT TO:<jörg@example.com>"],
        ),
    ],
)
def test_commands_name_what_the_mail_needs(changes: dict[str, Any], commands: list[str]) -> None:
    acts = {"EHLO": "250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 1000"}
    with scripted_smtp(acts) as server, sending_to(server.port) as mail:
        assert isinstance(mail.send(replace(envelope_of(), **changes)), Accepted)
    assert server.commands[1:3] == commands


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"recipient": "jörg@example.com"}, "SMTPUTF8"),
        ({"payload": "Subject: ä\r\n\r\nö\r\n".encode()}, "8BITMIME"),
        ({"payload": b"x" * 2000}, "no more than 1000"),
        ({"recipient": "ana@example.com>\r\nRCPT TO:<eve@example.com"}, "no mail address"),
        ({"recipient": "ana@example.com> NOTIFY=NEVER"}, "no mail address"),
        ({"sender": "ana"}, "no mail address"),
    ],
)
def test_what_the_server_cannot_take_is_not_announced(changes: dict[str, Any], why: str) -> None:
    with scripted_smtp({"EHLO": "250-sink\r\n250 SIZE 1000"}) as server, sending_to(server.port) as mail:
        outcome = mail.send(replace(envelope_of(), **changes))
    assert isinstance(outcome, Rejected)
    assert why in outcome.detail
    assert not [command for command in server.commands if command.startswith(("MAIL", "RCPT"))]
