"""When a mailbox may send again: at most so many mails in any 24 hours, and a gap between two of them."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from engine.core.touch import Reason
from engine.core.workspace import Caps

_DAY = timedelta(hours=24)


def free_from(used: Sequence[datetime], caps: Caps, touch_id: int) -> tuple[datetime, Reason] | None:
    """`used` are the instants of the last 24 hours, oldest first; None while nothing limits.

    The gap varies by `gap_spread` around its length, by the touch's own id: the same touch always gets the same gap.
    """
    if len(used) >= caps.mailbox_per_day:
        return used[len(used) - caps.mailbox_per_day] + _DAY, Reason.MAILBOX_CAP
    if not used:
        return None
    return max(used) + _gap(caps, touch_id), Reason.MAILBOX_GAP


def next_slot(used: Sequence[datetime], caps: Caps, touch_id: int, now: datetime) -> tuple[datetime, Reason | None]:
    """The first instant from `now` on at which both limits hold, and the limit that decided it."""
    reason = None
    free = free_from([at for at in used if at > now - _DAY], caps, touch_id)
    while free is not None and free[0] > now:
        now, reason = free
        free = free_from([at for at in used if at > now - _DAY], caps, touch_id)
    return now, reason


def _gap(caps: Caps, touch_id: int) -> timedelta:
    share = int.from_bytes(hashlib.sha256(str(touch_id).encode()).digest()[:4]) / 2**32
    return timedelta(seconds=caps.mailbox_gap * (1 + caps.gap_spread * (2 * share - 1)))
