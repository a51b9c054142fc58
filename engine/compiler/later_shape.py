"""The shapes of what the language says already and the engine executes later.

They are validated like everything else, and then refused with "not supported yet" (`words.LATER`).
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from engine.compiler.shape import Shape
from engine.compiler.words import LATER, GapText, Key, LongGap, StepVerb, TemplateRef, Text, Word


class RoleShape(Shape):
    seniority: list[Word] | None = Field(None, description="Levels that fill this role.")
    title: list[Text] | None = Field(None, description="Patterns of job titles that fill it.")
    department: Word | None = Field(None, description="The department that fills it.")
    required: bool = Field(default=False, description="Without somebody in this role the play does not start.")
    wave: int | None = Field(None, ge=1, description="Which wave this role starts in.")
    stagger: GapText | None = Field(None, description="How long after its wave's start.")


class LimitsShape(Shape):
    active: int | None = Field(None, ge=1, description="People of the account who are in the sequence at once.")
    touches_per_day: int | None = Field(None, ge=1, description="Touches at the account on one day.")


class ReactionShape(Shape):
    others: Literal["hold_until_rep_decides", "go_on", "stop"] | None = Field(None, description="The other people.")
    ask_after: GapText | None = Field(None, description="When the rep is asked again.")
    account: Literal["stop", "go_on"] | None = Field(None, description="The whole account.")
    for_: LongGap | None = Field(None, alias="for", description="How long the account is left alone.")
    open_role: bool | None = Field(None, description="The role is free for the person referred to.")


class AccountShape(Shape):
    roles: dict[Key, RoleShape] = Field(description="Who is wanted at the account.")
    limits: LimitsShape | None = Field(None, description="How much at once.")
    when_one_replies: (
        dict[Literal["positive", "not_interested", "not_interested_as_company", "referral"], ReactionShape] | None
    ) = Field(None, description="What a reply of one means for the others.")


class PersonaShape(Shape):
    approve: Literal["first_send", "every_send"] | None = Field(None, description="What this person sees first.")


class ReplyRule(Shape):
    when: dict[str, Any] | None = Field(None, description="Which replies this rule is for.")
    otherwise: bool | None = Field(None, description="All the other replies.")
    do: StepVerb = Field(description="The answer.")
    by: Key = Field(description="Who answers.")
    within: LongGap = Field(description="In what business time.")
    else_: Key | None = Field(None, alias="else", description="Who answers when that one does not.")


class ReplyRoute(Shape):
    read_first_by: Key | None = Field(None, description="Who reads and sorts the reply.")
    then: list[ReplyRule] = Field(description="The first rule that fits is followed.")


class ExperimentShape(Shape):
    name: Key = Field(description="The experiment's name.")
    outcome: Word = Field(description="What is compared.", examples=["human_reply"])
    unit: Literal["prospect", "account"] = Field("prospect", description="Who keeps one variant for good.")


class VariantShape(Shape):
    use: TemplateRef = Field(description="The variant's template.")
    weight: int = Field(description="Its share.", ge=0, le=100)


class StartShape(Shape):
    start: Key = Field(description="The sequence that follows.")
    after: LongGap | None = Field(None, description="How much later.")


class PlaybookRule(Shape):
    stage: Key | None = Field(None, description="When a deal reaches this stage.")
    returned: Word | None = Field(None, description="When a lead is returned, by class.")
    lost: Word | None = Field(None, description="When a deal is lost, by reason, or any.")
    date: Word | None = Field(None, description="Around a date of the account.")
    start: Key | None = Field(None, description="Start this sequence.")
    task: Word | None = Field(None, description="Open this task.")
    by: Word | None = Field(None, description="Who does it.")
    within: LongGap | None = Field(None, description="In what business time.")
    else_: Word | None = Field(None, alias="else", description="Who does it when that one does not.")
    after: LongGap | None = Field(None, description="How long afterwards.")
    before: LongGap | None = Field(None, description="How long before the date.")


class PlaybookShape(Shape):
    playbook: Annotated[Key, LATER]
    title: Text | None = Field(None, description="Its title for people.")
    pipelines: dict[Key, list[Word]] = Field(description="The stages, pipeline by pipeline.")
    when: list[PlaybookRule] = Field(description="What happens when.")
