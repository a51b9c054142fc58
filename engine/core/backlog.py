"""What becomes of a touch that nobody could send when it was due. There is no burst after an outage."""

from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from engine.core.calendar import Calendar
from engine.core.clock import open_spans
from engine.core.guards import SEND_MARGIN
from engine.core.hours import Hours

_NEXT_SLOT = timedelta(hours=24)
_SPREAD = timedelta(hours=72)
_DAYS = 2  # open ones, over which a backlog is spread


class Lateness(StrEnum):
    NEXT_SLOT = "next_slot"
    SPREAD = "spread"
    STALE = "stale"


def lateness(due_at: datetime, now: datetime) -> Lateness:
    late = now - due_at
    if late <= _NEXT_SLOT:
        return Lateness.NEXT_SLOT
    return Lateness.SPREAD if late <= _SPREAD else Lateness.STALE


def place(share: float, hours: Hours, calendar: Calendar, zone: ZoneInfo, *, now: datetime) -> datetime:
    """The instant at this share (from 0, below 1) of the open time of the coming days; `now` where there is none."""
    days = groupby(open_spans(hours, calendar, zone, now), key=lambda span: span[0])
    spans = [
        (max(start, now), end - SEND_MARGIN)
        for _, day in islice(days, _DAYS)
        for _, start, end in day
        if end - SEND_MARGIN > max(start, now)
    ]
    whole = sum((end - start for start, end in spans), timedelta())
    left = min(share * whole, whole - timedelta.resolution)  # rounding must not lead past the last span
    for start, end in spans:
        if left < end - start:
            return start + left
        left -= end - start
    return now
