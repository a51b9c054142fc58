"""What `doctor` finds to wait for a person, and whether anybody is at work at all."""

from collections.abc import Iterator
from datetime import datetime

from engine.operations.queries.standing import stuck_touches
from engine.operations.readiness import OLDEST_BEAT
from engine.runtime.console import counted
from engine.runtime.ways_told import Row
from engine.store import plans
from engine.store.connection import Connection


def waiting(connection: Connection) -> Iterator[Row]:
    broken = [f"{row.address}: {row.held_reason}" for row in plans.mailboxes(connection) if row.held_reason]
    if broken:
        yield "held mailboxes", "; ".join(broken), "mend it, then `touchline held release` one touch of it"
    doubts, stuck = stuck_touches(connection)
    if stuck:
        yield "held touches", ", ".join(f"{reason} {count}" for reason, count in stuck.items()), _SEE_HELD
    if doubts:
        yield "doubts", f"{counted(doubts, 'send')} that nobody can prove", _SEE_DOUBTS


def last_tick(beat: datetime | None, now: datetime) -> Row:
    if beat is None:
        return "last tick", "never: nothing is sent before `touchline serve` runs", ""
    is_old = now - beat > OLDEST_BEAT
    return "last tick", f"{beat:%Y-%m-%d %H:%M:%S} UTC", _SERVE if is_old else ""


_SEE_HELD = "see `touchline held list`"
_SEE_DOUBTS = "look whether the provider has sent it, then answer by `touchline doubts settle` or on the page"
_SERVE = "nothing is sent: start `touchline serve`"
