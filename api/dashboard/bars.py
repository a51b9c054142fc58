"""Bars as SVG rectangles: where each one stands, computed here, drawn by a template. No script, no style attribute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_WIDTH, _GAP, _HEIGHT = 40, 10, 120
_FAMILIES = {
    "call": "call",
    "personal_email": "mail",
    "wechat_add": "chat",
    "wechat_message": "chat",
    "linkedin": "social",
    "maimai": "social",
}
FAMILIES = ("call", "mail", "chat", "social", "other")


@dataclass(frozen=True, slots=True)
class Part:
    """One rectangle; `family` names its colour."""

    family: str
    x: int
    y: float
    width: int
    height: float


@dataclass(frozen=True, slots=True)
class Bars:
    """`line` is the y of the `limit`, both None where there is none; `middles` are the x of the middles of the days,
    `overdue` the y of each day's overdue work.
    """

    width: int
    height: int
    top: float
    parts: tuple[Part, ...]
    middles: tuple[int, ...]
    overdue: tuple[float, ...]
    line: float | None
    limit: float | None


def family_of(kind: str) -> str:
    """Kinds of one family have one colour."""
    return _FAMILIES.get(kind, "other")


def bars(days: Sequence[dict[str, int]], *, limit: float | None, overdue: Sequence[int] = ()) -> Bars:
    """`days` are amounts by kind. The scale is the largest of all that is shown."""
    totals = [sum(day.values()) for day in days]
    top = max([*totals, *overdue, limit or 0, 1])
    parts = [part for place, day in enumerate(days) for part in _stack(place, day, top)]
    return Bars(
        width=len(days) * (_WIDTH + _GAP),
        height=_HEIGHT,
        top=top,
        parts=tuple(parts),
        middles=tuple(place * (_WIDTH + _GAP) + _WIDTH // 2 for place in range(len(days))),
        overdue=tuple(_y(one, top) for one in overdue),
        line=_y(limit, top) if limit is not None else None,
        limit=limit,
    )


def _stack(place: int, day: dict[str, int], top: float) -> Iterable[Part]:
    below = 0
    for family in FAMILIES:
        amount = sum(count for kind, count in day.items() if family_of(kind) == family)
        if amount:
            below += amount
            yield Part(family, place * (_WIDTH + _GAP), _y(below, top), _WIDTH, round(_HEIGHT * amount / top, 1))


def _y(amount: float, top: float) -> float:
    return round(_HEIGHT * (1 - amount / top), 1)
