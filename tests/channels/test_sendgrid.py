"""SendGrid by its official SDK, against a server of our own: what it is sent, and what each of its answers means."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.channels.envelope import Envelope
from engine.channels.sendgrid.transport import SendGridMail, mail_body
from engine.core.outcome import Accepted, Deferred, Rejected, SenderBroken, Unknown
from engine.core.providers import Secret, SendGridAccount
from engine.messages.mail import Mail, build_mail
from tests.support.fake_sendgrid import FakeSendGrid, fake_sendgrid, refusal
from tests.support.fake_vendor import Answer, Trouble

AT = datetime(2026, 3, 2, 14, tzinfo=UTC)


def envelope(**changes: Any) -> Envelope:
    mail: dict[str, Any] = {
        "sender_name": "Tom Lee",
        "sender_address": "tom@example.com",
        "recipient_name": "王芳",
        "recipient_address": "fang@example.cn",
        "subject": "关于订单 — and more",
        "text": "Good morning.\nTom\n",
        "html": "<p>Good morning.<br>Tom</p>",
        "message_id": "<7.abc@example.com>",
        "date": AT,
        "touch_id": 7,
        "unsubscribe_url": "https://touch.example.com/u/7.x",
        "in_reply_to": "<6.abc@example.com>",
        "references": ("<5.abc@example.com>", "<6.abc@example.com>"),
    } | changes
    return Envelope(
        touch_id=7,
        attempt=2,
        channel="email",
        recipient="fang@example.cn",
        sender="tom@example.com",
        payload=build_mail(Mail(**mail)),
        message_id="<7.abc@example.com>",
        at=AT,
    )


@pytest.fixture
def vendor() -> Iterator[FakeSendGrid]:
    with fake_sendgrid() as made:
        yield made


def transport(url: str, timeout: float = 5) -> SendGridMail:
    return SendGridMail(SendGridAccount(Secret("SG.key"), url, timeout))


def test_a_taken_mail_is_accepted_under_sendgrids_id(vendor: FakeSendGrid) -> None:
    assert transport(vendor.url).send(envelope()) == Accepted("sg-1")
    assert vendor.requests[0].headers["Authorization"] == "Bearer SG.key"


def test_what_is_sent_is_the_stored_mail(vendor: FakeSendGrid) -> None:
    transport(vendor.url).send(envelope())
    (mail,) = vendor.mails
    assert mail["from"] == {"email": "tom@example.com", "name": "Tom Lee"}
    assert mail["subject"] == "关于订单 — and more"
    assert [(part["type"], part["value"].strip()) for part in mail["content"]] == [
        ("text/plain", "Good morning.\nTom"),
        ("text/html", "<p>Good morning.<br>Tom</p>"),
    ]
    assert mail["headers"] == {
        "Message-ID": "<7.abc@example.com>",
        "In-Reply-To": "<6.abc@example.com>",
        "References": "<5.abc@example.com> <6.abc@example.com>",
        "List-Unsubscribe": "<https://touch.example.com/u/7.x>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "X-Touchline-Touch": "7",
    }


def test_the_events_will_name_the_touch_and_its_attempt() -> None:
    (person,) = mail_body(envelope())["personalizations"]
    assert person == {
        "to": [{"email": "fang@example.cn", "name": "王芳"}],
        "custom_args": {"touch_id": "7", "touch_attempt": "2"},
    }


def test_nothing_is_tracked_and_nothing_is_added() -> None:
    tracking = mail_body(envelope())["tracking_settings"]
    assert {one["enable"] for one in tracking.values()} == {False}
    assert tracking["click_tracking"]["enable_text"] is False


def test_a_plain_mail_has_one_part_and_an_answer_address_if_it_names_one() -> None:
    body = mail_body(envelope(html=None, reply_to="tom+7@example.com"))
    assert [part["type"] for part in body["content"]] == ["text/plain"]
    assert body["reply_to"] == {"email": "tom+7@example.com"}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (refusal(400, "Does not contain a valid address."), Rejected),
        (refusal(403, "no"), Rejected),
        (refusal(403, "The from address does not match a verified Sender Identity."), SenderBroken),
        (refusal(403, "access forbidden"), SenderBroken),
        (refusal(404, "Not Found"), Rejected),
        (refusal(413, "too large"), Rejected),
        (refusal(401, "authorization required"), SenderBroken),
        (refusal(405, "method not allowed"), SenderBroken),
        (refusal(500, "internal"), Unknown),
        (refusal(502, "bad gateway"), Unknown),
        (refusal(503, "unavailable", Retry_After="5"), Unknown),
        (Trouble.HANG, Unknown),
        (Trouble.RESET, Unknown),
    ],
)
def test_every_answer_has_its_class(vendor: FakeSendGrid, answer: Answer | Trouble, outcome: type) -> None:
    vendor.answer_next(answer)
    assert isinstance(transport(vendor.url, timeout=0.5).send(envelope()), outcome)
    assert len(vendor.requests) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "30"}, 30),
        ({"X_RateLimit_Reset": "1772460090", "Date": "Mon, 02 Mar 2026 14:00:00 GMT"}, 90),
        ({"X_RateLimit_Reset": "soon"}, None),
        ({}, None),
    ],
)
def test_too_many_requests_say_when_to_come_back(
    vendor: FakeSendGrid, headers: dict[str, str], seconds: int | None
) -> None:
    vendor.answer_next(refusal(429, "too many requests", **headers))
    outcome = transport(vendor.url).send(envelope())
    assert isinstance(outcome, Deferred)
    assert outcome.retry_after == seconds


def test_a_redirect_is_not_followed_and_never_success(vendor: FakeSendGrid) -> None:
    vendor.answer_next(Answer(302, headers={"Location": f"{vendor.url}/welcome"}), Answer(200))
    assert isinstance(transport(vendor.url).send(envelope()), SenderBroken)
    assert len(vendor.requests) == 1


def test_nobody_there_is_certainly_not_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert isinstance(transport(f"http://127.0.0.1:{port}").send(envelope()), Deferred)


def test_a_server_without_tls_is_certainly_not_given_the_mail(vendor: FakeSendGrid) -> None:
    outcome = transport(vendor.url.replace("http:", "https:"), timeout=2).send(envelope())
    assert isinstance(outcome, Deferred)
    assert vendor.requests == []


def test_a_key_that_may_send_is_no_trouble_and_sends_nothing(vendor: FakeSendGrid) -> None:
    assert transport(vendor.url).trouble() is None
    ((request,), mails) = vendor.requests, vendor.mails
    assert (request.method, request.path, mails) == ("GET", "/v3/scopes", [])
    assert request.headers["Authorization"] == "Bearer SG.key"


def test_a_key_that_may_not_send_is_told(vendor: FakeSendGrid) -> None:
    vendor.scopes = ["alerts.read", "mail.batch.create"]
    assert "mail.send is not among the key's scopes" in (transport(vendor.url).trouble() or "")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (refusal(401, "authorization required"), "401: authorization required"),
        (refusal(403, "access forbidden"), "403: access forbidden"),
        (refusal(429, "too many requests"), "429: too many requests"),
        (refusal(503, "unavailable"), "503: unavailable"),
        (Answer(302, headers={"Location": "/welcome"}), "check the base URL"),
        (Answer(200, ["welcome"]), "check the base URL"),
        (Answer(200), "check the base URL"),
        (Trouble.HANG, "did not answer: TimeoutError"),
        (Trouble.RESET, "did not answer: ConnectionResetError"),
    ],
)
def test_whatever_else_it_answers_about_the_key_is_told(
    vendor: FakeSendGrid, answer: Answer | Trouble, told: str
) -> None:
    vendor.answer_next(answer)
    assert told in (transport(vendor.url, timeout=0.5).trouble() or "")
    assert len(vendor.requests) == 1


def test_a_key_cannot_be_tried_where_nobody_is() -> None:
    assert "cannot be reached" in (transport("http://127.0.0.1:1").trouble() or "")


def test_silence_proves_nothing_here() -> None:
    sender = transport("http://127.0.0.1:1")
    assert sender.silence is None
    assert sender.find(envelope()) is None
