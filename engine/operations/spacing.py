"""A mailbox sends one mail at a time, minutes apart: of many that are due the rest move to the slots after the first.

Without this every mail of a wave would be looked at again for each one that leaves.
"""

from collections.abc import Sequence
from datetime import timedelta

from engine.core.touch import Reason
from engine.operations.act import Act
from engine.store import touches
from engine.store.connection import Record


def first_of_each_mailbox(act: Act, reserved: Sequence[Record]) -> list[Record]:
    """Of the mails that were reserved a moment ago, those that may leave now; the others wait in their order.

    The slots are the plain gap apart; when one comes, the guard decides by the real gap. Answers are not put off.
    """
    gap = timedelta(seconds=act.workspace.caps.mailbox_gap)
    if not gap or len(reserved) < 2:  # noqa: PLR2004 - one mail has nothing to wait for
        return list(reserved)
    mailbox = touches.planned_mailboxes(act.connection, [row.id for row in reserved])
    waiting: dict[int, int] = {}
    now, later = [], []
    for row in reserved:
        place = waiting.get(mailbox.get(row.id, 0), 0)
        if row.id in mailbox:
            waiting[mailbox[row.id]] = place + 1
        if place:
            later.append((row.id, act.now + place * gap))
        else:
            now.append(row)
    touches.put_off(act.connection, later, Reason.MAILBOX_GAP.value)
    return now
