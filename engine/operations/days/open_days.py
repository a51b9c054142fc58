"""Which days count: the calendar of where somebody is, and the working time of a rep.

Asked for every touch: whatever costs more than a look-up is kept by `engine.calendars`.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.calendars.holidays_data import OwnDays, country_calendar, has_holidays
from engine.calendars.regions import region_code
from engine.contacts.zones import country_of_zone
from engine.core.calendar import Calendar
from engine.core.leave import Leave, LeavePolicy
from engine.core.working_time import WorkingTime
from engine.core.workspace import NamedCalendar, Rep, Workspace
from engine.store.connection import Record

_YEARS_BACK, _YEARS_AHEAD = 1, 2
_OWN_CLOCK = frozenset({"own", "own column", "phone", "region"})  # origins of a zone that are no guess


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is, as far as anybody knows: an ISO country, the region in the words of a list, and the domain of
    the company whose calendar they may follow.
    """

    country: str | None = None
    region: str | None = None
    domain: str | None = None


def place_of(person: Record) -> Place:
    """`person` is any row that has the columns of `engine.store.whereabouts`."""
    return Place(country_of(person), person.home_region, person.account_domain)


def country_of(person: Record) -> str | None:
    """The person's own, else the account's, else the one that keeps the clock they are known to live by."""
    known = person.home_country or person.account_country
    if known:
        return str(known)
    zone = person.home_zone if person.home_zone_origin in _OWN_CLOCK else person.account_zone
    return country_of_zone(zone) if zone else None


def calendar_for(workspace: Workspace, place: Place, today: date) -> Calendar:
    """The holidays of that place, without data those of the workspace; then the workspace's own days, and over them
    those of the calendar that the account follows.
    """
    followed = workspace.account_calendars.get(place.domain) if place.domain else None
    country, region = official_place(workspace, place, followed)
    own = [OwnDays(workspace.closed, workspace.extra_workdays)]
    if followed is not None:
        own.append(OwnDays(followed.closed, followed.extra_workdays))
    known = country_calendar(country, region, today.year - _YEARS_BACK, today.year + _YEARS_AHEAD, *own)
    return known if workspace.holds_unknown_days else _as_if_known(known)


@lru_cache(maxsize=512)
def _as_if_known(calendar: Calendar) -> Calendar:
    return replace(calendar, known_until=date.max)


def official_place(workspace: Workspace, place: Place, followed: NamedCalendar | None) -> tuple[str, str | None]:
    """The country whose holidays count, and the code of its region; a region that nobody knows is left out."""
    if followed is not None and followed.country:
        place = Place(followed.country, followed.region)
    country, region = place.country, place.region
    if country is None or not has_holidays(country):
        country, region = workspace.country, workspace.region
    elif country == workspace.country and not region:
        region = workspace.region
    return country, region_code(country, region) if region else None


def working_time(workspace: Workspace, rep_key: str, today: date, *, never_waits: bool = False) -> WorkingTime:
    """When that rep works; of somebody whom the workspace does not name any more, when the workspace does.

    During a leave whoever stands in works the days, or nobody; work that `never_waits` is done whatever the policy.
    """
    rep = workspace.rep(rep_key)
    if rep is None:
        return WorkingTime(ZoneInfo(workspace.zone), workspace.hours, calendar_for(workspace, Place(), today))
    found = _usual(workspace, rep, today)
    for leave in rep.leave:
        found = replace(found, calendar=_during(workspace, leave, found.calendar, today, never_waits=never_waits))
    return found


def presence(workspace: Workspace, rep_key: str, today: date) -> WorkingTime:
    """When that rep is at work in person: nobody else's days, and none of a leave."""
    rep = workspace.rep(rep_key)
    if rep is None:
        return working_time(workspace, rep_key, today)
    found = _usual(workspace, rep, today)
    for leave in rep.leave:
        found = replace(found, calendar=_worked_by(found.calendar, leave, None))
    return found


def is_away(workspace: Workspace, rep_key: str, day: date) -> bool:
    """Whether the rep is on leave that day, and nobody stands in."""
    rep = workspace.rep(rep_key)
    return rep is not None and any(
        leave.first <= day <= leave.last and (leave.policy or workspace.on_leave) is LeavePolicy.PAUSE
        for leave in rep.leave
    )


def _usual(workspace: Workspace, rep: Rep, today: date) -> WorkingTime:
    days = calendar_for(workspace, Place(rep.country, rep.region), today)
    return WorkingTime(ZoneInfo(rep.zone), rep.hours or workspace.hours, days)


def _during(workspace: Workspace, leave: Leave, own: Calendar, today: date, *, never_waits: bool) -> Calendar:
    policy, other = leave.policy or workspace.on_leave, workspace.rep(leave.to) if leave.to else None
    if policy is LeavePolicy.PAUSE and not never_waits:
        return _worked_by(own, leave, None)
    return _worked_by(own, leave, _usual(workspace, other, today)) if other is not None else own


@lru_cache(maxsize=256)
def _worked_by(own: Calendar, leave: Leave, other: WorkingTime | None) -> Calendar:
    """None: nobody works then."""
    worked = frozenset(day for day in leave.days if other is not None and other.is_workday(day))
    return own.overridden(closed=frozenset(leave.days) - worked, worked=worked)
