"""Click-to-call by Twilio: it rings the rep, asks for a key, which no voicemail presses, and bridges to the prospect.

One click is one call: nothing here dials a list, and nothing is recorded unless the account says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import parse_qs, urlencode

import requests
from twilio.base.exceptions import TwilioException
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from engine.channels.signatures import Form
from engine.channels.twilio.http import client_of, never_connected
from engine.channels.twilio.sms import outcome_of
from engine.core.outcome import Accepted, Deferred, SendOutcome, Unknown
from engine.core.providers import TwilioAccount

PATH = "/webhooks/twilio/voice"
_RING_REP_SECONDS = 25
_RING_PROSPECT_SECONDS = 30
_KEY_SECONDS = 10
_PROGRESS = "initiated ringing answered completed"
_LANGUAGES = {True: "zh-CN", False: "en-US"}
_LONGEST_ID = 18  # digits of a 64-bit number


class Leg(StrEnum):
    """What a webhook is about: somebody has picked up at the rep's, who has then pressed a key, how the rep's line
    stands, how the prospect's does, who answered there, that the bridge is over, and what the prospect hears first
    where calls are recorded.
    """

    PICKED_UP = "picked_up"
    BRIDGE = "bridge"
    REP = "rep"
    PROSPECT = "prospect"
    ANSWERED_BY = "answered_by"
    END = "end"
    ANNOUNCE = "announce"


class TwilioDialer:
    def __init__(self, account: TwilioAccount, public_url: str) -> None:
        self._account = account
        self._url = f"{public_url.rstrip('/')}{PATH}"
        self._client = client_of(account)

    @property
    def caller_id(self) -> str:
        return self._account.voice_from or ""

    def ring(self, call_id: int, rep_number: str) -> SendOutcome:
        try:
            made = self._client.calls.create(
                to=rep_number,
                from_=self.caller_id,
                url=self._address(call_id, Leg.PICKED_UP),
                status_callback=self._address(call_id, Leg.REP),
                status_callback_event=_PROGRESS.split(),
                timeout=_RING_REP_SECONDS,
            )
        except TwilioException as problem:
            return outcome_of(problem)
        except (requests.RequestException, ValueError) as problem:
            if isinstance(problem, requests.RequestException) and never_connected(problem):
                return Deferred(f"Twilio cannot be reached: {problem}")
            return Unknown(f"Twilio did not say whether it rings: {type(problem).__name__}: {problem}")
        return Accepted(made.sid or "")

    def ask(self, call_id: int, words: str, *, is_chinese: bool) -> str:
        """TwiML for the rep's line: any key goes on; without one the line ends."""
        anything = Gather(
            num_digits=1, finish_on_key="", timeout=_KEY_SECONDS, action=self._address(call_id, Leg.BRIDGE)
        )
        anything.say(words, language=_LANGUAGES[is_chinese])
        made = VoiceResponse()
        made.append(anything)
        return str(made)

    def bridge(self, call_id: int, prospect_number: str) -> str:
        """TwiML for the rep's line: the prospect is rung, and both talk when they answer."""
        options = {"record": "record-from-answer-dual"} if self._account.is_recording else {}
        dial = Dial(
            caller_id=self.caller_id,
            answer_on_bridge=True,
            timeout=_RING_PROSPECT_SECONDS,
            action=self._address(call_id, Leg.END),
            **options,
        )
        announced = {"url": self._address(call_id, Leg.ANNOUNCE)} if self._account.is_recording else {}
        dial.number(
            prospect_number,
            status_callback=self._address(call_id, Leg.PROSPECT),
            status_callback_event=_PROGRESS,
            machine_detection="Enable",
            amd_status_callback=self._address(call_id, Leg.ANSWERED_BY),
            **announced,
        )
        made = VoiceResponse()
        made.append(dial)
        return str(made)

    def _address(self, call_id: int, leg: Leg) -> str:
        return f"{self._url}?{urlencode({'call': call_id, 'leg': leg.value})}"


def spoken(words: str, *, is_chinese: bool = False) -> str:
    """TwiML: these words, and the line goes on or ends."""
    made = VoiceResponse()
    made.say(words, language=_LANGUAGES[is_chinese])
    return str(made)


def silent() -> str:
    return str(VoiceResponse())


@dataclass(frozen=True, slots=True)
class CallNews:
    """`status` is Twilio's word, `seconds` how long they were connected."""

    call_id: int
    leg: Leg
    sid: str
    status: str
    at: datetime
    seconds: int | None
    answered_by: str | None


def read_call(body: bytes, query: str, received_at: datetime) -> CallNews:
    """Raises ValueError for what is about no call of ours."""
    form, named = Form(body), {name: values[0] for name, values in parse_qs(query).items()}
    call, sid = named.get("call", ""), form.get("CallSid", "")
    if not (call.isascii() and call.isdigit() and len(call) <= _LONGEST_ID) or not sid:
        raise ValueError(f"the address names no call of ours: {query!r}, {sid!r}")
    return CallNews(
        call_id=int(call),
        leg=Leg(named.get("leg", "")),
        sid=sid,
        status=form.get("CallStatus", ""),
        at=_at(form, received_at),
        seconds=_seconds(form),
        answered_by=form.get("AnsweredBy") or None,
    )


def _at(form: Mapping[str, str], received_at: datetime) -> datetime:
    try:
        told = parsedate_to_datetime(form["Timestamp"])
    except (KeyError, ValueError):
        return received_at
    return told if told.tzinfo is not None else received_at


def _seconds(form: Mapping[str, str]) -> int | None:
    told = form.get("CallDuration", "")
    return int(told) if told.isascii() and told.isdigit() else None
