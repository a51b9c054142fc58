"""Lengths and instants as people say them, in English and Chinese."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.operations.wording import is_chinese

_MINUTES_A_DAY = 24 * 60
_SAME_YEAR = timedelta(days=335)  # eleven months: beyond them a day and a month might be those of another year
_DAYS = (
    ("Mon", "周一"),
    ("Tue", "周二"),
    ("Wed", "周三"),
    ("Thu", "周四"),
    ("Fri", "周五"),
    ("Sat", "周六"),
    ("Sun", "周日"),
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def length(of: timedelta, locale: str) -> str:
    """`25 minutes`, `2 h 5 min`, `3 days`; the sign is the caller's to say."""
    minutes = int(abs(of).total_seconds() // 60)
    zh = is_chinese(locale)
    if minutes == 0:
        return "不到 1 分钟" if zh else "less than a minute"
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return f"{minutes} 分钟" if zh else _counted(minutes, "minute")
    if minutes < _MINUTES_A_DAY:
        return _hours(*divmod(minutes, 60), zh=zh)
    days = minutes // _MINUTES_A_DAY
    return f"{days} 天" if zh else _counted(days, "day")


def _hours(hours: int, minutes: int, *, zh: bool) -> str:
    if minutes == 0:
        return f"{hours} 小时" if zh else _counted(hours, "hour")
    return f"{hours} 小时 {minutes} 分钟" if zh else f"{hours} h {minutes} min"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def clock(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def has_same_clock(first: str, second: str, at: datetime) -> bool:
    return at.astimezone(ZoneInfo(first)).utcoffset() == at.astimezone(ZoneInfo(second)).utcoffset()


def moment(at: datetime, zone: str, now: datetime, locale: str) -> str:
    """`17:00` today, `Thu 17:00` within the week, else with its date."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    away = abs((local.date() - today).days)
    time = f"{local:%H:%M}"
    if away == 0:
        return time
    if away < 7:  # noqa: PLR2004 - a weekday names one day of the week around today
        return f"{_DAYS[local.weekday()][is_chinese(locale)]} {time}"
    return f"{_with_year(day(local, locale), local.date(), today, locale)} {time}"


def day(local: date, locale: str) -> str:
    """`5 Mar`, or 3月5日."""
    if is_chinese(locale):
        return f"{local.month}月{local.day}日"
    return f"{local.day} {_MONTHS[local.month - 1]}"


def weekday_and_day(at: datetime, zone: str, now: datetime, locale: str) -> str:
    """`Thu 5 Mar`; with its year where one would take it for another."""
    local, today = (one.astimezone(ZoneInfo(zone)).date() for one in (at, now))
    return near_day(local, today, locale)


def near_day(local: date, today: date, locale: str) -> str:
    """`Thu 5 Mar`; with its year where one would take it for another."""
    return _with_year(named_day(local, locale), local, today, locale)


def _with_year(named: str, local: date, today: date, locale: str) -> str:
    if abs(local - today) < _SAME_YEAR:
        return named
    return f"{local.year}年{named}" if is_chinese(locale) else f"{named} {local.year}"


def named_day(local: date, locale: str) -> str:
    """`Thu 5 Mar`, or 3月5日 周四."""
    name = _DAYS[local.weekday()][is_chinese(locale)]
    return f"{day(local, locale)} {name}" if is_chinese(locale) else f"{name} {day(local, locale)}"
