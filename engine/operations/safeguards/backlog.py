"""After downtime: what is a day late takes the next slot, what is later is spread, and what is stale asks first."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.core.backlog import Lateness, lateness, place
from engine.core.draws import share
from engine.core.errors import BadInput
from engine.core.sequence import Verb
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations.act import Act
from engine.operations.context import Context
from engine.operations.days.open_days import Place, calendar_for, place_of
from engine.operations.lifecycle import holding
from engine.store import cases, people, reservations, touches
from engine.store.connection import Record
from engine.store.held import Which

_RELEASED_TOGETHER = frozenset({Reason.STALE, Reason.CANNOT_RENDER, Reason.CALENDAR_UNKNOWN})


def in_time(act: Act, reserved: Sequence[Record]) -> list[Record]:
    """Of the touches that were reserved a moment ago, those that may go on now. The others are held, or come later."""
    kinds = {row.id: lateness(row.due_at, act.now) for row in reserved}
    if set(kinds.values()) <= {Lateness.NEXT_SLOT}:
        return list(reserved)
    stale = {row.id for row in reserved if kinds[row.id] is Lateness.STALE}
    why = {"reason": Reason.STALE.value, "detail": None}
    touches.move_many(act.connection, sorted(stale), TouchStatus.SCHEDULED, TouchEvent.HOLD, **why)
    spread = _spread(act, [row for row in reserved if kinds[row.id] is Lateness.SPREAD])
    return [row for row in reserved if row.id not in stale and row.id not in spread]


def _spread(act: Act, late: Sequence[Record]) -> dict[int, datetime]:
    """Answers are not made to wait any longer."""
    planned = [row for row in cases.of(act.connection, [row.id for row in late]) if not row.step.startswith("@")]
    known = people.with_accounts(act.connection, list({row.prospect_id for row in planned}))
    homes = {person.id: place_of(person) for person in known}
    moments = ((row.id, _moment(act, row, homes[row.prospect_id])) for row in planned)
    later = {one: at for one, at in moments if at is not None}
    reservations.put_off(act.connection, [(one, at, Reason.BACKLOG.value) for one, at in later.items()])
    return later


def _moment(act: Act, row: Record, home: Place) -> datetime | None:
    """None where it cannot be told: the guard meets the same and says so, for this touch alone."""
    try:
        hours = act.plan(row.version_id).sequence.schedule.hours_for(Verb(row.verb))
        calendar = calendar_for(act.workspace, home, act.now.date())
        where = share("backlog", row.enrollment_id, row.step, row.repeat)  # evenly over the time there is
        return place(where, hours, calendar, ZoneInfo(row.zone), now=act.now)
    except Exception:  # noqa: BLE001 - whatever it is, other people's touches find their places
        return None


def approve(ctx: Context, reason: str, *, actor: str, sequence: str | None = None) -> int:
    """Everything that is held for this reason goes on, paced; returns how many. Raises BadInput for other reasons."""
    if reason not in _RELEASED_TOGETHER:
        raise BadInput(
            f"{reason!r} is not released in bulk; one of {', '.join(sorted(_RELEASED_TOGETHER))} is expected",
            field="reason",
        )
    return holding.release_all(ctx, Which(Reason(reason), sequence=sequence), actor=actor)


def refuse(ctx: Context, *, actor: str, sequence: str | None = None) -> int:
    """What is stale is not sent any more; the lanes go on. Returns how many."""
    return holding.expire_all(ctx, Which(Reason.STALE, sequence=sequence), actor=actor)
