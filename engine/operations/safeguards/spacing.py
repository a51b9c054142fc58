"""Whose turn it is: of many touches that are due, those that no cap holds up now leave; the rest take later slots.

Without this every mail of a wave would be looked at again for each one that leaves. People who are under way come
before new ones. When a slot comes the caps are asked again, for that touch alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.core.caps import DAY, HandOff, counters_asked, delay_of, yields_until
from engine.core.touch import Reason
from engine.operations.act import Act
from engine.operations.safeguards.capping import hand_off_of, slot_from
from engine.store import events, hand_offs, people, reservations, turns
from engine.store.connection import Record


def in_turn(act: Act, reserved: Sequence[Record]) -> list[Record]:
    """Of the touches that were reserved a moment ago, those that may leave now. Whoever waits for an answer of theirs
    to be applied takes nobody's slot.
    """
    blocked = events.people_who_wait(act.connection, {row.prospect_id for row in reserved})
    line = _line(act, [row for row in reserved if row.prospect_id not in blocked])
    delays = _delays(act, line)
    later = [(one, *delays[one.due.id]) for one in line if one.due.id in delays]
    reservations.put_off(act.connection, [(one.due.id, _slot(act, one, at), why.value) for one, at, why in later])
    places = {one.due.id: place for place, one in enumerate(line)}
    now = [row for row in reserved if row.id not in delays]
    return sorted(now, key=lambda row: places.get(row.id, 0))


@dataclass(frozen=True, slots=True)
class _Waiting:
    due: Record
    person: Record
    hand_off: HandOff


def _line(act: Act, reserved: Sequence[Record]) -> list[_Waiting]:
    """As they were reserved, the new ones last."""
    known = turns.of(act.connection, [row.id for row in reserved])
    persons = {row.id: row for row in people.with_accounts(act.connection, [row.prospect_id for row in reserved])}
    line = (_waiting(act, known[row.id], persons[row.prospect_id]) for row in reserved)
    return sorted(filter(None, line), key=lambda one: one.hand_off.is_new)


def _waiting(act: Act, due: Record, person: Record) -> _Waiting | None:
    """None where it cannot be told: the guard meets the same and says so, for this touch alone."""
    try:
        return _Waiting(due, person, hand_off_of(act, due, person, is_guessed=due.quality == "guessed"))
    except Exception:  # noqa: BLE001 - whatever it is, other people's touches find their slots
        return None


def _slot(act: Act, one: _Waiting, at: datetime) -> datetime:
    try:
        return slot_from(act, one.due, one.person, at)
    except Exception:  # noqa: BLE001 - whatever it is, the guard meets it then
        return at


def _delays(act: Act, line: Sequence[_Waiting]) -> dict[int, tuple[datetime, Reason]]:
    """Who leaves now is counted everywhere; who waits, where they wait: each gets a slot of their own there."""
    caps, now, found = act.workspace.caps, act.now, {}
    counters = {counter for one in line for counter in counters_asked(one.hand_off, caps, now)}
    usage = hand_offs.usage_of(act.connection, counters, now)
    needed = _needed(act, line)
    for one in line:
        delay = delay_of(one.hand_off, caps, usage, now)
        if delay is not None:
            usage.take(one.hand_off, delay.until, [delay.counter])
            found[one.due.id] = (delay.until, delay.reason)
            continue
        later = yields_until(one.hand_off, caps, usage, needed=needed.get(one.hand_off.mailbox or 0, ()), now=now)
        if later is None:
            usage.take(one.hand_off, now, one.hand_off.counters)
        else:
            found[one.due.id] = (later, Reason.FOLLOW_UPS_FIRST)
    return found


def _needed(act: Act, line: Sequence[_Waiting]) -> Mapping[int, Sequence[datetime]]:
    """When people who are under way, and are not in this line, will need the mailboxes of the new ones."""
    mailboxes = {one.hand_off.mailbox for one in line if one.hand_off.is_new and one.hand_off.mailbox is not None}
    here = {one.due.id for one in line}
    return turns.follow_ups(act.connection, mailboxes, act.now + DAY, but=here)
