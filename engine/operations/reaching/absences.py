"""How long somebody is away, as their out-of-office notice says."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.core.clock import add_gap, local_instant
from engine.core.sequence import Gap, Unit
from engine.operations.act import Act
from engine.operations.open_days import calendar_for, place_of
from engine.store import events, people
from engine.store.connection import Record

OUT_OF_OFFICE = "out_of_office"
_UNPARSED = timedelta(days=7)
_AFTER_RETURN = Gap(2, Unit.BUSINESS_DAY)


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
