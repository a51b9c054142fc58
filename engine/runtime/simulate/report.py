"""A simulation as one page that needs nothing else: no network, no script. Each chart has its numbers in a table."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from importlib.resources import files
from xml.etree.ElementTree import Element

from engine.operations.queries import moments
from engine.operations.simulating.conclusion import conclusion
from engine.operations.simulating.simulate import Simulated
from engine.operations.wording import is_chinese
from engine.runtime.simulate.drawings import Drawings, Pen
from engine.runtime.simulate.elements import below, make, page
from engine.runtime.simulate.lettering import wide
from engine.runtime.simulate.tables import Table, tables_of
from engine.runtime.simulate.words import say_in

_MARK = "M3 17c3 0 3-10 6-10s3 10 6 10 3-6 6-6"
_DRAWN = 12  # so many reps and mailboxes; of the others there are tables
_BROKEN = 200.0  # pixels: what is wider may be broken into lines


def report(found: Simulated, title: str, locale: str) -> str:
    """HTML in the workspace's language."""
    made = _Report(found, title, locale)
    language = "zh-CN" if is_chinese(locale) else "en"
    return page(make("html", made.head(), made.body(), lang=language))


class _Report:
    def __init__(self, found: Simulated, title: str, locale: str) -> None:
        self._found, self._figures, self._title, self._locale = found, found.figures, title, locale
        self._say = say_in(locale)
        self._pen = Pen(found.figures, locale, self._say)
        self._tables = {table.key: table for table in tables_of(found, locale)}

    def head(self) -> Element:
        """The page allows itself its own style and nothing else."""
        style = files("engine.runtime.simulate").joinpath("report.css").read_text(encoding="utf-8")
        allowed = b64encode(sha256(style.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{allowed}'"
        return make(
            "head",
            make("meta", charset="utf-8"),
            make("meta", http_equiv="Content-Security-Policy", content=policy),
            make("meta", name="viewport", content="width=device-width, initial-scale=1"),
            make("meta", name="color-scheme", content="light dark"),
            make("title", f"{self._title} - {self._say('title')} - Touchline"),
            make("style", style),
        )

    def body(self) -> Element:
        mark = make("svg", make("path", d=_MARK), viewBox="0 0 24 24", aria_hidden="true")
        header = make("header", make("div", mark, f"Touchline · {self._say('title')}"))
        main = make("main", self._heading(), self._short(), self._tiles(), *self._charts(), *self._others())
        footer = make("footer", make("p", self._say("foot")), make("p", self._say("assumed")))
        return make("body", header, main, footer)

    def _heading(self) -> Element:
        figures = self._figures
        first, last = (moments.named_day(figures.calendar[place], self._locale) for place in (0, -1))
        plan = self._say("by_plan").format(self._say(figures.plan))
        told = self._say("span").format(first, last, figures.days, figures.seed, plan)
        return make("div", make("h1", self._title), make("p", told, class_="soft"))

    def _short(self) -> Element:
        sentences = (make("li", sentence) for sentence in conclusion(self._found, self._locale))
        return make("section", make("h2", self._say("conclusion")), make("ul", *sentences), class_="card short")

    def _tiles(self) -> Element:
        figures, found = self._figures, self._figures.expected
        numbers = {
            "leads": found.leads,
            "peak": figures.peak_overdue,
            self._over: sum(rep.days_over_capacity for rep in figures.reps),
            "mails": sum(day.mails for box in figures.mailboxes for day in box.days),
            "replies": found.replies,
            "meetings": found.meetings,
            "sqls": found.sqls,
        }
        tiles = (
            make("div", make("dt", self._tile(word)), make("dd", f"{number:,}"), class_=_alarm(word, number))
            for word, number in numbers.items()
        )
        return make("dl", *tiles, class_="figures")

    @property
    def _over(self) -> str:
        """Days of several reps are no days of the calendar: they are called otherwise."""
        return "days_over_of" if len(self._figures.reps) == 1 else "rep_days_over_of"

    def _tile(self, word: str) -> str:
        return self._say(word).format(sum(rep.working_days for rep in self._figures.reps))

    def _charts(self) -> Iterator[Element]:
        pen, figures, control = self._pen, self._figures, self._found.control
        tasks = [_figure(pen.tasks(rep), rep.name) for rep in figures.reps[:_DRAWN]]
        yield self._card("chart_tasks", [pen.legend(), make("div", *tasks, class_="pair")], self._tables["days"])
        if control is not None:
            yield self._card("chart_overdue", [_figure(pen.overdue(control), is_long=True)], self._overdue_table())
        mails = [_figure(pen.mails(box), box.mailbox) for box in figures.mailboxes[:_DRAWN]]
        if mails:
            yield self._card("chart_mails", [make("div", *mails, class_="pair")], self._mail_table())
        runs = [_figure(pen.executed(one), one.sequence) for one in figures.sequences if one.executed]
        funnel = self._card("chart_funnel", [_figure(pen.funnel())], self._tables["expected"])
        yield make("div", funnel, *self._plain("ends"), class_="two")
        if runs:
            yield self._card("formulas", [make("div", *runs, class_="pair")], self._tables["formulas"])

    def _others(self) -> Iterator[Element]:
        """The tables that no chart stands for; narrow ones beside each other."""
        for key in ("reps", "pace", "control"):
            yield from self._plain(key)
        narrow = ("mailboxes", "rates", "outcomes", "held", "delays", "skips", "refused")
        yield make("div", *(table for key in narrow for table in self._plain(key)), class_="two")

    def _plain(self, key: str) -> Iterator[Element]:
        if key in self._tables:
            table = self._tables[key]
            yield make("section", make("h2", table.title), _table(table), class_="card")

    def _card(self, title: str, drawn: Iterable[Element], table: Table) -> Element:
        details = make("details", make("summary", self._say("as_table")), _table(table))
        return make("section", make("h2", self._say(title)), *drawn, details, class_="card")

    def _overdue_table(self) -> Table:
        both = [one for one in (self._figures, self._found.control) if one is not None]
        columns = (self._say("day"), *(self._say(one.plan) for one in both))
        curves = [one.overdue() for one in both]
        rows = tuple((day, *(curve[day] for curve in curves)) for day in self._figures.calendar)
        return Table("overdue", self._say("chart_overdue"), columns, rows)

    def _mail_table(self) -> Table:
        boxes = self._figures.mailboxes
        columns = (self._say("day"), *(box.mailbox for box in boxes))
        days = enumerate(self._figures.calendar)
        rows = tuple((day, *(box.days[number].mails for box in boxes)) for number, day in days)
        return Table("mails", self._say("chart_mails"), columns, rows)


def _alarm(word: str, number: int) -> str | None:
    return "is-bad" if word.endswith("days_over_of") and number else None


def _figure(drawn: Drawings, caption: str | None = None, *, is_long: bool = False) -> Element:
    named = [make("figcaption", caption)] if caption else []
    return make("figure", *named, *drawn, class_="is-long" if is_long else None)


def _table(table: Table) -> Element:
    """Numbers stand right; only sentences are broken into lines."""
    places = range(len(table.columns))
    kinds = [_kind([row[place] for row in table.rows]) for place in places]
    head = (make("th", table.columns[place], scope="col", class_=kinds[place]) for place in places)
    made = make("table", make("thead", make("tr", *head)))
    body = below(made, "tbody")
    for row in table.rows:
        below(body, "tr", *(make("td", _cell(row[place]), class_=kinds[place]) for place in places))
    return make("div", made, class_="wide")


def _kind(column: Sequence[object]) -> str | None:
    if all(map(_is_number, column)):
        return "is-number"
    return "is-sentence" if max((wide(str(cell)) for cell in column), default=0) > _BROKEN else None


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float)


def _cell(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int | float) else str(cell)
