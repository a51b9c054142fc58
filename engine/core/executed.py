"""The formula that was really run: what reached out, by how many channels, over how many real days. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from engine.core.sequence import Formula, Verb


@dataclass(frozen=True, slots=True)
class ExecutedTouch:
    """A touch that really reached out: when, and how."""

    verb: Verb
    on: date


def executed_formula(touches: Iterable[ExecutedTouch], day_one: date, *, count_channels: bool = False) -> Formula:
    """What was really run, over real days: 0x0x0 when nothing was. Answers before day 1 count into it."""
    counted = [touch for touch in touches if touch.verb.is_counted]
    names = {t.verb.value if count_channels else t.verb.family.value for t in counted}
    days = max((max(1, (t.on - day_one).days + 1) for t in counted), default=0)
    return Formula(len(counted), len(names), days)
