"""The shape of a sequence file, as pydantic holds it; what the words mean is `engine.core.sequence`'s business."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, PlainValidator, Tag, WithJsonSchema

from engine.compiler.hours import HoursShape
from engine.compiler.later_shape import (
    AccountShape,
    ExperimentShape,
    PersonaShape,
    ReplyRoute,
    StartShape,
    VariantShape,
)
from engine.compiler.outcome_shape import Overlay
from engine.compiler.problems import did_you_mean, listed
from engine.compiler.shape import Shape
from engine.compiler.words import (
    LATER,
    LIST_FORM,
    MAPPING_FORM,
    TEXT_FORM,
    TEXT_OR_LIST,
    TEXT_OR_MAPPING,
    EvidenceWord,
    Exemption,
    FormulaText,
    GapText,
    Key,
    Locale,
    LongGap,
    ResponseGap,
    StepVerb,
    TemplateRef,
    Text,
    Word,
    refuse,
    shown,
)
from engine.core.sequence import Gap, Unit

LATENESS_WORDS = ("wait", "proceed", "reassign", "escalate")
A_BUSINESS_DAY = Gap(1, Unit.BUSINESS_DAY)
AGAIN_WORDS = ("never", "always", "if_inactive")


def one_of(words: tuple[str, ...], mapping: str) -> PlainValidator:
    """A word of the short form; `mapping` shows the long form beside it."""

    def check(word: object) -> str:
        if isinstance(word, str) and word in words:
            return word
        if isinstance(word, int) and not isinstance(word, bool):
            raise refuse(
                "bare-interval", f"the interval {word} has no unit", "a number with its unit", f"write {mapping}"
            )
        advice = did_you_mean(str(word), words, f"or write {mapping}")
        raise refuse("unknown-value", f"{shown(word)} is not known here", listed([*words, mapping]), advice)

    return PlainValidator(check)


def _in_text(schema: dict[str, Any]) -> None:
    """A default as it is written in a file."""
    schema["default"] = str(A_BUSINESS_DAY)


class Join(Shape):
    step: Key = Field(description="The step to wait for.", examples=["call-1"])
    gap: GapText = Field(description="How long after that step has ended.", examples=["1bd"])


class SkipAfter(Shape):
    skip_after: GapText = Field(description="Skip the step when it is later than this.", examples=["3bd"])


class Reassign(Shape):
    reassign: Key = Field(
        description="Who takes it over: a rep's key, manager, or team for whoever has least to do.", examples=["team"]
    )
    after: GapText = Field(A_BUSINESS_DAY, description="How late it must be.", json_schema_extra=_in_text)


class Escalate(Shape):
    escalate: Key = Field(description="Who is told: a rep's key, or manager.", examples=["manager"])
    after: GapText = Field(A_BUSINESS_DAY, description="How late it must be.", json_schema_extra=_in_text)


class AgainAfter(Shape):
    after: LongGap = Field(description="Enroll again once this long has passed.", examples=["90d"])


After: TypeAlias = Annotated[Annotated[GapText, Tag(TEXT_FORM)] | Annotated[Join, Tag(MAPPING_FORM)], TEXT_OR_MAPPING]


def _lateness_form(value: Any) -> str:
    if not isinstance(value, dict):
        return TEXT_FORM
    return next((tag for word, tag in _LATENESS_TAGS.items() if word in value), MAPPING_FORM)


_LATENESS_TAGS = {"reassign": "\0reassign", "escalate": "\0escalate"}
_LatenessWord: TypeAlias = Annotated[
    str,
    one_of(LATENESS_WORDS, "{skip_after: 3bd}"),
    WithJsonSchema({"type": "string", "enum": list(LATENESS_WORDS)}),
]
IfLate: TypeAlias = Annotated[
    Annotated[_LatenessWord, Tag(TEXT_FORM)]
    | Annotated[SkipAfter, Tag(MAPPING_FORM)]
    | Annotated[Reassign, Tag(_LATENESS_TAGS["reassign"])]
    | Annotated[Escalate, Tag(_LATENESS_TAGS["escalate"])],
    Discriminator(_lateness_form),
]
_AgainWord: TypeAlias = Annotated[
    str, one_of(AGAIN_WORDS, "{after: 90d}"), WithJsonSchema({"type": "string", "enum": list(AGAIN_WORDS)})
]
Again: TypeAlias = Annotated[
    Annotated[_AgainWord, Tag(TEXT_FORM)] | Annotated[AgainAfter, Tag(MAPPING_FORM)], TEXT_OR_MAPPING
]


Evidence: TypeAlias = Annotated[
    Annotated[EvidenceWord, Tag(TEXT_FORM)] | Annotated[list[EvidenceWord], Field(min_length=1), Tag(LIST_FORM)],
    TEXT_OR_LIST,
]


class AudienceShape(Shape):
    kind: Literal["inbound", "outbound", "nurture"] = Field(
        description="Who is in it: people who came to us, people we go to, people we keep warm.", examples=["outbound"]
    )
    locales: list[Locale] | None = Field(
        None, min_length=1, description="Languages its templates are written in; the workspace's when left out."
    )
    sources: list[Word] | None = Field(None, min_length=1, description="Where an inbound lead comes from.")
    batch_at_most: int | None = Field(None, ge=1, le=100_000, description="The largest list enrolled at once.")


class ScheduleShape(Shape):
    days: Literal["calendar", "business"] = Field(
        "calendar", description="What `day:` and the formula's third number count; a closed day moves to the next open."
    )
    hours: HoursShape | None = Field(None, description="When touches may happen; the workspace's hours when left out.")
    call_hours: HoursShape | None = Field(None, description="Hours of calls instead of `hours`.")
    email_hours: HoursShape | None = Field(None, description="Hours of mails instead of `hours`.")
    sms_hours: HoursShape | None = Field(None, description="Hours of text messages instead of `hours`.")
    wechat_hours: HoursShape | None = Field(None, description="Hours of WeChat instead of `hours`.")
    social_hours: HoursShape | None = Field(None, description="Hours of LinkedIn and Maimai instead of `hours`.")
    video_hours: HoursShape | None = Field(None, description="Hours of videos instead of `hours`.")
    task_hours: HoursShape | None = Field(None, description="Hours of internal tasks instead of `hours`.")
    zone: Literal["prospect", "account", "rep", "workspace"] = Field(
        "prospect", description="Whose clock the hours follow; when unknown, the next one down this list."
    )
    anchor: Literal["previous", "enrolled"] = Field(
        "previous",
        description="What `day:` counts from: the step before, so that lateness moves the rest, or always from day 1.",
    )


class ConsentShape(Shape):
    sms: Evidence | None = Field(
        None, description="The recorded consent that its texts rest on, beside what the recipient's country asks for."
    )


class AcknowledgeShape(Shape):
    do: Literal["email", "sms"] = Field(description="How the answer leaves, without a person.", examples=["email"])
    use: TemplateRef = Field(description="Its template.", examples=["call-in/received"])


class StepShape(Shape):
    key: Key = Field(description="The step's identity for ever, also when the step changes.", examples=["call-1"])
    day: int = Field(description="The day it is planned for; enrolment is day 1.", ge=1, le=9999, examples=[1])
    do: StepVerb = Field(description="What happens; channel and lane follow from it.", examples=["call"])
    use: TemplateRef | None = Field(None, description="The template, a folder below templates/.")
    title: Text | None = Field(None, description="What the rep reads in the queue.")
    thread: Literal["new", "reply"] = Field("new", description="A new mail, or an answer to the mail before it.")
    voicemail: Literal["leave"] | None = Field(None, description="Leave a voicemail when nobody answers the call.")
    redial: int = Field(0, ge=0, le=5, description="How often the call is repeated within its day.")
    if_late: IfLate | None = Field(
        None,
        description="What becomes of a person's step that is late: its lane waits, it is skipped, the plan proceeds, "
        "somebody else gets it, or the manager hears of it.",
    )
    after: After | None = Field(None, description="Not before this long after the lane's last step, or a named one.")
    was: Key | None = Field(None, description="The key this step had before it was renamed.")
    from_: Annotated[Key | None, LATER] = Field(None, alias="from")
    by: Annotated[Key | None, LATER] = None
    experiment: Annotated[ExperimentShape | None, LATER] = None
    variants: Annotated[dict[Key, VariantShape] | None, LATER] = None
    when: Annotated[dict[str, Any] | None, LATER] = None


class ExhaustedShape(Shape):
    start: Key | None = Field(None, description="The sequence that follows.")
    task: Text | None = Field(None, description="A task for the owner, in words.")
    reason: Word = Field("completed", description="The end reason that is stored.", examples=["not_reached"])


class SequenceShape(Shape):
    sequence: Key = Field(description="The sequence's key.", examples=["outbound-7x3x21"])
    title: Text | None = Field(None, description="Its title for people; the key when left out.")
    formula: FormulaText = Field(description="Touches x channel families x inclusive days; checked against the steps.")
    count: Literal["families", "channels"] = Field(
        "families", description="What the formula's second number counts: phone and WeChat, or each verb."
    )
    audience: AudienceShape = Field(description="Who it is for.", examples=["{kind: outbound}"])
    schedule: ScheduleShape | None = Field(None, description="Days, hours and whose clock.")
    again: Again | None = Field(None, description="When somebody who was in it may be enrolled again.")
    quiet_since_last_touch: LongGap | None = Field(None, description="How long nobody may have contacted the person.")
    track: Literal["clicks", "nothing"] | None = Field(
        None, description="Whether clicks on its links are recorded; as the workspace says when left out."
    )
    consent: ConsentShape | None = Field(None, description="On what it writes to people; whoever texts has to say it.")
    respond_within: ResponseGap | None = Field(None, description="Business time to the first touch of an inbound lead.")
    acknowledge: AcknowledgeShape | None = Field(None, description="Leaves at once, at any hour; counts 0.")
    allow: list[Exemption] | None = Field(None, description="Who may be enrolled although the rules say no.")
    steps: list[StepShape] = Field(
        min_length=1, max_length=2000, description="The planned touches.", examples=["[{key: intro, day: 1, do: call}]"]
    )
    outcomes: Overlay | None = Field(None, description="Only the rows that differ from the workspace's tables.")
    on_exhausted: ExhaustedShape | None = Field(None, description="What follows when every step is done.")
    account: Annotated[AccountShape | None, LATER] = None
    personas: Annotated[dict[Key, PersonaShape] | None, LATER] = None
    replies_to: Annotated[dict[Key, ReplyRoute] | None, LATER] = None
    on_not_now: Annotated[StartShape | None, LATER] = None
    versions: Annotated[Literal["pin", "follow"] | None, LATER] = None
