"""The shape of a scenario file: who is enrolled when, what happens to them, and what must have come of it."""

import re
from datetime import UTC, datetime, time
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, PlainValidator, Tag, model_validator

from engine.compiler.problems import listed
from engine.compiler.shape import Shape
from engine.compiler.words import Country, DateText, Key, Locale, Relation, ShortGap, Text, ZoneName, refuse, shown
from engine.core.enrollment import EnrollmentStatus
from engine.core.task import TaskKind, TaskStatus
from engine.core.touch import TouchStatus

_DAY = re.compile(r"day ([1-9][0-9]{0,3}) ([01][0-9]|2[0-3]):([0-5][0-9])")


class LocalTime(NamedTuple):
    """`day 3 10:15`: the prospect's own clock, counted from the enrollment's day one."""

    day: int
    time: time


def _read_instant(value: object) -> datetime:
    try:
        made = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        made = None
    if made is None or made.tzinfo is None:
        raise refuse("bad-instant", f"{shown(value)} is no instant", "date, time and offset",
                     'write it like "2026-03-02T08:00-05:00"')  # fmt: skip
    return made.astimezone(UTC)


def _read_moment(value: object) -> LocalTime | datetime:
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found:
        return LocalTime(int(found[1]), time(int(found[2]), int(found[3])))
    if isinstance(value, str) and value.startswith("day"):
        raise refuse("bad-moment", f"{shown(value)} is no moment", "a day and a time of it", 'write "day 3 10:15"')
    return _read_instant(value)


def _only_true(value: bool) -> bool:  # noqa: FBT001 - pydantic calls it with the value alone
    if not value:
        raise refuse("only-true", "what does not happen is not written down", "true", "leave the event out")
    return value


def _one_of_values(kind: str, values: type[EnrollmentStatus | TouchStatus | TaskStatus | TaskKind], *more: str) -> Any:
    known = [*(each.value for each in values), *more]

    def check(value: str) -> str:
        if value not in known:
            raise refuse("unknown-value", f"{shown(value)} is no {kind}", listed(known), "write one of these")
        return value

    return AfterValidator(check)


def _matching(pattern: str, what: str, example: str) -> Any:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise refuse("bad-value", f"{shown(text)} is no {what}", f"a {what}", f"write it like {example}")
        return text

    return AfterValidator(check)


Instant: TypeAlias = Annotated[datetime, PlainValidator(_read_instant)]
Moment: TypeAlias = Annotated[LocalTime | datetime, PlainValidator(_read_moment)]
StepName: TypeAlias = Annotated[str, _matching(r"@?[a-z0-9]+([-_][a-z0-9]+)*", "key of a step", "call-1 or @ack")]
FormulaRun: TypeAlias = Annotated[str, _matching(r"[0-9]{1,4}(x[0-9]{1,4}){2}", "formula", "7x3x21")]
TouchState: TypeAlias = Annotated[str, _one_of_values("state of a touch", TouchStatus)]
EnrollmentState: TypeAlias = Annotated[str, _one_of_values("state of an enrollment", EnrollmentStatus, "refused")]
TaskState: TypeAlias = Annotated[str, _one_of_values("state of a task", TaskStatus)]
TaskName: TypeAlias = Annotated[str, _one_of_values("kind of task", TaskKind)]
Switch: TypeAlias = Annotated[bool, AfterValidator(_only_true)]
Relationship: TypeAlias = Literal["prospect", "customer", "open_opportunity", "partner", "competitor"]


def _kind_of(words: tuple[str, ...], what: str) -> Discriminator:
    """Which form a mapping has is told by the one of these keys that is in it."""

    def tag(value: Any) -> str | None:
        found = [word for word in words if word in value] if isinstance(value, dict) else []
        return f"\0{found[0]}" if len(found) == 1 else None

    parts: dict[str, Any] = {
        "message": f"nobody can say what {what} this is",
        "expected": f"one of {listed(words)}",
        "advice": "write one of these keys and no other",
    }
    return Discriminator(tag, "no-kind", "{message}", parts)


class Person(Shape):
    """Whoever is enrolled. An empty `phone` or `email` means that there is none; `consent` names the channels to which
    they have agreed.
    """

    zone: ZoneName = Field(description="The zone of the prospect's own clock.", examples=["America/New_York"])
    locale: Locale = "en"
    country: Country | None = None
    region: Text | None = None
    consent: list[Literal["email", "sms", "phone"]] = Field(default_factory=list, max_length=3)
    name: Text | None = None
    email: str | None = None
    second_email: str | None = None
    phone: str | None = None
    second_phone: str | None = None
    wechat: Text | None = None
    stage: Key | None = None
    relationship: Relationship = "prospect"
    owner: Key | None = None
    wechat_friend: bool = False


class Target(Shape):
    """The task that is worked: the one of a step, or one that an event opened."""

    step: StepName | None = None
    task: TaskName | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.step is None) == (self.task is None):
            raise refuse("no-target", "nobody can say which task is meant", "step or task", "write one of the two")
        return self


class Said(Target):
    """An outcome as a rep gives it."""

    outcome: Text = Field(alias="is", description="The outcome.", examples=["no_answer"])
    at: Instant | None = None
    date: DateText | None = None
    reason: Text | None = None
    name: Text | None = None
    note: Text | None = None
    voicemail_left: bool = False


