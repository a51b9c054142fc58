"""SendGrid's Event Webhook: a list of events becomes facts, one for one.

What SendGrid calls an open, a delay or a resubscription decides nothing here: opens are made by machines, a delay is
no result, and only an audited opt-in lifts an opt-out.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from engine.channels.mail_in.verdicts import Verdict, verdict_on
from engine.core.clicks import is_program
from engine.core.heard import Clues, Heard, Proof, Told

Event = Mapping[str, Any]
_NO_FACT = frozenset({"processed", "deferred", "open", "group_resubscribe", "account_status_change"})
# Why SendGrid drops a mail that it has taken: what it knows about the address from before.
_DROPPED = {
    "bounced address": "bounced",
    "invalid": "bounced",
    "unsubscribed address": "opted_out",
    "spam reporting address": "complained",
}
_LONGEST_ID = 18  # digits of a 64-bit number
_LONGEST_KEY = 200  # characters; SendGrid's own have fewer than a hundred


def split(body: bytes) -> list[tuple[str, bytes]]:
    """Each event under its `sg_event_id`; one that nobody can read keeps no other from being read. Raises ValueError
    for what is no list.
    """
    match _loaded(body):
        case list() as events:
            return [(_id_of(one), _dumped(one)) for one in events]
        case _:
            raise ValueError("the body is no list of events")


def _loaded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:  # half of a surrogate pair somewhere, which JSON allows and UTF-8 does not
        try:
            return json.loads(body)
        except RecursionError:
            raise ValueError("the body is nested too deeply") from None


def _dumped(event: object) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode("ascii")


def _id_of(event: object) -> str:
    known = event.get("sg_event_id") if isinstance(event, dict) else None
    is_usable = isinstance(known, str) and known.isprintable() and 0 < len(known) <= _LONGEST_KEY
    return str(known) if is_usable else hashlib.sha256(_dumped(event)).hexdigest()


def read(body: bytes, received_at: datetime) -> Told:
    """Raises ValueError for what cannot be read, and for a kind of event that nobody has told us about."""
    name, event = _named(orjson.loads(body))
    if name in _NO_FACT:
        return Told(proof=_proof(event))
    if name not in _FACTS:
        raise ValueError(f"{name!r} is no event of SendGrid that is known here")
    kind, told = _FACTS[name](event)
    heard = Heard(kind, _at(event, received_at), _id_of(event), _clues(event), told)
    return Told(heard, _proof(event))


def _named(told: Any) -> tuple[str, Event]:
    match told:
        case {"event": str(name)} if isinstance(told.get("email", ""), str):
            return name, told
        case _:
            raise ValueError("this is no event of SendGrid")


def _delivered(event: Event) -> tuple[str, Event]:
    return "delivered", _said(event, "response")


def _bounced(event: Event) -> tuple[str, Event]:
    """Whether the address is dead is read from the answer of its server, as in any bounce; a `blocked` mail is no
    sign of it, whatever the code.
    """
    reason = str(event.get("reason") or "")
    verdict = verdict_on(str(event.get("status") or ""), reason)
    if verdict is Verdict.HARD and event.get("type") == "blocked":
        verdict = Verdict.SOFT
    return verdict.value, {"address": event.get("email", ""), "detail": reason}


def _dropped(event: Event) -> tuple[str, Event]:
    reason = str(event.get("reason") or "")
    kind = _DROPPED.get(reason.casefold(), "undelivered")
    told = f"SendGrid did not send it: {reason}"
    return kind, {"address": event.get("email", ""), "channel": "email", "detail": told, "text": told}


def _complained(event: Event) -> tuple[str, Event]:
    return "complained", {"address": event.get("email", ""), "text": "reported as spam, says SendGrid"}


def _opted_out(event: Event) -> tuple[str, Event]:
    return "opted_out", {"channel": "email", "text": f"SendGrid: {event['event']}"}


def _clicked(event: Event) -> tuple[str, Event]:
    """All that SendGrid tells of who clicked is the browser's name: who gives none, or a program's, is no person."""
    agent = str(event.get("useragent") or "")
    kind = "machine_clicked" if is_program(agent) else "clicked"
    return kind, _said(event, "url", "useragent")


_FACTS: Mapping[str, Callable[[Event], tuple[str, Event]]] = {
    "delivered": _delivered,
    "bounce": _bounced,
    "dropped": _dropped,
    "spamreport": _complained,
    "unsubscribe": _opted_out,
    "group_unsubscribe": _opted_out,
    "click": _clicked,
}


def _said(event: Event, *names: str) -> Event:
    return {name: event[name] for name in names if event.get(name)}


def _clues(event: Event) -> Clues:
    return Clues(touch_id=_number(event.get("touch_id")), email=event.get("email") or None)


def _proof(event: Event) -> Proof | None:
    touch_id, attempt = _number(event.get("touch_id")), _number(event.get("touch_attempt"))
    if touch_id is None or attempt is None:
        return None
    message_id = str(event.get("sg_message_id") or "").partition(".")[0]
    return Proof(touch_id, attempt, str(event.get("email") or ""), message_id or None)


def _number(text: object) -> int | None:
    told = str(text)
    return int(told) if told.isascii() and told.isdigit() and len(told) <= _LONGEST_ID else None


def _at(event: Event, received_at: datetime) -> datetime:
    """When it happened; nothing happens after we hear of it."""
    seconds = event.get("timestamp")
    if not isinstance(seconds, int) or seconds < 0:
        return received_at
    return datetime.fromtimestamp(min(seconds, int(received_at.timestamp())), UTC)
