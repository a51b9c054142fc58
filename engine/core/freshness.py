"""May we take it that nobody has answered? Only while what comes back to a mailbox is heard of."""

from collections.abc import Collection
from datetime import datetime, timedelta

from engine.core.providers import Replies

LONGEST_SILENCE = timedelta(minutes=15)


def is_fresh(
    replies: Replies, heard: Collection[datetime | None], oldest_unread: datetime | None, now: datetime
) -> bool:
    """`heard` is when each way in was last known to work, None for never; `oldest_unread` what still waits to be read.

    The outbox hears everything at once; NONE is somebody's express wish.
    """
    if replies in {Replies.NONE, Replies.OUTBOX}:
        return True
    is_read = oldest_unread is None or now - oldest_unread <= LONGEST_SILENCE
    return is_read and bool(heard) and all(at is not None and now - at <= LONGEST_SILENCE for at in heard)
