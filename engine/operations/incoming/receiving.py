"""Mail that has been fetched: stored first, then read."""

import hashlib
from datetime import datetime

from engine.operations.context import Context
from engine.operations.incoming import arrivals
from engine.operations.incoming.arrivals import Arrived, Provider
from engine.operations.incoming.reading_mail import SENT_AT


def receive(ctx: Context, raw: bytes, *, mailbox_id: int, received_at: datetime) -> list[int]:
    """Returns the new arrival, already read; nothing when the same mail came before."""
    new = arrivals.store(ctx, [as_arrived(raw, mailbox_id=mailbox_id, received_at=received_at)])
    arrivals.apply(ctx, new)
    return new


def as_arrived(raw: bytes, *, mailbox_id: int, received_at: datetime | None) -> Arrived:
    """Known again by its bytes, whatever number the server gives it next time."""
    key = f"{mailbox_id}:{hashlib.sha256(raw).hexdigest()}"
    headers = {SENT_AT: received_at.isoformat()} if received_at is not None else {}
    return Arrived(Provider.IMAP, key, raw, headers, mailbox_id)
