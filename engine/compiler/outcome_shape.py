"""The shape of outcome tables: what follows when a rep says how a task went."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, WithJsonSchema

from engine.compiler.problems import did_you_mean, listed
from engine.compiler.shape import Shape
from engine.compiler.words import Key, LongGap, Relation, StepVerb, StopReason, refuse, shown
from engine.core.outcome import OUTCOMES


class OutcomeRow(Shape):
    stop: StopReason | None = Field(None, description="The enrollment ends, with this reason.")
    next: Literal["go_on", "repeat", "next_number", "skip_family"] | None = Field(
        None, description="What the lane does when the enrollment goes on."
    )
    after: LongGap | None = Field(None, description="When the repeat falls due.")
    wait: LongGap | None = Field(None, description="The least time to the lane's next step.")
    again: LongGap | None = Field(None, description="When the person may be enrolled again.")
    add: StepVerb | None = Field(None, description="A touch that is added today, outside the plan.")
    needs: list[Literal["at", "date", "reason", "name", "note"]] | None = Field(
        None, description="What the rep must say along with this outcome."
    )
    suppress: Literal["person", "channel", "address", "account"] | None = Field(
        None, description="Who must not be contacted again."
    )
    follow_up: (
        Literal["hand_over", "confirm_meeting", "contact_referral", "research_successor", "tell_owner", "triage"] | None
    ) = Field(None, description="A task that this outcome opens.")
    relation: Relation | None = Field(None, description="How we stand with the person on that network now.")
    stage: Key | None = Field(None, description="The stage the person moves to; one of the workspace's.")


def _known_verb(verb: str) -> str:
    if verb not in OUTCOMES:
        advice = did_you_mean(verb, OUTCOMES, "only work that people do has outcomes")
        raise refuse("unknown-verb", f"{shown(verb)} has no outcomes", listed(OUTCOMES), advice)
    return verb


VerbName: TypeAlias = Annotated[
    str, AfterValidator(_known_verb), WithJsonSchema({"type": "string", "enum": list(OUTCOMES)})
]
Tables: TypeAlias = dict[VerbName, dict[str, OutcomeRow]]
