"""Where inbound leads of the demo arrive: each enters its sequence the moment it comes in, and its rep is told."""

from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from engine.operations.context import Context
from engine.operations.enroll import Order, enroll
from engine.runtime.demo.diary import Diary
from engine.simulation.dice import Dice
from engine.store import people

_CHINESE_DESK, _DESK = "wei-zhang", "grace-hill"
_LIGHT_SOURCES = frozenset({"上海物流展", "微信公众号"})  # met at a fair or by WeChat: one call and one WeChat request
_NOTICES_WITHIN = (1, 9)  # minutes until a rep who is at work turns to a lead that has just come in


class Ring(Protocol):
    def __call__(self, ctx: Context, *, rep: str) -> None: ...


class FrontDesk:
    """`ring` is called for the rep whose lead it is, some minutes after it came."""

    def __init__(self, dice: Dice, diary: Diary, ring: Ring) -> None:
        self._dice, self._diary, self._ring = dice, diary, ring

    def expect(self, arrivals: list[tuple[datetime, int]]) -> None:
        """(when, who): the leads of the coming days."""
        for at, prospect_id in arrivals:
            self._diary.add(at, partial(self.take, prospect_id=prospect_id))

    def take(self, ctx: Context, prospect_id: int) -> None:
        with ctx.database.read() as connection:
            person = people.prospect_row(connection, prospect_id)
        rep = _CHINESE_DESK if person.locale == "zh" else _DESK
        key = _sequence_for(person.locale, person.source)
        report = enroll(ctx, Order(key, (prospect_id,), actor="intake", reps=(rep,), batch="call-in"))
        if report.enrolled:
            minutes = self._dice.between(*_NOTICES_WITHIN, "notices", prospect_id)
            self._diary.add(ctx.now() + timedelta(minutes=minutes), partial(self._ring, rep=rep))


def _sequence_for(locale: str, source: str | None) -> str:
    if locale != "zh":
        return "call-in-15"
    return "call-in-2x2x1" if source in _LIGHT_SOURCES else "call-in-cn"
