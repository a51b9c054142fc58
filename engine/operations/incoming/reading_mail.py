"""A mail that was stored becomes a fact about somebody we know, or is kept with a note of why not."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from engine.channels.mail_in.letter import Letter
from engine.channels.mail_in.reading import read_mail
from engine.contacts.match_keys import is_same, match_key
from engine.core.heard import Clues, Heard
from engine.operations.context import Context
from engine.operations.incoming import hearing, matching
from engine.operations.incoming.hearing import Reading
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.incoming.matching import Meant
from engine.store import messages, people, plans
from engine.store.connection import Record

MAIL = "mail"  # the provider of the fact: the same mail by two ways is one
SENT_AT = "received_at"  # the header of an arrival that says when the mail server took it
TOUCH_HEADER = "x-touchline-touch"
_REPORTS = frozenset({"bounced", "soft_bounced", "sender_refused"})
_OF_PEOPLE = frozenset({"replied", "opted_out", "complained"})


def read(ctx: Context, row: Record) -> Reading:
    came = (row.headers or {}).get(SENT_AT)
    at = datetime.fromisoformat(came) if came else row.received_at
    reading = read_mail(row.body, at)
    is_from_us = _is_from_us(ctx, reading.letter.sender)
    if _is_engines(ctx, reading.letter, is_from_us=is_from_us):
        return _ignored("our own mail")
    if is_from_us:
        return _written_by_hand(ctx, reading.letter, at)
    if reading.heard is None:
        return _ignored(reading.note)
    if reading.heard.kind in _REPORTS:
        return _bounced(ctx, reading.heard, row.mailbox_id)
    return _told(ctx, reading.heard)


def _told(ctx: Context, heard: Heard) -> Reading:
    """An automatic answer is about whoever answers; what a person asks for, about everybody whom it names."""
    about = matching.writers(ctx, heard.clues)
    _ingest(ctx, heard, about if heard.kind in _OF_PEOPLE else about[:1])
    closed = hearing.close_unknown(ctx, MAIL, heard) if _is_stranger(ctx, heard.clues) else None
    if about:
        return Reading(is_applied=True)
    return closed or _ignored(_stranger(ctx, heard))


def _is_stranger(ctx: Context, clues: Clues) -> bool:
    """Also in the thread of somebody we know."""
    return not matching.writers(ctx, Clues(email=clues.email))


def _stranger(ctx: Context, heard: Heard) -> str:
    """A colleague's answer is seen where arrivals are listed."""
    address = heard.clues.email or "nobody"
    with ctx.database.read() as connection:
        company = people.company_at(connection, address.rpartition("@")[2].casefold())
    return f"{heard.kind} of {address}, whom we do not know" + (f", at {company}" if company else "")


def _bounced(ctx: Context, heard: Heard, mailbox_id: int | None) -> Reading:
    """It counts only if it matches what we sent. What failed behind a forwarding says little about the address."""
    sent = matching.bounced_mail(ctx, heard.clues, mailbox_id)
    if sent is None:
        return _ignored("a report about a mail that we did not send")
    is_there = not heard.clues.email or is_same("email", sent.recipient, heard.clues.email)
    kind = heard.kind if is_there or heard.kind != "bounced" else "soft_bounced"
    _ingest(ctx, replace(heard, kind=kind, body={**heard.body, "address": sent.recipient}), [sent])
    return Reading(is_applied=True)


def _written_by_hand(ctx: Context, letter: Letter, at: datetime) -> Reading:
    """A rep has written to somebody whom we know: automatic mail keeps away for a while (rule 12)."""
    with ctx.database.read() as connection:
        keys = {match_key("email", one) for one in letter.recipients}
        known = {one for key in keys for one in people.prospects_with_address(connection, "email", key)}
    body = {"channel": "email", "subject": letter.subject[:500], "from": letter.sender}
    heard = Heard("hand_sent", at, f"hand_sent:{letter.message_id or at.isoformat()}", Clues(), body)
    _ingest(ctx, heard, [Meant(one) for one in sorted(known)])
    return Reading(is_applied=True) if known else _ignored("our own mail, to nobody we know")


def _ingest(ctx: Context, heard: Heard, about: Iterable[Meant]) -> None:
    for one in about:
        key = f"{heard.dedupe_key}:{one.prospect_id}"
        ingest(ctx, Inbound(heard.kind, one.prospect_id, heard.at, key, MAIL, one.touch_id, dict(heard.body)))


def _is_engines(ctx: Context, letter: Letter, *, is_from_us: bool) -> bool:
    """A copy of what we have sent; some providers give it another Message-ID, but leave our mark."""
    if is_from_us and letter.first(TOUCH_HEADER):
        return True
    with ctx.database.read() as connection:
        return bool(letter.message_id and messages.of_message_ids(connection, [letter.message_id]))


def _is_from_us(ctx: Context, sender: str) -> bool:
    with ctx.database.read() as connection:
        ours = [row.address for row in plans.mailboxes(connection)]
        ours += [rep.email for rep in plans.reps(connection, only_active=False)]
    return any(is_same("email", sender, one) for one in ours)


def _ignored(note: str) -> Reading:
    return Reading(is_applied=False, note=note)
