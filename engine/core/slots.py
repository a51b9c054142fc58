"""The first window in which a step can happen, by the clocks and calendars of those who take part in it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from zoneinfo import ZoneInfo

from engine.core.calendar import Calendar
from engine.core.clock import day_start, local_date, local_instant, open_days, spans
from engine.core.hours import Hours
from engine.core.policy import common_hours
from engine.core.quiet_hours import legal_spans
from engine.core.sequence import AudienceKind, Family, Sequence, Step, Verb
from engine.core.working_time import WorkingTime

_END = itemgetter(1)
QUIET_FROM, QUIET_UNTIL = time(8), time(21)  # a promised call-back may leave the window, never these hours


@dataclass(frozen=True, slots=True)
class Setting:
    """Whose clock counts: the prospect's zone and calendar, and the rep's working time for work done by people. `law`
    are the hours at which the prospect's country lets them be rung or texted.
    """

    zone: ZoneInfo
    calendar: Calendar
    rep: WorkingTime
    law: Mapping[Family, Hours] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slot:
    due_date: date
    due_at: datetime
    callable_from: datetime
    callable_until: datetime
    is_legal: bool = True


def first_slot(sequence: Sequence, step: Step, setting: Setting, *, earliest: datetime, ready: datetime) -> Slot:
    """The first window from `earliest` on: a send leaves inside it. Work for people is due from the start of the rep's
    day, which may be later than the window's; a window whose day the rep does not work is passed over, unless there
    never is another.
    """
    hours, is_legal = open_hours(sequence, step.do, setting)
    found, rep = openings(hours, setting, earliest), setting.rep
    first = next(found, None)
    if first is None:
        raise ValueError("no window opens within two years")
    if step.do.is_automatic:
        return Slot(first.day, first.opens, first.opens, first.closes, is_legal)
    worked = ((one, day) for one in chain([first], found) if rep.is_workday(day := one.rep_day(rep)))
    both, day = next(worked, None) or (first, first.rep_day(rep))
    due_at = max(rep.begins(day), ready)
    if sequence.audience.kind is AudienceKind.INBOUND:  # whoever asked us is seen at once by whoever is at work
        due_at = min(both.opens, due_at)
    return Slot(both.day, due_at, both.opens, both.closes, is_legal)


@dataclass(frozen=True, slots=True)
class Opening:
    """Of one local day: the moment in a window at which something could begin, and the day's last close."""

    day: date
    opens: datetime
    closes: datetime

    def rep_day(self, rep: WorkingTime) -> date:
        return rep.day_for(self.opens, self.closes)


def openings(hours: Hours, setting: Setting, earliest: datetime) -> Iterator[Opening]:
    for day, opened in open_days(hours, setting.calendar, setting.zone, earliest):
        _, closes = max(opened, key=_END)
        for start, end in opened:
            if earliest < end:
                yield Opening(day, max(start, earliest), closes)


def open_hours(sequence: Sequence, verb: Verb, setting: Setting) -> tuple[Hours, bool]:
    """The sequence's windows within the law's hours; and whether any are left, else its windows as they are."""
    hours, law = sequence.schedule.hours_for(verb), setting.law.get(verb.family)
    if law is None:
        return hours, True
    legal = _lawful(hours, law)
    return (hours, False) if legal.is_empty else (legal, True)


@lru_cache(maxsize=1024)
def _lawful(hours: Hours, law: Hours) -> Hours:
    return common_hours(hours, law).usable


def promised_slot(at: datetime, setting: Setting, law: Hours | None) -> Slot:
    """A promised instant overrides the windows, but not the recipient's quiet hours: the law's, else 21:00 to 08:00."""
    for start, end in legal_spans(law, setting.zone, at) if law is not None else ():
        return Slot(local_date(start, setting.zone), max(at, start), max(at, start), end)
    day = local_date(at, setting.zone)
    if at >= local_instant(day, QUIET_UNTIL, setting.zone):
        day += timedelta(days=1)
    start = max(at, local_instant(day, QUIET_FROM, setting.zone))
    return Slot(day, start, start, local_instant(day, QUIET_UNTIL, setting.zone))


class Shut(StrEnum):
    """Why a step does not happen on a day that comes before its own."""

    CLOSED = "closed"  # a holiday, or a day that somebody closed
    NO_HOURS = "no_hours"  # a weekday on which it is never done
    LAW = "law"  # one on which the law leaves none of its hours
    OVER = "over"  # the day's last window had closed
    REP_OFF = "rep_off"


@dataclass(frozen=True, slots=True)
class PassedDay:
    """`rep_day` is the rep's date at that time."""

    day: date
    why: Shut
    rep_day: date


def is_day_for(sequence: Sequence, verb: Verb, setting: Setting, day: date) -> bool:
    """Whether it can be done on that day: a window opens, and if it is work for people, the rep works."""
    return _why_shut(sequence, verb, setting, earliest=day_start(day, setting.zone), day=day) is None


def passed_over(
    sequence: Sequence, verb: Verb, setting: Setting, *, earliest: datetime, until: date
) -> tuple[PassedDay, ...]:
    """The days from `earliest` on, before `until`, on which `first_slot` found no place for it."""
    first = local_date(earliest, setting.zone)
    days = (first + timedelta(days=number) for number in range((until - first).days))
    why = ((day, _why_shut(sequence, verb, setting, earliest=earliest, day=day)) for day in days)
    return tuple(PassedDay(day, *reason) for day, reason in why if reason is not None)


def _why_shut(
    sequence: Sequence, verb: Verb, setting: Setting, *, earliest: datetime, day: date
) -> tuple[Shut, date] | None:
    written, (hours, _) = sequence.schedule.hours_for(verb), open_hours(sequence, verb, setting)
    opened = spans(setting.calendar.windows(hours, day), day, setting.zone)
    later = [(start, end) for start, end in opened if earliest < end]
    if later:
        here = Opening(day, max(later[0][0], earliest), later[-1][1])
        rep_day = here.rep_day(setting.rep)
        return (Shut.REP_OFF, rep_day) if not verb.is_automatic and not setting.rep.is_workday(rep_day) else None
    if opened:
        return Shut.OVER, day
    if day in setting.calendar.closed:
        return Shut.CLOSED, day
    return (Shut.LAW if setting.calendar.windows(written, day) else Shut.NO_HOURS), day