class Skipped(Target):
    reason: Text = Field(description="Why the rep skips it.", examples=["no budget"])


class Snoozed(Target):
    until: Moment = Field(description="When it comes back.", examples=['"day 3 14:00"'])


class Absence(Shape):
    until: DateText | None = None


class Meeting(Shape):
    at: Instant = Field(description="When it is.", examples=['"2026-03-10T14:00-04:00"'])
    title: Text | None = None


class Happening(Shape):
    at: Moment = Field(description="When it happens.", examples=['"day 3 10:15"'])


class ReplyEvent(Happening):
    reply: Text


class OptOutEvent(Happening):
    opt_out: Switch


class ComplaintEvent(Happening):
    complaint: Switch


class ClickEvent(Happening):
    click: Switch


class HandSentEvent(Happening):
    hand_sent: Text


class BounceEvent(Happening):
    bounce: Literal["hard", "soft"]


class AbsenceEvent(Happening):
    out_of_office: Absence


class MeetingEvent(Happening):
    meeting: Meeting


class OutcomeEvent(Happening):
    outcome: Said


class UndoEvent(Happening):
    undo: Target


class SkipEvent(Happening):
    skip: Skipped


class SnoozeEvent(Happening):
    snooze: Snoozed


class PauseEvent(Happening):
    pause: Text


class ResumeEvent(Happening):
    resume: Switch


_EVENT_WORDS = (
    "reply", "opt_out", "complaint", "click", "hand_sent", "bounce", "out_of_office", "meeting", "outcome", "undo",
    "skip", "snooze", "pause", "resume",
)  # fmt: skip
Event: TypeAlias = Annotated[
    Annotated[ReplyEvent, Tag("\0reply")]
    | Annotated[OptOutEvent, Tag("\0opt_out")]
    | Annotated[ComplaintEvent, Tag("\0complaint")]
    | Annotated[ClickEvent, Tag("\0click")]
    | Annotated[HandSentEvent, Tag("\0hand_sent")]
    | Annotated[BounceEvent, Tag("\0bounce")]
    | Annotated[AbsenceEvent, Tag("\0out_of_office")]
    | Annotated[MeetingEvent, Tag("\0meeting")]
    | Annotated[OutcomeEvent, Tag("\0outcome")]
    | Annotated[UndoEvent, Tag("\0undo")]
    | Annotated[SkipEvent, Tag("\0skip")]
    | Annotated[SnoozeEvent, Tag("\0snooze")]
    | Annotated[PauseEvent, Tag("\0pause")]
    | Annotated[ResumeEvent, Tag("\0resume")],
    _kind_of(_EVENT_WORDS, "event"),
]


class StepExpected(Shape):
    step: StepName
    repeat: int = Field(0, ge=0)
    at: Instant | None = None
    state: TouchState | None = None
    reason: Text | None = None


class EnrollmentExpected(Shape):
    """`of` names another sequence than the scenario's own: one that it handed the person over to."""

    enrollment: EnrollmentState
    reason: Text | None = None
    of: Key | None = None


class TaskExpected(Shape):
    task: TaskName
    due_within: ShortGap | None = None
    state: TaskState | None = None


class FormulaExpected(Shape):
    formula: FormulaRun


class SuppressedExpected(Shape):
    """What is closed: the whole person or account, one channel, or the address of a channel; or nothing."""

    suppressed: Literal["person", "account", "email", "phone", "sms", "wechat", "social", "nothing"]


class StageExpected(Shape):
    stage: Key


class RelationExpected(Shape):
    relation: dict[Literal["wechat", "linkedin", "maimai"], Relation]


class AgainExpected(Shape):
    """The day before which no outbound sequence may begin again."""

    again_after: DateText


_EXPECTED_WORDS = ("step", "enrollment", "task", "formula", "suppressed", "stage", "relation", "again_after")
Expectation: TypeAlias = Annotated[
    Annotated[StepExpected, Tag("\0step")]
    | Annotated[EnrollmentExpected, Tag("\0enrollment")]
    | Annotated[TaskExpected, Tag("\0task")]
    | Annotated[FormulaExpected, Tag("\0formula")]
    | Annotated[SuppressedExpected, Tag("\0suppressed")]
    | Annotated[StageExpected, Tag("\0stage")]
    | Annotated[RelationExpected, Tag("\0relation")]
    | Annotated[AgainExpected, Tag("\0again_after")],
    _kind_of(_EXPECTED_WORDS, "expectation"),
]


class ScenarioShape(Shape):
    scenario: Text = Field(description="What happens, as a sentence.", examples=["a reply on day 3 ends it"])
    sequence: Key = Field(description="The sequence that is tried.", examples=["outbound-7x3x21"])
    prospect: Person = Field(description="Who is enrolled.", examples=["{zone: America/New_York}"])
    rep: Key | None = None
    enroll_at: Instant = Field(description="When they are enrolled.", examples=['"2026-03-02T08:00-05:00"'])
    hands: Literal["on", "off"] = "on"
    events: list[Event] = Field(default=[], max_length=200)
    expect: list[Expectation] = Field(
        min_length=1, description="What must have come of it.", examples=["[{enrollment: finished}]"]
    )


class ScenarioFile(Shape):
    scenarios: list[ScenarioShape]
