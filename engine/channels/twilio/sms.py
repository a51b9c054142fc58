"""Text messages out by Twilio's official SDK. Each carries our touch and attempt in its status callback's address."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException

from engine.channels.envelope import Envelope, Refusal, Silence
from engine.channels.twilio.http import TooManyRequests, client_of, never_connected
from engine.core.outcome import Accepted, Deferred, Rejected, SenderBroken, SendOutcome, Unknown
from engine.core.providers import TwilioAccount

STATUS_PATH = "/webhooks/twilio/status"
SHORTEST_VALIDITY = 15  # seconds; Twilio advises more than 5, and its queue needs some of them
LONGEST_VALIDITY = 36_000
_SILENCE = Silence(after=timedelta(minutes=5), apart=timedelta(seconds=60))
_CLOCKS_DIFFER = timedelta(minutes=2)
_LISTED = 100

# https://www.twilio.com/docs/api/errors
_OPTED_OUT = 21610
_DEAD_NUMBER = frozenset({21211, 21265, 21614, 21635})  # invalid, a short code, cannot receive SMS, a landline
_OUR_FAULT = frozenset(
    {20003, 20005, 21408, 21603, 21606, 21608, 21659, 21660, 21661, 21701, 21703, 21704, 21705}
)  # login, account, region not enabled, and senders that may not send
_LATER = frozenset({20429, 21611, 63038})  # request rate, the sender's queue is full, the account's day is full


class TwilioSms:
    """`public_url` is where Twilio reaches us. Raises nothing that a provider can cause."""

    def __init__(self, account: TwilioAccount, public_url: str, now: Callable[[], datetime]) -> None:
        self._account = account
        self._public_url = public_url.rstrip("/")
        self._now = now
        self._client = client_of(account)

    @property
    def silence(self) -> Silence | None:
        return _SILENCE

    def send(self, envelope: Envelope) -> SendOutcome:
        valid = self._validity(envelope)
        if valid is not None and valid < SHORTEST_VALIDITY:
            return Deferred(f"only {valid} s are left of the hours in which it may arrive")
        try:
            made = self._client.messages.create(to=envelope.recipient, **self._fields(envelope, valid))
        except TwilioException as problem:
            return outcome_of(problem)
        except (requests.RequestException, ValueError) as problem:
            if isinstance(problem, requests.RequestException) and never_connected(problem):
                return Deferred(f"Twilio cannot be reached: {problem}")
            return Unknown(f"Twilio did not say whether it took the message: {type(problem).__name__}: {problem}")
        return Accepted(made.sid or "")

    def find(self, envelope: Envelope) -> bool | None:
        """Listed by who, whom, when and what. Another text to them at that time may be ours, altered by the messaging
        service: then nobody knows. Twilio's own filter by date would miss what is still in its queue.
        """
        chosen = {"from_": self._account.sms_from} if self._account.messaging_service is None else {}
        try:
            listed = self._client.messages.list(to=envelope.recipient, limit=_LISTED, **chosen)
        except (TwilioException, requests.RequestException, ValueError):
            return None
        since = envelope.at - _CLOCKS_DIFFER
        sent = [one for one in listed if str(one.direction).startswith("outbound")]
        near = [one for one in sent if one.date_created is None or one.date_created >= since]
        if any((one.body or "").strip() == envelope.payload.decode().strip() for one in near):
            return True
        return None if near or len(listed) == _LISTED else False

    def price_of(self, provider_id: str) -> str | None:
        """`0.0079 USD`; None until Twilio has settled it, or when it cannot be asked."""
        try:
            found = self._client.messages(provider_id).fetch()
        except (TwilioException, requests.RequestException, ValueError):
            return None
        return f"{found.price.lstrip('-')} {found.price_unit}" if found.price is not None else None

    def _validity(self, envelope: Envelope) -> int | None:
        """Seconds from now, not from the intent: a retry has less time left."""
        if envelope.expires_at is None:
            return None
        left = int((envelope.expires_at - self._now()).total_seconds())
        return min(left, LONGEST_VALIDITY)

    def _fields(self, envelope: Envelope, valid: int | None) -> dict[str, Any]:
        query = urlencode({"touch": envelope.touch_id, "attempt": envelope.attempt})
        fields: dict[str, Any] = {
            "body": envelope.payload.decode(),
            "status_callback": f"{self._public_url}{STATUS_PATH}?{query}",
        }
        if valid is not None:
            fields["validity_period"] = valid
        if self._account.messaging_service is not None:
            fields["messaging_service_sid"] = self._account.messaging_service
        else:
            fields["from_"] = self._account.sms_from or envelope.sender
        return fields


def outcome_of(problem: TwilioException) -> Refusal:
    """What a refusal means (semantics, section 1)."""
    if isinstance(problem, TooManyRequests):
        return Deferred(str(problem), problem.retry_after)
    if not isinstance(problem, TwilioRestException | TwilioServiceException):
        return Unknown(f"Twilio: {problem}")
    words = problem.msg if isinstance(problem, TwilioRestException) else problem.detail or problem.title
    return _by_code(problem.status, problem.code or 0, f"Twilio answered {problem.status} ({problem.code}): {words}")


def _by_code(status: int, code: int, told: str) -> Refusal:
    if status >= 500:  # noqa: PLR2004 - whatever it says besides, it may have been taken
        return Unknown(told)
    if code == _OPTED_OUT:
        return Rejected(told, opted_out=True)
    if code in _DEAD_NUMBER:
        return Rejected(told, suppress=True)
    if code in _LATER:
        return Deferred(told)
    if status == 401 or code in _OUR_FAULT:  # noqa: PLR2004 - unauthorised
        return SenderBroken(told)
    if status < 400:  # noqa: PLR2004 - a redirect: that address is not Twilio's
        return SenderBroken(f"{told}; check the base URL")
    return Rejected(told)
