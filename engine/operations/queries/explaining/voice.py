"""How an explanation speaks: in the reader's language, by the clock of whoever it is about."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from engine.core.hours import Window
from engine.core.sequence import DayKind, Gap, Unit
from engine.operations.queries import moments
from engine.operations.queries.explaining.phrases import PARTS, PHRASES, Phrase
from engine.operations.queries.explaining.values import Link
from engine.operations.wording import is_chinese

_UNITS = {
    Unit.MINUTE: ("minute", "分钟"),
    Unit.HOUR: ("hour", "小时"),
    Unit.DAY: ("day", "天"),
    Unit.BUSINESS_DAY: ("business day", "个工作日"),
}


@dataclass(frozen=True, slots=True)
class Voice:
    """`zone` is the prospect's: all times of day are told by it."""

    locale: str
    zone: str
    now: datetime

    def link(self, rule: str, value: str | None, /, **told: object) -> Link:
        """A link of the chain, by its rule's phrase. Raises KeyError for a rule that has none."""
        words = self.tell(PHRASES[rule], **told)
        return Link(rule, words[:1].upper() + words[1:], value)

    def part(self, name: str, /, **told: object) -> str:
        return self.tell(PARTS[name], **told)

    def tell(self, phrase: Phrase, /, **told: object) -> str:
        return phrase[is_chinese(self.locale)].format(**told)

    def say(self, english: str, chinese: str) -> str:
        return chinese if is_chinese(self.locale) else english

    def day(self, day: date) -> str:
        """`Thu 5 Mar`, with its year where that is another one."""
        named = moments.named_day(day, self.locale)
        if day.year == self.now.year:
            return named
        return self.say(f"{named} {day.year}", f"{day.year}年{named}")

    def at(self, instant: datetime, zone: str | None = None) -> str:
        local = instant.astimezone(ZoneInfo(zone or self.zone))
        return f"{self.day(local.date())} {local:%H:%M}"

    def gap(self, gap: Gap) -> str:
        return self._counted(gap.amount, *_UNITS[gap.unit])

    def days(self, count: int, kind: DayKind) -> str:
        return self._counted(count, *_UNITS[Unit.BUSINESS_DAY if kind is DayKind.BUSINESS else Unit.DAY])

    def _counted(self, number: int, unit: str, chinese: str) -> str:
        return self.say(f"{number} {unit}" if number == 1 else f"{number} {unit}s", f"{number} {chinese}")

    def windows(self, windows: tuple[Window, ...]) -> str:
        spans = [f"{one.start:%H:%M}–{one.end:%H:%M}" for one in windows]
        return self.say(" and ", "、").join(spans)
