"""Numbers and times as people type them; what the databases could not hold is a slip of the pen."""

from datetime import date, datetime

import typer

_LARGEST_ID = 2**63 - 1
_DIGITS = 19
_YEARS = range(1970, 2200)  # what is reckoned from a time must still be one


def is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS and int(text) <= _LARGEST_ID


def an_id(text: str) -> int:
    if not is_id(text):
        raise typer.BadParameter(f"{text!r} is no number that anything has; write one such as 17")
    return int(text)


def a_time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.year not in _YEARS:
        raise typer.BadParameter(f"{text!r} is no time; write one like 2026-03-31T09:00, or 2026-03-31")
    return at


def a_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        raise typer.BadParameter(f"{text!r} is no day; write one like 2026-08-03")
    return day


def an_instant(text: str) -> datetime:
    try:
        at = a_time(text)
    except typer.BadParameter:
        at = None
    if at is None or at.tzinfo is None:
        raise typer.BadParameter(f"{text!r} is no instant; write one like 2026-03-31T09:00+02:00")
    return at
