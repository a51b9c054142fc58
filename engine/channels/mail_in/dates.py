"""Days that a text names, in six languages, seen from the day on which it arrived."""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {
    1: "january jan januar jän jänner janvier janv enero ene",
    2: "february feb februar février fevrier févr fevr febrero",
    3: "march mar märz maerz mrz mars marzo",
    4: "april apr avril avr abril abr",
    5: "may mai mayo",
    6: "june jun juni juin junio",
    7: "july jul juli juillet juil julio",
    8: "august aug août aout agosto ago",
    9: "september sep sept septembre septiembre setiembre",
    10: "october oct oktober okt octobre octubre",
    11: "november nov novembre noviembre",
    12: "december dec dezember dez décembre decembre déc diciembre dic",
}
_MONTH_OF = {name: number for number, names in _MONTHS.items() for name in names.split()}
_WEEKDAYS = (
    "monday mon montag mo lundi lunes 一 月",
    "tuesday tue tues dienstag di mardi martes 二 火",
    "wednesday wed mittwoch mi mercredi miércoles miercoles 三 水",
    "thursday thu thur thurs donnerstag do jeudi jueves 四 木",
    "friday fri freitag fr vendredi viernes 五 金",
    "saturday sat samstag sonnabend sa samedi sábado sabado 六 土",
    "sunday sun sonntag so dimanche domingo 日 天",
)
_WEEKDAY_OF = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}


