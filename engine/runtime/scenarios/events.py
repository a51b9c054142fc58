"""What happens in a scenario, carried out through the operations that the API and the reps use."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from engine.compiler.scenario_shape import (
    AbsenceEvent,
    BounceEvent,
    ClickEvent,
    ComplaintEvent,
    Event,
    HandSentEvent,
    LocalTime,
    MeetingEvent,
    OptOutEvent,
    OutcomeEvent,
    PauseEvent,
    ReplyEvent,
    ResumeEvent,
    Said,
    SkipEvent,
    SnoozeEvent,
    Target,
    UndoEvent,
)
from engine.core.clock import local_instant
from engine.core.enrollment import PauseCause
from engine.core.errors import BadInput, EngineError
from engine.core.outcome import Answer
from engine.core.sequence import Verb
from engine.core.task import TaskStatus
from engine.core.touch import TouchStatus
from engine.operations.act import act_on
from engine.operations.context import Context
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.lifecycle import pausing
from engine.operations.tasks import work_task
from engine.operations.tasks.work_task import By
from engine.store import enrollments, tasks, touches
from engine.store.connection import Record


def instant(moment: LocalTime | datetime, day_one: date, zone: ZoneInfo) -> datetime:
    if isinstance(moment, datetime):
        return moment
    return local_instant(day_one + timedelta(days=moment.day - 1), moment.time, zone)


class Script:
    """The events that are still to come, each at its instant. What could not be done is kept in `refused`."""

    def __init__(self, prospect_id: int, actor: str, day_one: date, zone: ZoneInfo) -> None:
        self._prospect_id, self._actor = prospect_id, actor
        self._day_one, self._zone = day_one, zone
        self._left: list[tuple[datetime, Event]] = []
        self._numbers = count(1)
        self.refused: list[str] = []

    def add(self, events: Sequence[Event]) -> None:
        timed = [(instant(event.at, self._day_one, self._zone), event) for event in events]
        self._left = sorted([*self._left, *timed], key=lambda pair: pair[0])

    @property
    def is_over(self) -> bool:
        return not self._left

    def names(self, step: str) -> bool:
        """Whether an event that is still to come works this step's task: then nobody else does."""
        return any(target.step == step for _, event in self._left if (target := _target(event)) is not None)

    def next_instant(self, ctx: Context) -> datetime | None:  # noqa: ARG002 - the script knows its own times
        return self._left[0][0] if self._left else None

    def act(self, ctx: Context) -> bool:
        now, acted = ctx.now(), False
        while self._left and self._left[0][0] <= now:
            _, event = self._left.pop(0)
            acted = True
            try:
                self._happen(ctx, event)
            except EngineError as problem:
                self.refused.append(f"{_word(event)} at {now.astimezone(self._zone):%Y-%m-%d %H:%M}: {problem}")
        return acted

    def _happen(self, ctx: Context, event: Event) -> None:
        match event:
            case OutcomeEvent(outcome=said):
                work_task.complete(ctx, self._by(ctx, said), _answer(said))
            case SkipEvent(skip=skipped):
                work_task.skip(ctx, self._by(ctx, skipped), skipped.reason)
            case SnoozeEvent(snooze=snoozed):
                work_task.snooze(ctx, self._by(ctx, snoozed), instant(snoozed.until, self._day_one, self._zone))
            case UndoEvent(undo=target):
                work_task.undo(ctx, self._by(ctx, target, status=TaskStatus.DONE))
            case PauseEvent() | ResumeEvent():
                self._pause(ctx, event)
            case _:
                kind, body = _fact(event)
                self._ingest(ctx, kind, body)

    def _ingest(self, ctx: Context, kind: str, body: dict[str, Any]) -> None:
        mail = self._last_mail(ctx)
        at, key = ctx.now(), f"scenario-{next(self._numbers)}"
        touch_id = mail.id if mail is not None else None
        ingest(ctx, Inbound(kind, self._prospect_id, at, key, touch_id=touch_id, body=body))

    def _last_mail(self, ctx: Context) -> Record | None:
        with ctx.database.read() as connection:
            rows = touches.newer_than(connection, self._prospect_id, 0)
        sent = [row for row in rows if row.verb == Verb.EMAIL.value and row.status == TouchStatus.SENT.value]
        return max(sent, key=lambda row: row.ended_at, default=None)

    def _pause(self, ctx: Context, event: PauseEvent | ResumeEvent) -> None:
        with act_on(ctx, self._prospect_id, actor=self._actor) as act:
            for row in enrollments.live_of(act.connection, [self._prospect_id]):
                if isinstance(event, PauseEvent):
                    pausing.pause(act, row, PauseCause.REP, note=event.pause)
                else:
                    pausing.resume(act, row, PauseCause.REP)

    def _by(self, ctx: Context, target: Target, status: TaskStatus | None = None) -> By:
        """The latest task that the target means: open, or of that status."""
        with ctx.database.read() as connection:
            steps = {row.id: row.step for row in touches.newer_than(connection, self._prospect_id, 0)}
            rows = tasks.newer_than(connection, self._prospect_id, 0)
        for row in reversed(rows):
            is_meant = steps.get(row.touch_id) == target.step if target.step else row.kind == target.task
            if is_meant and (row.status == status.value if status else TaskStatus(row.status).is_open):
                return By(row.id, self._actor)
        raise BadInput(f"there is no such task of {target.step or target.task} at that time")


def _target(event: Event) -> Target | None:
    match event:
        case (
            OutcomeEvent(outcome=target) | UndoEvent(undo=target) | SkipEvent(skip=target) | SnoozeEvent(snooze=target)
        ):
            return target
        case _:
            return None


def _answer(said: Said) -> Answer:
    return Answer(
        outcome=said.outcome,
        at=said.at,
        date=said.date,
        reason=said.reason,
        name=said.name,
        note=said.note,
        voicemail_left=said.voicemail_left,
    )


_Fact = (
    ReplyEvent | OptOutEvent | ComplaintEvent | ClickEvent | HandSentEvent | BounceEvent | AbsenceEvent | MeetingEvent
)


def _fact(event: _Fact) -> tuple[str, dict[str, Any]]:
    """Kind and body of the inbound fact."""
    match event:
        case ReplyEvent(reply=text):
            return "replied", {"channel": "email", "text": text}
        case OptOutEvent():
            return "opted_out", {"channel": "email"}
        case ComplaintEvent():
            return "complained", {}
        case ClickEvent():
            return "clicked", {}
        case HandSentEvent(hand_sent=subject):
            return "hand_sent", {"subject": subject}
        case BounceEvent(bounce=kind):
            return ("bounced" if kind == "hard" else "soft_bounced"), {}
        case AbsenceEvent(out_of_office=absence):
            return "out_of_office", {"until": absence.until} if absence.until else {}
        case MeetingEvent(meeting=meeting):
            return "meeting_booked", {"at": meeting.at.isoformat(), "title": meeting.title or ""}
        case _:
            assert_never(event)


def _word(event: Event) -> str:
    return str(next(name for name in type(event).model_fields if name != "at"))
