"""Why a day is closed, or worked all the same: the name of the holiday, and whose calendar says so."""

from datetime import date

from engine.calendars.holidays_data import holiday_name
from engine.core.calendar import parse_days
from engine.core.workspace import NamedCalendar, Rep, Workspace
from engine.operations.days.open_days import Place, official_place
from engine.operations.wording import is_chinese


def closed_day(workspace: Workspace, place: Place, day: date, locale: str) -> str:
    """Whatever was decided last counts: the account's calendar, then our own days, then the public holidays."""
    followed = _followed(workspace, place)
    if followed is not None and _has(followed.closed, day):
        return _say(
            locale, f"{followed.title} (calendar of {place.domain})", f"{followed.title}（{place.domain} 的日历）"
        )
    if _has(workspace.closed, day):
        return _say(locale, "closed in workspace.yaml", "workspace.yaml 设为休息日")
    return _official(workspace, place, followed, day=day, locale=locale)


def worked_day(workspace: Workspace, place: Place, day: date, locale: str) -> str:
    """A weekend day on which people work."""
    followed = _followed(workspace, place)
    if followed is not None and _has(followed.extra_workdays, day):
        return _say(locale, f"worked by the calendar of {place.domain}", f"{place.domain} 的日历设为工作日")
    if _has(workspace.extra_workdays, day):
        return _say(locale, "worked, says workspace.yaml", "workspace.yaml 设为工作日")
    made_up = _official(workspace, place, followed, day=day, locale=locale)
    return _say(locale, f"a make-up workday: {made_up}", f"调休上班：{made_up}")


def rep_day_off(workspace: Workspace, rep_key: str, day: date, locale: str) -> str:
    """Leave, a holiday of the rep's, or a weekday that the rep does not work."""
    rep = workspace.rep(rep_key)
    name = rep.name if rep is not None else rep_key
    away = _leave(rep, day)
    if away is not None:
        return _say(locale, f"{name} is on leave until {away}", f"{name}休假至 {away}")
    place = Place(rep.country, rep.region) if rep is not None else Place()
    hours = rep.hours if rep is not None and rep.hours is not None else workspace.hours
    if not hours.on(day.weekday()):
        return _say(locale, f"{name} does not work on that weekday", f"{name}当天不上班")
    kept = closed_day(workspace, place, day, locale)
    return _say(locale, f"{name} is off: {kept}", f"{name}放假：{kept}")


def _leave(rep: Rep | None, day: date) -> date | None:
    """Its last day."""
    return next((one.last for one in rep.leave if one.first <= day <= one.last), None) if rep is not None else None


def _followed(workspace: Workspace, place: Place) -> NamedCalendar | None:
    return workspace.account_calendars.get(place.domain) if place.domain else None


def _official(workspace: Workspace, place: Place, followed: NamedCalendar | None, *, day: date, locale: str) -> str:
    country, region = official_place(workspace, place, followed)
    where = f"{country}-{region}" if region else country
    name = holiday_name(country, region, day, in_chinese=is_chinese(locale))
    return _say(locale, f"{name or 'a public holiday'} ({where})", f"{name or '公共假日'}（{where}）")


def _has(days: tuple[str, ...], day: date) -> bool:
    return any(day in parse_days(text) for text in days)


def _say(locale: str, english: str, chinese: str) -> str:
    return chinese if is_chinese(locale) else english