def _one_of(names: Iterator[str] | list[str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_MONTH = rf"(?P<name>{_one_of(list(_MONTH_OF))})\.?"
_TOO_SHORT = 2  # letters: `so` and `do` are words
WEEKDAY = _one_of([name for name in _WEEKDAY_OF if not name.isascii() or len(name) > _TOO_SHORT])
_LONG_WEEKDAY = _one_of([name for name in _WEEKDAY_OF if name.isascii() and len(name) > _TOO_SHORT])
_YEAR = r"(?P<year>\d{4})"
_DAY = r"(?P<day>\d{1,2})"
_TIME = r"(?:\s*\d{1,2}[:：]\d{2})?"


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text names a day, and which one it can be: a numeric date may be read in two ways."""

    start: int
    end: int
    days: tuple[date, ...]


def mentions_in(text: str, today: date) -> list[Mention]:
    """In the order of the text; what one reading has taken, a weaker one does not see."""
    folded, found = text.casefold(), []
    if len(folded) != len(text):  # a letter that folds into two would move every place behind it
        folded = text.lower()
    for pattern, read in _READINGS:
        for match in list(pattern.finditer(folded)):
            days = tuple(dict.fromkeys(day for day in read(match, today) if day is not None))
            if days:
                found.append(Mention(match.start(), match.end(), days))
        folded = pattern.sub(lambda match: "\0" * len(match[0]), folded)
    return sorted(found, key=lambda one: one.start)


def _on(today: date, month: int, day: int, year: str | None) -> date | None:
    """Without a year the nearest one: a notice of December that names January means the next."""
    if year:
        number = int(year)
        return _valid(number + 2000 if number < 100 else number, month, day)  # noqa: PLR2004 - written with two digits
    near = [found for one in (-1, 0, 1) if (found := _valid(today.year + one, month, day)) is not None]
    return next((found for found in near if -_PAST <= (found - today).days <= _AHEAD), None)


_PAST, _AHEAD = 60, 304  # days


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _named_month(match: re.Match[str], today: date) -> Iterator[date | None]:
    yield _on(today, _MONTH_OF[match["name"]], int(match["day"]), match["year"])


def _month_first(match: re.Match[str], today: date) -> Iterator[date | None]:
    yield _on(today, int(match["month"]), int(match["day"]), match["year"])


def _either_way(match: re.Match[str], today: date) -> Iterator[date | None]:
    """05/03 is in March or in May."""
    one, other, year = int(match["one"]), int(match["other"]), match["year"]
    yield _on(today, one, other, year)
    yield _on(today, other, one, year)


def _japanese_era(match: re.Match[str], today: date) -> Iterator[date | None]:
    yield _on(today, int(match["month"]), int(match["day"]), str(2018 + int(match["era"])))


def _month_end(match: re.Match[str], today: date) -> Iterator[date | None]:
    groups = match.groupdict()
    month = _MONTH_OF[groups["name"]] if groups.get("name") else int(groups["month"])
    first = _on(today, month, 28, groups.get("year"))
    if first is not None:
        yield first.replace(day=calendar.monthrange(first.year, month)[1])


def _day_alone(match: re.Match[str], today: date) -> Iterator[date | None]:
    """The next such day of a month."""
    for ahead in range(31):
        day = today + timedelta(days=ahead)
        if day.day == int(match["day"]):
            yield day


def _weekday(match: re.Match[str], today: date) -> Iterator[date | None]:
    """The next one; `下周三` is in the week after this one."""
    wanted = _WEEKDAY_OF[match["weekday"]]
    ahead = (wanted - today.weekday()) % 7 or 7
    is_next_week = match["next"] in {"下", "下个", "来", "翌"} and today.weekday() + ahead < 7  # noqa: PLR2004 - days of a week
    yield today + timedelta(days=ahead + 7 * is_next_week)


def _next_week(_match: re.Match[str], today: date) -> Iterator[date | None]:
    yield today + timedelta(days=7 - today.weekday())


def _tomorrow(match: re.Match[str], today: date) -> Iterator[date | None]:
    yield today + timedelta(days=2 if match["after"] else 1)


_Read = Callable[[re.Match[str], date], Iterator[date | None]]
_READINGS: tuple[tuple[re.Pattern[str], _Read], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"令和(?P<era>\d{1,2})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日", _japanese_era),
        (rf"(?:{_YEAR}\s*年\s*)?(?P<month>\d{{1,2}})\s*月\s*{_DAY}\s*[日号號](?!间)", _month_first),
        (r"(?:(?P<year>\d{4})\s*年)?(?P<month>\d{1,2})\s*月[底末]", _month_end),
        (rf"(?<!\d){_YEAR}(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark){_DAY}(?!\d)", _month_first),
        (rf"(?:end of|ende|fin(?: de| d['’])?|finales de|fines de)\s+{_MONTH}(?!\w)(?:\s+{_YEAR})?", _month_end),
        (
            (
                rf"(?<![\d.:]){_DAY}(?:st|nd|rd|th|er|º|\.)?[- \xa0\n]*(?:of |de |d['’])?{_MONTH}(?!\w)"
                rf"(?:[-,]?\s*(?:de |del )?{_YEAR}(?!\d))?"
            ),
            _named_month,
        ),
        (
            (
                rf"(?<!\w){_MONTH}\s*\d{{1,2}}(?:st|nd|rd|th)?\s*[-–—]\s*{_DAY}(?:st|nd|rd"
                rf"|th)?(?!\w)(?:,?\s*{_YEAR}(?!\d))?"
            ),
            _named_month,
        ),
        (rf"(?<!\w){_MONTH}[ \xa0\n]*(?:the )?{_DAY}(?:st|nd|rd|th)?(?![\w:])(?:,?\s*{_YEAR}(?!\d))?", _named_month),
        (r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:\s?(?P<year>\d{4}|\d{2})(?!\d|[.:]))?", _month_first),
        (r"(?<![\d./])(?P<one>\d{1,2})[/-](?P<other>\d{1,2})[/-](?P<year>\d{4}|\d{2})(?!\d)", _either_way),
        (r"(?<![\d./-])(?P<one>\d{1,2})/(?P<other>\d{1,2})(?P<year>)(?![\d/])", _either_way),
        (r"(?<![\d.])(?P<month>\d{1,2})\.(?P<day>\d{1,2})(?P<year>)(?=[日号]?(?:至|到|返|回|起|-|~|$))", _month_first),
        (
            (
                r"(?P<next>下个|下|来|翌|本|这|今)?(?:周|週|星期"
                r"|礼拜)(?P<weekday>[一二三四五六日天月火水木金土])(?:曜日?)?"
            ),
            _weekday,
        ),
        (rf"(?<!\w)(?P<next>next )?(?P<weekday>{_LONG_WEEKDAY})(?!\w)", _weekday),
        (
            r"(?<!\w)next week|nächster? woche|la semaine prochaine|la (?:próxima|proxima) semana|下周|下個?星期|来週",
            _next_week,
        ),
        (r"(?<!\w)(?P<after>day after )?(?:tomorrow|demain|mañana)(?!\w)|明天|明日", _tomorrow),
        (r"(?<!\w)(?:the )(?P<day>\d{1,2})(?:st|nd|rd|th)(?!\w)", _day_alone),
        (r"(?<![\d月])(?P<day>\d{1,2})[日号號](?!间)", _day_alone),
    )
)
