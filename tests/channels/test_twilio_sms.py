"""Twilio by its official SDK, against a server of our own: what it is sent, and what each of its answers means."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from engine.channels.envelope import Envelope
from engine.channels.twilio.sms import TwilioSms
from engine.core.outcome import Accepted, Deferred, Rejected, SenderBroken, Unknown
from engine.core.providers import Secret, TwilioAccount
from tests.support.fake_twilio import CREATED, SID, FakeTwilio, fake_twilio, refusal
from tests.support.fake_vendor import Answer, Trouble

NOW = CREATED + timedelta(seconds=5)
TEXT = "价格更新了 🎉"


def envelope(text: str = TEXT, **changes: Any) -> Envelope:
    made: dict[str, Any] = {
        "touch_id": 7,
        "attempt": 2,
        "channel": "sms",
        "recipient": "+12125550100",
        "sender": "+12125550199",
        "payload": text.encode(),
        "message_id": "sms-7",
        "at": CREATED,
    }
    return Envelope(**made | changes)


@pytest.fixture
def vendor() -> Iterator[FakeTwilio]:
    with fake_twilio() as made:
        yield made


def transport(url: str, timeout: float = 5, **account: Any) -> TwilioSms:
    chosen = {"sms_from": "+12125550111"} | account
    return TwilioSms(
        TwilioAccount(SID, Secret("token"), base_url=url, timeout_seconds=timeout, **chosen),
        "https://touch.example.com/",
        lambda: NOW,
    )


def test_a_taken_message_is_accepted_under_its_sid(vendor: FakeTwilio) -> None:
    assert transport(vendor.url).send(envelope()) == Accepted(f"SM{1:032}")
    assert vendor.messages == [
        {
            "To": "+12125550100",
            "From": "+12125550111",
            "Body": TEXT,
            "StatusCallback": "https://touch.example.com/webhooks/twilio/status?touch=7&attempt=2",
        }
    ]
    assert vendor.requests[0].headers["Authorization"].startswith("Basic ")


def test_a_messaging_service_chooses_the_number(vendor: FakeTwilio) -> None:
    transport(vendor.url, messaging_service="MG1", sms_from=None).send(envelope())
    assert vendor.messages[0]["MessagingServiceSid"] == "MG1"
    assert "From" not in vendor.messages[0]


@pytest.mark.parametrize(("left", "valid"), [(3600, 3600), (15, 15), (90_000, 36_000)])
def test_a_message_expires_before_the_hours_end(vendor: FakeTwilio, left: int, valid: int) -> None:
    transport(vendor.url).send(envelope(expires_at=NOW + timedelta(seconds=left)))
    assert vendor.messages[0]["ValidityPeriod"] == str(valid)


def test_a_retry_has_only_the_time_that_is_left_now(vendor: FakeTwilio) -> None:
    transport(vendor.url).send(envelope(at=NOW - timedelta(hours=3), expires_at=NOW + timedelta(minutes=2)))
    assert vendor.messages[0]["ValidityPeriod"] == "120"


@pytest.mark.parametrize("left", [14, 0, -5])
def test_what_would_come_too_late_is_not_sent(vendor: FakeTwilio, left: int) -> None:
    assert isinstance(transport(vendor.url).send(envelope(expires_at=NOW + timedelta(seconds=left))), Deferred)
    assert vendor.requests == []


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (refusal(400, 21610, "unsubscribed recipient"), Rejected("", opted_out=True)),
        (refusal(400, 21211, "invalid number"), Rejected("", suppress=True)),
        (refusal(400, 21614, "not a mobile number"), Rejected("", suppress=True)),
        (refusal(400, 21635, "a landline"), Rejected("", suppress=True)),
        (refusal(400, 21612, "no route from this sender"), Rejected("")),
        (refusal(400, 21617, "too long"), Rejected("")),
        (refusal(404, 20404, "not found"), Rejected("")),
        (refusal(400, 21611, "queue full"), Deferred("")),
        (refusal(429, 20429, "too many"), Deferred("")),
        (refusal(429, 20429, "too many", Retry_After="40"), Deferred("", 40)),
        (refusal(401, 20003, "authenticate"), SenderBroken("")),
        (refusal(400, 21408, "region not enabled"), SenderBroken("")),
        (refusal(400, 21606, "cannot send from it"), SenderBroken("")),
        (Answer(307, headers={"Location": "https://example.com"}), SenderBroken("")),
        (refusal(500, 20500, "internal"), Unknown("")),
        (refusal(503, 20503, "unavailable"), Unknown("")),
        (Trouble.HANG, Unknown("")),
        (Trouble.RESET, Unknown("")),
        (Trouble.HALF, Unknown("")),
    ],
)
def test_every_answer_has_its_class(vendor: FakeTwilio, answer: Answer | Trouble, outcome: Any) -> None:
    vendor.answer_next(answer)
    found = transport(vendor.url, timeout=0.5).send(envelope())
    told = {name: getattr(found, name) for name in ("suppress", "opted_out", "retry_after") if hasattr(found, name)}
    assert type(found) is type(outcome)
    assert told == {name: getattr(outcome, name) for name in told}
    assert len(vendor.requests) == 1


def test_nobody_there_is_certainly_not_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert isinstance(transport(f"http://127.0.0.1:{port}").send(envelope()), Deferred)


def test_what_was_taken_without_an_answer_is_found(vendor: FakeTwilio) -> None:
    sender = transport(vendor.url)
    assert sender.find(envelope()) is False
    vendor.answer_next(Trouble.RESET)
    assert isinstance(sender.send(envelope()), Unknown)
    assert sender.find(envelope()) is True


def test_another_text_to_them_at_that_time_proves_nothing(vendor: FakeTwilio) -> None:
    sender = transport(vendor.url)
    sender.send(envelope("another text"))
    assert sender.find(envelope()) is None


def test_no_request_uses_the_connection_of_another(vendor: FakeTwilio) -> None:
    sender = transport(vendor.url)
    sender.send(envelope())
    sender.find(envelope())
    assert len({request.peer for request in vendor.requests}) == len(vendor.requests) == 2


@pytest.mark.parametrize("changes", [{"recipient": "+12125550101"}, {"at": CREATED + timedelta(minutes=3)}])
def test_what_went_to_others_or_long_before_is_not_it(vendor: FakeTwilio, changes: dict[str, Any]) -> None:
    sender = transport(vendor.url)
    sender.send(envelope())
    assert sender.find(envelope(**changes)) is False


@pytest.mark.parametrize("answer", [refusal(500, 20500, "x"), refusal(429, 20429, "x"), Trouble.HANG, Trouble.HALF])
def test_while_twilio_cannot_be_asked_nobody_knows(vendor: FakeTwilio, answer: Answer | Trouble) -> None:
    vendor.answer_next(answer)
    assert transport(vendor.url, timeout=0.5).find(envelope()) is None


def test_silence_counts_after_five_minutes_and_a_minute_apart() -> None:
    silence = transport("http://127.0.0.1:1").silence
    assert silence is not None
    assert (silence.after, silence.apart) == (timedelta(minutes=5), timedelta(seconds=60))


def test_the_price_is_known_once_twilio_has_settled_it(vendor: FakeTwilio) -> None:
    sender = transport(vendor.url)
    sender.send(envelope())
    assert sender.price_of(f"SM{1:032}") is None
    vendor.price = "-0.00790"
    assert sender.price_of(f"SM{1:032}") == "0.00790 USD"
