"""What stands in the way of everything automatic, whoever it is for: a restored backup, a broken sender, harm that was
done, and an inbox that nobody can read.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from engine.core.freshness import is_fresh
from engine.core.guards import Allowed, Hold, Wait
from engine.core.providers import Replies
from engine.core.sequence import Verb
from engine.core.touch import Reason
from engine.operations.act import Act
from engine.store import breakers, hearing, heartbeats
from engine.store.connection import Record
from engine.store.held import Which

_LOOK_AGAIN = timedelta(minutes=2)
_UNNAMED_BATCHES = frozenset({"single", "api", "cli"})


def verdict_on(act: Act, due: Record) -> Allowed | Wait | Hold:
    """`due` is a touch as `store.moments` reads it."""
    return next(objections(act, due), Allowed())


def objections(act: Act, due: Record) -> Iterator[Wait | Hold]:
    """All that stands in the way; the first decides."""
    if due.held_since is not None:
        yield Wait(act.now + _LOOK_AGAIN, Reason.RECOVERY)
    if (broken := _sender(due)) is not None:
        yield Hold(broken)
    if (harm := _harm(act, due)) is not None:
        yield Hold(harm)
    if due.mailbox_address is not None and not hears(act, due.mailbox_id, due.mailbox_address):
        yield Wait(act.now + _LOOK_AGAIN, Reason.INBOX_STALE)


def _sender(due: Record) -> Reason | None:
    if Verb(due.verb) is not Verb.EMAIL:
        return None
    if due.mailbox_address is None:
        return Reason.NO_MAILBOX
    return Reason.SENDER_BROKEN if due.mailbox_held else None


def _harm(act: Act, due: Record) -> Reason | None:
    if not due.has_stops:
        return None
    stopped = breakers.stopped(act.connection)
    if ("channel", due.verb) in stopped:
        return Reason.SENDER_BROKEN
    if ("batch", batch_key(due)) in stopped:
        return Reason.BATCH_STOPPED
    if due.mailbox_address is None or Verb(due.verb) is not Verb.EMAIL:
        return None
    return Reason.DOMAIN_STOPPED if ("domain", domain_of(due.mailbox_address)) in stopped else None


def batch_key(row: Record) -> str:
    """People who were enrolled under no name of a list are judged with those of the same order."""
    return f"{row.batch} {row.enrolled_at.isoformat()}" if row.batch in _UNNAMED_BATCHES else str(row.batch)


def order_of(row: Record) -> datetime | None:
    """The instant of the order, where that is what names the batch."""
    return row.enrolled_at if row.batch in _UNNAMED_BATCHES else None


def held_batch(key: str) -> Which:
    """What a batch with this key holds."""
    name, _, ordered_at = key.partition(" ")
    if name in _UNNAMED_BATCHES:
        with suppress(ValueError):
            return Which(Reason.BATCH_STOPPED, batch=name, enrolled_at=datetime.fromisoformat(ordered_at))
    return Which(Reason.BATCH_STOPPED, batch=key)


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].casefold()


def hears(act: Act, mailbox_id: int, address: str) -> bool:
    """Whether an answer to this mailbox would be known by now."""
    replies = act.ctx.replies.get(address.casefold(), Replies.OUTBOX)
    match replies:
        case Replies.IMAP:
            heard = hearing.synced(act.connection, mailbox_id)
        case Replies.PARSE:
            heard = [heartbeats.listening_since(act.connection)]
        case _:
            return True
    return is_fresh(replies, heard, hearing.oldest_unread(act.connection), act.now)
