"""How long somebody is away, as their out-of-office notice says; and left in peace, because a rep has just written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.core.admission import WaitsFor
from engine.core.clock import add_gap, local_instant
from engine.core.sequence import Gap, Unit
from engine.operations.act import Act
from engine.operations.days.open_days import calendar_for, place_of
from engine.store import events, people
from engine.store.connection import Record

OUT_OF_OFFICE, HAND_SENT = "out_of_office", "hand_sent"
_UNPARSED = timedelta(days=7)
_AFTER_RETURN = _AFTER_HAND_SENT = Gap(2, Unit.BUSINESS_DAY)


@dataclass(frozen=True, slots=True)
class Absence:
    """`back` is the day they named, or guessed; before `quiet_until` nothing is sent."""

    back: date
    quiet_until: datetime


def absence_in(act: Act, event: Record) -> Absence:
    """A named date and two business days more; seven days where the notice names none."""
    person = people.prospect_row(act.connection, event.prospect_id)
    zone = ZoneInfo(person.zone or act.workspace.zone)
    named = event.body.get("until")
    if not named:
        back = event.at.astimezone(zone).date() + _UNPARSED
        return Absence(back, local_instant(back, time(0), zone))
    back = date.fromisoformat(named)
    calendar = calendar_for(act.workspace, place_of(person), act.now.date())
    return Absence(back, add_gap(local_instant(back, time(0), zone), _AFTER_RETURN, calendar, zone))


def away_until(act: Act, prospect_id: int) -> datetime | None:
    """While the latest notice holds."""
    notice = events.last_of(act.connection, prospect_id, OUT_OF_OFFICE)
    if notice is None:
        return None
    until = absence_in(act, notice).quiet_until
    return until if until > act.now else None


def rests_until(act: Act, person: Record, zone: str, *, written_at: datetime) -> datetime:
    """Mail that a rep sent by hand keeps automatic mail away for two business days."""
    calendar = calendar_for(act.workspace, place_of(person), act.now.date())
    return add_gap(written_at, _AFTER_HAND_SENT, calendar, ZoneInfo(zone))


@dataclass(frozen=True, slots=True)
class Rest:
    until: datetime
    why: WaitsFor


def at_rest(act: Act, rows: Sequence[Record]) -> dict[int, Rest]:
    """Of these enrollments, read with their people, those whose person is away or has just heard from a rep; by id."""
    heard = events.latest(act.connection, [row.prospect_id for row in rows], (OUT_OF_OFFICE, HAND_SENT))
    found: dict[int, Rest] = {}
    for row in rows:
        rests = [_rest(act, row, event) for event in heard.get(row.prospect_id, ())]
        latest = max(rests, key=lambda one: one.until, default=None)
        if latest is not None and latest.until > act.now:
            found[row.id] = latest
    return found


def _rest(act: Act, row: Record, event: Record) -> Rest:
    if event.kind == OUT_OF_OFFICE:
        return Rest(absence_in(act, event).quiet_until, WaitsFor.OUT_OF_OFFICE)
    return Rest(rests_until(act, row, row.zone, written_at=event.at), WaitsFor.REP_WROTE)
