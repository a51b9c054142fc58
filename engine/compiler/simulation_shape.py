"""The shape of a simulation file: who would come, who works, and what people are likely to do."""

import re
from datetime import time
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, PlainValidator, WithJsonSchema

from engine.compiler.shape import Shape
from engine.compiler.words import WINDOW_PATTERN, Country, DateText, Key, Text, Word, ZoneName, refuse, shown
from engine.compiler.workspace_shape import CapacityShape, Line

_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=1_000_000)]
MOST_PEOPLE = 100_000
MOST_STANDARD_REPS = 1000
LARGEST_SEED = 10**15 - 1  # a longer number is taken for an identifier in any YAML file
Count = Annotated[int, Field(ge=1, le=MOST_PEOPLE)]
TaskWord: TypeAlias = Literal[
    "call", "personal_email", "wechat_add", "wechat_message", "linkedin", "maimai", "video", "task", "triage"
]


def _read_arrival(value: object) -> tuple[time, time]:
    found = re.fullmatch(f"({_CLOCK})(?:-({_CLOCK}))?", value) if isinstance(value, str) else None
    first = time.fromisoformat(found[1]) if found else None
    last = time.fromisoformat(found[3]) if found and found[3] else first
    if first is None or last is None or last < first:
        raise refuse("bad-arrival", f"{shown(value)} is no time of a day", "a time, or two with the earlier one first",
                     'write "08:00", or "09:00-17:00" for all day long')  # fmt: skip
    return first, last


_ARRIVAL_SCHEMA: dict[str, Any] = {
    "anyOf": [{"type": "string", "pattern": f"^{_CLOCK}$"}, {"type": "string", "pattern": WINDOW_PATTERN}],
    "examples": ["08:00", "09:00-17:00"],
}
Arrival: TypeAlias = Annotated[tuple[time, time], PlainValidator(_read_arrival), WithJsonSchema(_ARRIVAL_SCHEMA)]


class PlaceShape(Shape):
    country: Country | None = Field(None, description="Whose holidays and laws they live by; the rep's when left out.")
    region: Line | None = Field(None, description="The region, by its code or name.")
    zone: ZoneName | None = Field(None, description="Their clock; that of the country or region when left out.")
    share: Weight = Field(1, description="How many of the people, in proportion to the other places.")


class LeadsShape(Shape):
    sequence: Key = Field(description="What they enter: a sequence, or a draft.", examples=["outbound-7x3x21"])
    people: Count | None = Field(None, description="So many people, all on the first day.", examples=[200])
    per_day: Count | None = Field(
        None, description="Or so many on every day on which somebody works who gets them.", examples=[20]
    )
    at: Arrival | None = Field(None, description="When in the day they come, on the workspace's clock; 09:00 else.")
    reps: list[Key] | None = Field(
        None, min_length=1, description="Who gets them, in turn, of those who work that day; everybody when left out."
    )
    where: list[PlaceShape] | None = Field(
        None, min_length=1, max_length=100, description="Where they live; where their rep does when left out."
    )
    companies: Count | None = Field(None, description="At how many companies they work; each at its own when left out.")


class RatesShape(Shape):
    reply: Share | None = Field(None, description="Of automatic mails and texts: how many get an answer.")
    bounce: Share | None = Field(None, description="Of mail addresses: how many do not exist.")
    answer: Share | None = Field(None, description="Of calls: how many are picked up.")
    voicemail: Share | None = Field(None, description="Of the other calls of a step that leaves one: how many do.")
    complete: Share | None = Field(None, description="Of the tasks a rep comes to: how many are done that day.")
    outcomes: dict[TaskWord, dict[Word, Weight]] | None = Field(
        None, description="What reps report, in proportion; of a call, once somebody has picked up."
    )


AudienceWord: TypeAlias = Literal["outbound", "inbound", "nurture"]


class SimulationShape(Shape):
    simulation: Key = Field(description="Its name.", examples=["spring-campaign"])
    title: Text | None = Field(None, description="Its name for people; the key when left out.")
    from_: DateText | None = Field(None, alias="from", description="The first day; today when left out.")
    days: int = Field(30, ge=1, le=366, description="How many days.")
    seed: int = Field(1, ge=0, le=LARGEST_SEED, description="Another seed is another throw of the dice.")
    plan: Literal["engine", "fixed"] = Field(
        "engine", description="The engine's own plan, or for comparison a plan by fixed dates."
    )
    stops: bool = Field(default=True, description="false: nobody answers, and every sequence runs to its end.")
    reps: list[Key] | None = Field(
        None, min_length=1, description="Who works; everybody of workspace.yaml when left out."
    )
    standard_reps: int | None = Field(
        None, ge=1, le=MOST_STANDARD_REPS, description="Instead of them, so many reps who work as the workspace does."
    )
    capacity: CapacityShape | None = Field(None, description="What a rep gets done in a day, where it differs.")
    mailboxes: Literal["warm", "new"] = Field(
        "warm", description="Whether they have been in use for long, or begin with few mails a day."
    )
    leads: list[LeadsShape] = Field(
        min_length=1, max_length=100, description="Who comes.", examples=["[{sequence: outbound-7x3x21, per_day: 20}]"]
    )
    rates: dict[AudienceWord, RatesShape] | None = Field(
        None, description="What people are likely to do, where you know better than the assumptions."
    )
