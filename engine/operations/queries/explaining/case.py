"""One enrollment with all that an explanation of it asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from engine.core.errors import NotFound
from engine.core.schedule import Progress
from engine.core.sequence import Sequence as Plan
from engine.core.sequence import Step, Verb
from engine.core.slots import Setting
from engine.operations import facts, wording
from engine.operations.act import Act
from engine.operations.days.open_days import Place, place_of
from engine.operations.queries.explaining.voice import Voice
from engine.store import enrollments, plans, touches
from engine.store.connection import Record


@dataclass(frozen=True)
class Case:
    """`row` is the enrollment with its person, `touches` are all that it has, as stored."""

    act: Act
    row: Record
    touches: Sequence[Record]
    voice: Voice

    @classmethod
    def of(cls, act: Act, enrollment_id: int, locale: str) -> "Case":
        """Raises NotFound."""
        found = enrollments.with_people(act.connection, [enrollment_id])
        if not found:
            raise NotFound(f"there is no enrollment {enrollment_id}", id=enrollment_id)
        of_it = touches.of_enrollments(act.connection, [enrollment_id])[enrollment_id]
        return cls(act, found[0], of_it, Voice(locale, found[0].zone, act.now))

    @cached_property
    def plan(self) -> Plan:
        return self.act.plan(self.row.version_id).sequence

    @cached_property
    def setting(self) -> Setting:
        return facts.setting_of(self.act.workspace, self.row, self.act.now)

    @cached_property
    def progress(self) -> Progress:
        return facts.progress_of(self.plan, self.row, self.touches, self.setting)

    @property
    def place(self) -> Place:
        return place_of(self.row)

    @property
    def zone(self) -> ZoneInfo:
        return self.setting.zone

    @property
    def rep_name(self) -> str:
        rep = self.act.workspace.rep(self.row.rep_key)
        return rep.name if rep is not None else str(self.row.rep_key)

    def rep_with_id(self, rep_id: int) -> str:
        """The name of whoever has a task, who may be somebody else than the enrollment's rep."""
        return next(str(row.name) for row in self._reps if row.id == rep_id)

    @cached_property
    def _reps(self) -> Sequence[Record]:
        return plans.reps(self.act.connection, only_active=False)

    def step(self, key: str) -> Step | None:
        """None for what stands outside the plan."""
        return next((one for one in self.plan.steps if one.key == key), None)

    def title(self, key: str, verb: str) -> str:
        step = self.step(key)
        return (step.title if step is not None else None) or wording.step_name(Verb(verb), self.voice.locale)

    def step_named(self, key: str) -> str:
        """`“call-1” (call of day 3)`: a step as an author knows it."""
        step = self.step(key)
        if step is None:
            return self.voice.part("added_step", key=key)
        return self.voice.part("step", key=key, day=step.day, name=wording.step_name(step.do, self.voice.locale))
