"""What is written on a drawing: how wide it is, and where it has room."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from xml.etree.ElementTree import Element

from engine.runtime.simulate.elements import below

LINE = 16.0  # from one line of writing to the next
_LETTER, _WIDE_LETTER = 7.5, 12.5
_BESIDE = 8.0  # between a point and its name, and between two days


def wide(text: str) -> float:
    """Letters of Chinese are wider than those of English."""
    return sum(_WIDE_LETTER if letter >= "\u2e80" else _LETTER for letter in text)


def spread(names: Sequence[tuple[float, str]], right: float) -> list[tuple[float, str]]:
    """Of names that begin at such places, as many as can be read, evenly; none runs over the `right` edge."""
    if not names:
        return []
    widest = max(wide(name) for _, name in names) + _BESIDE
    apart = min((after - at for (at, _), (after, _) in pairwise(names)), default=widest)
    every = -int(-widest // apart)
    *inside, (at, name) = names[::every]
    last = min(at, right - wide(name))
    return [*inside, (last, name)] if not inside or last >= inside[-1][0] + widest else inside


@dataclass(frozen=True, slots=True)
class Name:
    """What is written beside a point at `x`, on the line `y` of a drawing `across` units wide."""

    text: str
    kind: str
    x: float
    y: float
    across: float

    @property
    def is_left(self) -> bool:
        """Where there is no room on the right."""
        return self.x + _BESIDE + wide(self.text) > self.across

    @property
    def span(self) -> tuple[float, float]:
        if self.is_left:
            return self.x - _BESIDE - wide(self.text), self.x - _BESIDE
        return self.x + _BESIDE, self.x + _BESIDE + wide(self.text)

    def overprints(self, other: "Name") -> bool:
        (left, right), (others_left, others_right) = self.span, other.span
        return abs(self.y - other.y) < LINE - 1 and left < others_right and others_left < right

    def write(self, svg: Element) -> None:
        anchor, x = ("end", self.x - _BESIDE) if self.is_left else ("start", self.x + _BESIDE)
        below(svg, "text", self.text, x=x, y=self.y, text_anchor=anchor, class_=f"name {self.kind}")


def apart(names: Sequence[Name], top: float, bottom: float) -> list[Name]:
    """The highest stays, the others make way downwards, or upwards at the axis; where there is no room they are left
    out.
    """
    placed: list[Name] = []
    for name in sorted(names, key=lambda one: one.y):
        below_it, above_it = (_moved(name, placed, step) for step in (LINE, -LINE))
        if below_it.y <= max(name.y, bottom):
            placed.append(below_it)
        elif above_it.y >= top:
            placed.append(above_it)
    return placed


def _moved(name: Name, placed: Sequence[Name], step: float) -> Name:
    while (other := next((one for one in placed if one.overprints(name)), None)) is not None:
        name = replace(name, y=other.y + step)
    return name
