"""Charts as SVG inside a page: bars by day, curves by day, and bars side by side. Colours are the page's classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import log10
from xml.etree.ElementTree import Element

from engine.runtime.simulate.elements import below, make
from engine.runtime.simulate.lettering import LINE, Name, apart, spread

_HEIGHT = 210.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 12.0, 14.0, 26.0
_TICKS = 4
_ROW = 28.0
_NAMES, _NUMBERS = 170.0, 96.0  # in front of bars that lie one below the other, and behind them


class Width(Enum):
    """A chart is drawn once for each room it may have on a page, so that all writing comes out the same size; the
    page's style shows the one that fits. NARROW is a phone's.
    """

    NARROW = 320.0
    HALF = 540.0
    WHOLE = 1120.0

    @property
    def css_class(self) -> str:
        return f"is-{self.name.lower()}"


@dataclass(frozen=True, slots=True)
class Series:
    """`kind` is the class of its colour."""

    name: str
    kind: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Days:
    """What lies below a chart: a name for each day, and the numbers of those that may be written out."""

    names: Sequence[str]
    marked: Sequence[int]


@dataclass(frozen=True, slots=True)
class Told:
    """What a chart is called and what it shows, for those who do not see it; and how wide it is drawn."""

    key: str
    title: str
    text: str
    width: Width


def stacked(told: Told, days: Days, series: Sequence[Series], line: tuple[float, str] | None = None) -> Element:
    """Bars of several kinds upon each other; `line` is a limit with its name."""
    sums = [sum(one.values[number] for one in series) for number in range(len(days.names))]
    frame = _Frame(told.width.value, len(days.names), max([1.0, *sums, line[0] if line else 0.0]))
    svg = _drawing(told, _HEIGHT)
    _axes(svg, frame, days)
    for number, name in enumerate(days.names):
        column, base = below(svg, "g"), 0.0
        below(column, "title", f"{name}: {_column(series, number)}")
        for one in series:
            value = one.values[number]
            if value:
                column.append(_bar(frame, number, (base, base + value), one.kind))
                base += value
    if line is not None:
        _limit(svg, frame, *line)
    return svg


def curves(told: Told, days: Days, series: Sequence[Series]) -> Element:
    """Lines, each with its name at its peak; the names never overprint each other."""
    frame = _Frame(told.width.value, len(days.names), max([1.0, *(max(one.values, default=0) for one in series)]))
    svg = _drawing(told, _HEIGHT)
    _axes(svg, frame, days)
    names: list[Name] = []
    for one in series:
        points = [(frame.middle(number), frame.y(value)) for number, value in enumerate(one.values)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        below(svg, "polyline", points=path, class_=f"curve {one.kind}")
        peak = max(range(len(points)), key=lambda number: one.values[number])
        x, y = points[peak]
        below(svg, "circle", cx=x, cy=y, r=3.5, class_=one.kind)
        names.append(Name(f"{one.name}: {one.values[peak]:,.0f}", one.kind, x, max(y + 4, _TOP + 4), frame.width))
    for name in apart(names, _TOP, _HEIGHT - _BOTTOM):
        name.write(svg)
    return svg


def rows(told: Told, bars: Sequence[tuple[str, float, str]], kinds: Sequence[str]) -> Element:
    """Bars one below the other: name, number, and what is written behind it. On a phone the name stands above."""
    is_narrow = told.width is Width.NARROW
    before, above = (0.0, LINE + 2) if is_narrow else (_NAMES, 0.0)
    svg = _drawing(told, (_ROW + above) * len(bars) + 4)
    most = max([1.0, *(value for _, value, _ in bars)])
    room = told.width.value - before - _NUMBERS
    for number, ((name, value, behind), kind) in enumerate(zip(bars, kinds, strict=True)):
        y, width = number * (_ROW + above) + above + 4, room * value / most
        x, anchor = (0.0, "start") if is_narrow else (_NAMES - 10, "end")
        below(svg, "text", name, x=x, y=y - 6 if is_narrow else y + 14, text_anchor=anchor, class_="axis")
        below(svg, "rect", x=before, y=y, width=max(width, 1.5), height=_ROW - 8, rx=3.0, class_=kind)
        below(svg, "text", behind, x=before + width + 8, y=y + 14, class_="number")
    return svg


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where days and values are on the drawing."""

    width: float
    days: int
    most: float

    @property
    def step(self) -> float:
        """Between two lines of the scale: 1, 2 or 5 times a power of ten."""
        rough = self.most / _TICKS
        power = 10.0 ** int(log10(rough)) if rough >= 1 else 1.0
        return next(power * times for times in (1, 2, 5, 10) if power * times >= rough)

    @property
    def top(self) -> float:
        return self.step * -(-self.most // self.step)

    @property
    def day(self) -> float:
        return (self.width - _LEFT - _RIGHT) / max(self.days, 1)

    def left(self, number: int) -> float:
        return _LEFT + number * self.day

    def middle(self, number: int) -> float:
        return self.left(number) + self.day / 2

    def y(self, value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - value / self.top)


def _drawing(told: Told, height: float) -> Element:
    names, box = f"{told.key}-title {told.key}-text", f"0 0 {told.width.value:.0f} {height:.0f}"
    svg = make("svg", viewBox=box, role="img", aria_labelledby=names, class_=told.width.css_class)
    below(svg, "title", told.title, id=f"{told.key}-title")
    below(svg, "desc", told.text, id=f"{told.key}-text")
    return svg


def _axes(svg: Element, frame: _Frame, days: Days) -> None:
    value = 0.0
    while value <= frame.top:
        y = frame.y(value)
        below(svg, "line", x1=_LEFT, x2=frame.width - _RIGHT, y1=y, y2=y, class_="grid" if value else "base")
        below(svg, "text", f"{value:,.0f}", x=_LEFT - 8, y=y + 4, text_anchor="end", class_="axis")
        value += frame.step
    marks = [(frame.left(number), days.names[number]) for number in days.marked]
    for x, name in spread(marks, frame.width):
        below(svg, "text", name, x=x, y=_HEIGHT - 8, class_="axis day")


def _bar(frame: _Frame, number: int, span: tuple[float, float], kind: str) -> Element:
    gap = min(2.0, frame.day / 5)
    high, low = frame.y(span[1]), frame.y(span[0])
    return make("rect", x=frame.left(number) + gap, y=high, width=frame.day - 2 * gap, height=low - high, class_=kind)


def _limit(svg: Element, frame: _Frame, value: float, name: str) -> None:
    y = frame.y(value)
    below(svg, "line", x1=_LEFT, x2=frame.width - _RIGHT, y1=y, y2=y, class_="limit")
    below(svg, "text", name, x=frame.width - _RIGHT, y=y - 5, text_anchor="end", class_="name limit-name")


def _column(series: Sequence[Series], number: int) -> str:
    found = [f"{one.name} {one.values[number]:,.0f}" for one in series if one.values[number]]
    return ", ".join(found) or "0"
