"""The shape of outcome tables: what follows when a rep says how a task went."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

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


VerbName: TypeAlias = Annotated[str, AfterValidator(_known_verb)]


class _TablesSchema:
    """Names every verb and outcome, so that an editor can complete them."""

    def __init__(self, *, is_total: bool) -> None:
        self.is_total = is_total

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        row = handler(schema)["additionalProperties"]["additionalProperties"]
        return self._mapping({verb: self._mapping(dict.fromkeys(names, row)) for verb, names in OUTCOMES.items()})

    def _mapping(self, properties: dict[str, JsonSchemaValue]) -> JsonSchemaValue:
        required = {"required": list(properties)} if self.is_total else {}
        return {"type": "object", "properties": properties, "additionalProperties": False, **required}


_Rows: TypeAlias = dict[VerbName, dict[str, OutcomeRow]]
Tables: TypeAlias = Annotated[_Rows, _TablesSchema(is_total=True)]
Overlay: TypeAlias = Annotated[_Rows, _TablesSchema(is_total=False)]
