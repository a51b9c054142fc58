"""The same step once more, before its lane goes on: as promised, after a gap, by another number, or later today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from engine.core.clock import local_date
from engine.core.outcome import Answer, Consequence, Next
from engine.core.sequence import Gap

_SHORT_REDIAL = Gap.parse("2h")
_USUAL = Gap.parse("1bd")
_NOT_REACHED = frozenset({"no_answer", "busy"})


@dataclass(frozen=True, slots=True)
class Tried:
    """How often the step was tried, how often it may be dialled again within its day, until when they can be called,
    and whether they have another number.
    """

    times: int
    redials: int
    closes_at: datetime | None
    has_another_number: bool


def repeat_at(row: Consequence, answer: Answer, tried: Tried, now: datetime) -> datetime | Gap | None:
    """A promised instant or a gap to it; None where the lane goes on."""
    match row.next:
        case Next.REPEAT:
            return answer.at or (Gap.parse(row.after) if row.after else _USUAL)
        case Next.NEXT_NUMBER if tried.has_another_number:
            return Gap.parse(row.after) if row.after else now
        case Next.GO_ON if answer.outcome in _NOT_REACHED and tried.times <= tried.redials:
            return _later_today(tried.closes_at, now)
        case _:
            return None


def _later_today(closes_at: datetime | None, now: datetime) -> datetime | None:
    """`redial: n` dials again two hours later, while that is still inside today's window."""
    later = now + _SHORT_REDIAL.as_timedelta()
    return later if closes_at is not None and later < closes_at else None


def is_same_day(due_date: date, tries: Iterable[datetime], zone: ZoneInfo) -> bool:
    """Whether one of the tries before this repeat ended on the day for which it is planned; by the prospect's clock."""
    return any(local_date(ended, zone) == due_date for ended in tries)
