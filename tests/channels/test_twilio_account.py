"""Trying Twilio's token by the official SDK: what it asks, and what each answer comes to."""

from collections.abc import Iterator

import pytest

from engine.channels.twilio.account import trouble
from engine.core.providers import Secret, TwilioAccount
from tests.support.fake_twilio import ACCOUNT, SID, FakeTwilio, fake_twilio, refusal
from tests.support.fake_vendor import Answer, Trouble


@pytest.fixture
def vendor() -> Iterator[FakeTwilio]:
    with fake_twilio() as made:
        yield made


def account(url: str) -> TwilioAccount:
    return TwilioAccount(SID, Secret("token"), base_url=url, timeout_seconds=0.5)


def test_an_active_account_is_no_trouble_and_nothing_is_sent(vendor: FakeTwilio) -> None:
    assert trouble(account(vendor.url)) is None
    (request,) = vendor.requests
    assert (request.method, request.path) == ("GET", f"{ACCOUNT}.json")
    assert request.headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_an_account_that_is_not_active_is_told(vendor: FakeTwilio, status: str) -> None:
    vendor.status = status
    assert trouble(account(vendor.url)) == f"Twilio says that the account is {status}"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (refusal(401, 20003, "Authenticate"), "401 (20003): "),
        (refusal(404, 20404, "The requested resource was not found"), "404 (20404): "),
        (refusal(429, 20429, "Too Many Requests", Retry_After="3"), "429: too many requests"),
        (refusal(503, 20503, "Service unavailable"), "503 (20503): "),
        (Answer(302, headers={"Location": "/welcome"}), "check the base URL"),
        (Answer(200, ["welcome"]), "check the base URL"),
        (Answer(200, {"welcome": True}), "check the base URL"),
        (Answer(200), "check the base URL"),
        (Trouble.HANG, "did not answer: ReadTimeout"),
        (Trouble.RESET, "did not answer: ConnectionError"),
    ],
)
def test_whatever_else_it_answers_is_told(vendor: FakeTwilio, answer: Answer | Trouble, told: str) -> None:
    vendor.answer_next(answer)
    assert told in (trouble(account(vendor.url)) or "")
    assert len(vendor.requests) == 1


def test_an_account_cannot_be_tried_where_nobody_is() -> None:
    assert "did not answer: ConnectionError" in (trouble(account("http://127.0.0.1:1")) or "")
