"""How an enrollment begins: its day one, and the first touches of each lane."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.clock import local_date
from engine.core.hours import Hours
from engine.core.schedule import PlannedTouch, Progress, first_open_day, next_touches
from engine.core.sequence import AudienceKind, Family, Sequence
from engine.core.workspace import Workspace
from engine.operations import facts
from engine.operations.days.open_days import Place, calendar_for
from engine.store import touches

ACKNOWLEDGEMENT = "@ack"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """By what a beginning is planned: the person's clock and calendar, the rep's working time, the law's hours."""

    zone: str
    place: Place
    rep_key: str
    law: Mapping[Family, Hours] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beginning:
    day_one: date
    touches: tuple[PlannedTouch, ...]


class Beginnings:
    """Of one sequence: the same for everybody with the same clock, so computed once for them."""

    def __init__(self, workspace: Workspace, sequence: Sequence) -> None:
        self._workspace, self._sequence = workspace, sequence
        self._known: dict[tuple[object, ...], Beginning] = {}

    def at(self, now: datetime, where: Whereabouts) -> Beginning:
        calendar = calendar_for(self._workspace, where.place, now.date())
        key = (now, where.zone, calendar, where.rep_key, *where.law.values())
        if key not in self._known:
            self._known[key] = self._begin(now, where)
        return self._known[key]

    def _begin(self, now: datetime, where: Whereabouts) -> Beginning:
        setting = facts.setting_for(
            self._workspace,
            zone=where.zone,
            place=where.place,
            rep_key=where.rep_key,
            today=now.date(),
            law=where.law,
            is_inbound=self._sequence.audience.kind is AudienceKind.INBOUND,
        )
        day_one = first_open_day(self._sequence, setting, now)
        return Beginning(day_one, next_touches(self._sequence, Progress(day_one, now, setting), now))

    def touch_rows(self, now: datetime, where: Whereabouts, *, enrollment_id: int, person: int) -> list[dict[str, Any]]:
        """With the acknowledgement of whoever asked us."""
        new = [touches.planned_row(touch, enrollment_id, person) for touch in self.at(now, where).touches]
        answer = self._sequence.acknowledge
        if answer is not None:
            today = local_date(now, ZoneInfo(where.zone))
            planned = PlannedTouch(ACKNOWLEDGEMENT, 0, "extra:1", answer.do, today, today, now)
            new.append(touches.planned_row(planned, enrollment_id, person))
        return new
