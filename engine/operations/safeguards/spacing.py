"""A mailbox sends one mail at a time, minutes apart: of many that are due the rest move to the slots after the first.

Without this every mail of a wave would be looked at again for each one that leaves.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from engine.core import caps
from engine.core.touch import Reason
from engine.operations.act import Act
from engine.store import events, messages, reservations
from engine.store.connection import Record


def first_of_each_mailbox(act: Act, reserved: Sequence[Record]) -> list[Record]:
    """Of the mails that were reserved a moment ago, those that may leave now; the others wait in their order.

    When a slot comes the guard decides again. Answers are not put off, and whoever waits for an answer of theirs to be
    applied takes nobody's slot.
    """
    blocked = events.people_who_wait(act.connection, {row.prospect_id for row in reserved})
    spaced = [row.id for row in reserved if row.prospect_id not in blocked]
    mailboxes = reservations.planned_mailboxes(act.connection, spaced)
    slots = messages.counted_since(act.connection, set(mailboxes.values()), act.now - timedelta(days=1))
    now, later = [], []
    for row in reserved:
        at, why = _slot(act, row.id, slots[mailboxes[row.id]]) if row.id in mailboxes else (act.now, None)
        if why is None:
            now.append(row)
        else:
            later.append((row.id, at, why.value))
    reservations.put_off(act.connection, later)
    return now


def _slot(act: Act, touch_id: int, used: list[datetime]) -> tuple[datetime, Reason | None]:
    """The first slot that is free, which is taken then."""
    at, why = caps.next_slot(used, act.workspace.caps, touch_id, act.now)
    used.append(at)
    return at, why
