"""Whom a mail is about. What refers to a mail of ours is surer than who says to have written it; a subject is nothing.

Our Message-IDs and tags cannot be guessed. A sender's address can be forged: what rests on it alone may stop, no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from engine.contacts.match_keys import is_same, match_key
from engine.core.heard import Clues
from engine.operations import links
from engine.operations.context import Context
from engine.store import cases, messages, people
from engine.store.connection import Connection, Record

_BOUNCES_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Meant:
    """A person, and the touch and address of ours that it answers, where it says so."""

    prospect_id: int
    touch_id: int | None = None
    recipient: str = ""


def writers(ctx: Context, clues: Clues) -> list[Meant]:
    """By the thread, else by the tag; and by the address, unless that is in somebody's thread under another name."""
    with ctx.database.read() as connection:
        answered = _by_thread(connection, clues.message_ids) or _by_tag(connection, ctx.secret, clues.tag)
        known = people.prospects_with_address(connection, "email", match_key("email", clues.email or "@"))
    return [*answered, *(Meant(one) for one in known if one not in {meant.prospect_id for meant in answered})]


def bounced_mail(ctx: Context, clues: Clues, mailbox_id: int | None) -> Meant | None:
    """What we sent and came back; None for a report about a mail that is not ours.

    A report that repeats no Message-ID is believed about an address that this mailbox has written to of late.
    """
    with ctx.database.read() as connection:
        if clues.message_ids or not clues.email:
            return next(iter(_by_thread(connection, clues.message_ids)), None)
        known = people.prospects_with_address(connection, "email", match_key("email", clues.email))
        since = ctx.now() - _BOUNCES_WITHIN
        sent = messages.last_mail_to(connection, known, mailbox_id=mailbox_id, since=since)
    return _meant(sent) if sent is not None and is_same("email", sent.recipient, clues.email) else None


def _by_thread(connection: Connection, message_ids: Sequence[str]) -> list[Meant]:
    """The nearest mail of ours that is referred to."""
    ours = messages.of_message_ids(connection, message_ids)
    return next(([_meant(ours[one])] for one in message_ids if one in ours), [])


def _by_tag(connection: Connection, secret: bytes, tag: str | None) -> list[Meant]:
    touch_id = links.touch_of_tag(secret, tag) if tag else None
    touch = cases.one(connection, touch_id) if touch_id is not None else None
    return [Meant(touch.prospect_id, touch.id)] if touch is not None else []


def _meant(row: Record) -> Meant:
    return Meant(row.prospect_id, row.touch_id, row.recipient)
