"""What a mail means: a person's answer, or one of the things that machines send back.

The order of the rules protects people: a report is known by its form, an automatic answer by signs that add up, and
whatever is left is read as written by a person, which stops the sequence and asks one of ours to read it.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from engine.channels.mail_in import absence, notices
from engine.channels.mail_in.bounces import Bounce, bounce_in
from engine.channels.mail_in.letter import Letter, first
from engine.channels.mail_in.parsing import parse
from engine.channels.mail_in.signs import MACHINE, machine_points
from engine.channels.mail_in.wishes import asks_to_stop
from engine.core.heard import Clues, Heard

_PLUS = re.compile(r"[^@+]+\+([^@]+)@")
_LONGEST_KEPT = 20_000  # characters of a text in a fact; the whole mail is kept as it came


@dataclass(frozen=True, slots=True)
class Reading:
    """`heard` is None for what tells us nothing; `note` says why."""

    letter: Letter
    heard: Heard | None
    note: str = ""


def read_mail(raw: bytes, received_at: datetime) -> Reading:
    letter = parse(raw)
    if letter.report == "disposition-notification":
        return Reading(letter, None, "a receipt that says it was opened")
    if letter.feedback is not None:
        return _complaint(letter, raw, received_at)
    bounce = bounce_in(letter)
    if bounce is not None:
        return _bounced(letter, bounce, raw, received_at)
    kind, more = _answer(letter, received_at)
    clues = Clues(message_ids=letter.refers_to, tag=_tag(letter), email=letter.sender or None)
    return Reading(letter, _heard(kind, received_at, key=_key(letter, raw), clues=clues, body=_said(letter) | more))


def _answer(letter: Letter, received_at: datetime) -> tuple[str, dict[str, Any]]:
    points = machine_points(letter)
    if notices.is_challenge(letter) and (points > 0 or notices.is_known_challenger(letter)):
        return "challenged", _named(link=notices.link_in(letter))
    if points >= MACHINE:
        return _automatic(letter, received_at)
    if asks_to_stop(letter):
        return "opted_out", {}
    return "replied", _named(calendar=letter.calendar, attachments=list(letter.attachments))


def _automatic(letter: Letter, received_at: datetime) -> tuple[str, dict[str, Any]]:
    instead = notices.somebody_else(letter)
    if notices.says_they_left(letter):
        return "left_company", _named(successor=instead)
    until = absence.away_until(letter.opening, received_at.date())
    if until is not None or absence.says_away(letter.opening):
        return "out_of_office", _named(until=until.isoformat() if until else None, delegate=instead)
    return "auto_replied", {}


def _bounced(letter: Letter, bounce: Bounce, raw: bytes, received_at: datetime) -> Reading:
    """Two reports about one mail are one fact."""
    if bounce.verdict is None:
        return Reading(letter, None, "a report that it has arrived")
    clues = Clues(message_ids=bounce.message_ids, email=bounce.recipient or None)
    about = _digest("\n".join(bounce.message_ids[:1]), bounce.recipient) if bounce.message_ids else _key(letter, raw)
    body = _named(address=bounce.recipient, status=bounce.status, detail=bounce.detail)
    return Reading(letter, _heard(bounce.verdict.value, received_at, key=about, clues=clues, body=body))


def _complaint(letter: Letter, raw: bytes, received_at: datetime) -> Reading:
    """RFC 5965; `not-spam` takes a complaint back."""
    kind = first(letter.feedback, "feedback-type").lower()
    if kind == "not-spam":
        return Reading(letter, None, "a report that it was no spam")
    original = first(letter.returned, "message-id")
    recipient = first(letter.feedback, "original-rcpt-to").strip("<>") or None
    clues = Clues(message_ids=(original,) if original else (), email=recipient)
    sender = parseaddr(first(letter.returned, "from"))[1] or first(letter.feedback, "original-mail-from").strip("<>")
    about = _named(address=recipient, **{"from": sender})
    body = {"channel": "email", "text": f"{kind or 'abuse'} report by {letter.sender}", **about}
    fact = "opted_out" if kind.startswith("opt-out") else "complained"
    return Reading(letter, _heard(fact, received_at, key=_key(letter, raw), clues=clues, body=body))


def _heard(kind: str, at: datetime, *, key: str, clues: Clues, body: Mapping[str, Any]) -> Heard:
    return Heard(kind, at, f"{kind}:{key}", clues, body)


def _tag(letter: Letter) -> str | None:
    """What stands behind the plus of the address it was sent to."""
    return next((found[1] for one in letter.recipients if (found := _PLUS.match(one))), None)


def _said(letter: Letter) -> dict[str, Any]:
    body = {"channel": "email", "from": letter.sender, "subject": letter.subject[:500]}
    return body | {"text": letter.new_words[:_LONGEST_KEPT]}


def _named(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _key(letter: Letter, raw: bytes) -> str:
    """The same mail in two of our mailboxes, or fetched again after a server moved, is one fact."""
    if letter.message_id is None:
        return hashlib.sha256(raw).hexdigest()
    return _digest(letter.message_id, letter.sender)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
