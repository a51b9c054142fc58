"""What Twilio tells us: what became of our messages, and the messages that come to our numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from twilio.twiml.messaging_response import MessagingResponse

from engine.channels.signatures import Form
from engine.core.heard import Clues, Heard, Proof, Told

# Final states. `sent` is none: it is with a carrier, and many carriers tell us afterwards that it did not arrive.
_ARRIVED = frozenset({"delivered", "read"})
_LOST = frozenset({"undelivered", "failed"})
_ON_ITS_WAY = frozenset({"accepted", "scheduled", "queued", "sending", "sent", "canceled", "partially_delivered"})
_OPTED_OUT = "21610"
# Unknown handset, landline or unreachable carrier, and numbers that never were any. 30003, a handset that is switched
# off, is none of them.
_DEAD = frozenset({"30005", "30006", "21211", "21265", "21614", "21635"})
_LONGEST_ID = 18  # digits of a 64-bit number


def status_key(body: bytes) -> str:
    """A message passes through a state once. Raises ValueError for a body that names none."""
    form = Form(body)
    return f"{_needed(form, 'MessageSid')}:{_needed(form, 'MessageStatus')}"


def read_status(body: bytes, query: str, received_at: datetime) -> Told:
    """`query` is that of the address which the message was sent with. Raises ValueError for an unknown status."""
    form = Form(body)
    status, proof = form.get("MessageStatus", ""), _proof(form, query)
    if status in _ON_ITS_WAY:
        return Told(proof=proof)
    if status not in _ARRIVED | _LOST:
        raise ValueError(f"{status!r} is no status of a message that is known here")
    kind, told = ("delivered", {}) if status in _ARRIVED else _lost(form)
    clues = Clues(touch_id=proof.touch_id if proof else None, provider_id=form["MessageSid"], phone=form.get("To"))
    return Told(Heard(kind, received_at, status_key(body), clues, told), proof)


def _lost(form: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    code = form.get("ErrorCode", "")
    detail = f"Twilio {code}: {form.get('ErrorMessage') or form['MessageStatus']}"
    if code == _OPTED_OUT:
        return "opted_out", {"channel": "sms", "text": detail}
    told = {"channel": "sms", "address": form.get("To", ""), "detail": detail, "is_dead": code in _DEAD}
    return "undelivered", told


def _proof(form: Mapping[str, str], query: str) -> Proof | None:
    named = dict(parse_qsl(query))
    touch, attempt = named.get("touch", ""), named.get("attempt", "")
    if not all(one.isascii() and one.isdigit() and len(one) <= _LONGEST_ID for one in (touch, attempt)):
        return None
    return Proof(int(touch), int(attempt), form.get("To", ""), form.get("MessageSid"))


@dataclass(frozen=True, slots=True)
class Text:
    """A message to one of our numbers. `handled` is the word that Twilio itself has acted on and answered, if any."""

    sid: str
    sender: str
    number: str
    text: str
    handled: str | None


def read_text(body: bytes) -> Text:
    form = Form(body)
    handled = form.get("OptOutType") or None
    words = form.get("Body", "").replace("\0", " ")  # UCS-2 can carry it, and not every database keeps it
    return Text(_needed(form, "MessageSid"), _needed(form, "From"), form.get("To", ""), words, handled)


def _needed(form: Mapping[str, str], name: str) -> str:
    value = form.get(name)
    if not value:
        raise ValueError(f"{name} is missing")
    return value


def answer(text: str | None) -> str:
    """TwiML: these words go back to whoever wrote, or nothing does."""
    made = MessagingResponse()
    if text is not None:
        made.message(text)
    return str(made)
