"""The figures of a simulation as charts, each with a sentence for those who do not see it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias
from xml.etree.ElementTree import Element

from engine.operations.queries import moments
from engine.operations.simulating.figures import Figures, MailboxFigures, RepDay, RepFigures, SequenceFigures
from engine.runtime.simulate import charts
from engine.runtime.simulate.charts import Days, Series, Told, Width
from engine.runtime.simulate.elements import make
from engine.runtime.simulate.tables import shortened
from engine.runtime.simulate.words import Say

Drawings: TypeAlias = list[Element]

_MONDAY = 0
_DRAWN = (Width.NARROW, Width.HALF)  # of most charts
_OF_KIND = {
    "call": "is-phone",
    "personal_email": "is-mail",
    "wechat_add": "is-chat",
    "wechat_message": "is-chat",
    "linkedin": "is-social",
    "maimai": "is-social",
    "video": "is-social",
}
_KINDS = {
    "is-phone": "calls",
    "is-mail": "personal_mails",
    "is-chat": "wechat",
    "is-social": "social",
    "is-other": "follow_ups",
}


@dataclass(frozen=True)
class Pen:
    """Each chart as its drawings, one of which the page shows. `numbers` tell the drawings of a page apart."""

    figures: Figures
    locale: str
    say: Say
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def legend(self) -> Element:
        present = {_kind(kind) for rep in self.figures.reps for day in rep.days for kind in day.kinds}
        names = (make("li", _swatch(kind), self.say(word)) for kind, word in _KINDS.items() if kind in present)
        return make("ul", *names, class_="legend")

    def tasks(self, rep: RepFigures) -> Drawings:
        """What falls due, whoever does it, against what a day holds."""
        series = [Series(self.say(word), kind, [_came(day, kind) for day in rep.days]) for kind, word in _KINDS.items()]
        holds = rep.tasks_per_day
        line = (float(holds), self.say("chart_holds").format(holds)) if holds is not None else None
        told = self._told(_DRAWN, "chart_tasks", rep.name, rep.name)
        return [charts.stacked(one, self._days(), series, line) for one in told]

    def overdue(self, control: Figures) -> Drawings:
        plans = {one.plan: one for one in (self.figures, control)}
        kinds = {"fixed": "is-bad", "engine": "is-accent"}
        told = self._told(Width, "chart_overdue", "", plans["engine"].peak_overdue, plans["fixed"].peak_overdue)
        series = [Series(self.say(plan), kind, [*plans[plan].overdue().values()]) for plan, kind in kinds.items()]
        return [charts.curves(one, self._days(), series) for one in told]

    def mails(self, box: MailboxFigures) -> Drawings:
        series = [Series(self.say("mails"), "is-mail", [day.mails for day in box.days])]
        line = (float(box.per_day), self.say("chart_cap").format(box.per_day))
        told = self._told(_DRAWN, "chart_mails", box.mailbox, box.mailbox)
        return [charts.stacked(one, self._days(), series, line) for one in told]

    def funnel(self) -> Drawings:
        found = self.figures.expected
        steps = {"leads": found.leads, "entered": found.entered, "replies": found.replies}
        steps |= {"meetings": found.meetings, "sqls": found.sqls}
        bars = [(self.say(word), float(number), _share(number, found.leads)) for word, number in steps.items()]
        bars.append((self.say("prior"), found.opportunities, f"{found.opportunities:,.0f}"))
        listed = ", ".join(f"{name} {behind}" for name, _, behind in bars)
        kinds = [*["is-accent"] * len(steps), "is-mute"]
        return [charts.rows(one, bars, kinds) for one in self._told(_DRAWN, "chart_funnel", "", listed)]

    def executed(self, found: SequenceFigures) -> Drawings:
        runs = shortened(found.executed, self.say)
        ended = sum(runs.values())
        bars = [(formula, float(number), _share(number, ended)) for formula, number in runs.items()]
        kinds = ["is-accent" if formula == found.declared else "is-mute" for formula in runs]
        told = self._told(_DRAWN, "chart_formulas", found.sequence, found.declared)
        return [charts.rows(one, bars, kinds) for one in told]

    def _told(self, widths: Iterable[Width], key: str, name: str, *values: object) -> list[Told]:
        title, text = self.say(key), self.say(f"{key}_text").format(*values)
        named = f"{title}: {name}" if name else title
        return [Told(f"c{next(self.numbers)}", named, text, width) for width in widths]

    def _days(self) -> Days:
        """Mondays are written below, as many as have room."""
        calendar = self.figures.calendar
        mondays = [number for number, day in enumerate(calendar) if day.weekday() == _MONDAY]
        return Days([moments.day(day, self.locale) for day in calendar], mondays or [0])


def _swatch(kind: str) -> Element:
    square = make("rect", width=10, height=10, rx=2, class_=kind)
    return make("svg", square, viewBox="0 0 10 10", aria_hidden="true")


def _kind(kind: str) -> str:
    return _OF_KIND.get(kind, "is-other")


def _came(day: RepDay, wanted: str) -> float:
    return float(sum(number for kind, number in day.kinds.items() if _kind(kind) == wanted))


def _share(number: int, whole: int) -> str:
    return f"{number:,} ({number / whole:.0%})" if whole else f"{number:,}"
