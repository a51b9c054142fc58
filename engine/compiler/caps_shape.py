"""The shape of `caps:` in `workspace.yaml`: how much may leave."""

from typing import Annotated, TypeAlias

from pydantic import Field, PlainValidator, WithJsonSchema

from engine.compiler.shape import Shape
from engine.compiler.words import DateText, Domain, ShortGap, refuse, shown
from engine.core.workspace import Caps

_DEFAULT, _MOST = Caps(), 1_000_000
_UNLIMITED = "unlimited"


def _read_most(value: object) -> int | None:
    if value == _UNLIMITED or value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST:
        advice = f"write a whole number from 1 to {_MOST}, or {_UNLIMITED}"
        raise refuse("bad-limit", f"{shown(value)} is no limit", f"a number, or {_UNLIMITED}", advice)
    return value


Most: TypeAlias = Annotated[
    int | None,
    PlainValidator(_read_most),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": _MOST}, {"const": _UNLIMITED}]}),
]
ProviderName: TypeAlias = Annotated[str, Field(min_length=1, max_length=253)]


class ProviderCapsShape(Shape):
    per_day: Most = Field(None, description="What it takes from all of us in any 24 hours.")
    per_hour: Most = Field(None, description="What it takes from all of us in any hour.")


class CapsShape(Shape):
    mailbox_per_day: int = Field(
        _DEFAULT.mailbox_per_day, ge=1, le=10_000, description="Mails from one mailbox in any 24 hours."
    )
    mailbox_start: int = Field(
        _DEFAULT.mailbox_start, ge=1, le=10_000, description="The same on the first day that it sends from here."
    )
    mailbox_step: int = Field(
        _DEFAULT.mailbox_step, ge=1, le=10_000, description="How many more on each day after that."
    )
    mailbox_per_hour: Most = Field(_DEFAULT.mailbox_per_hour, description="Mails from one mailbox in any hour.")
    mailbox_gap: ShortGap | None = Field(None, description="The least time between two mails.", examples=["4m"])
    gap_spread: float = Field(_DEFAULT.gap_spread, ge=0, le=1, description="By what share that time varies.")
    guessed_share: float = Field(
        _DEFAULT.guessed_share, ge=0, le=1, description="The share of a mailbox's day that guessed addresses may take."
    )
    new_domains: dict[Domain, DateText] = Field(
        default_factory=dict,
        max_length=100,
        description="Sending domains that are new, and since when they send.",
        examples=['{acme.com: "2026-10-01"}'],
    )
    domain_start: int = Field(
        _DEFAULT.domain_start, ge=1, le=10_000, description="Mails from a new domain in any 24 hours of its first week."
    )
    domain_step: int = Field(
        _DEFAULT.domain_step, ge=1, le=10_000, description="How many more in each week after that."
    )
    domain_per_day: int = Field(
        _DEFAULT.domain_per_day, ge=1, le=10_000, description="Mails from a new domain in any 24 hours, at the most."
    )
    person_per_day: Most = Field(
        _DEFAULT.person_per_day, description="Automatic messages to one person in any 24 hours."
    )
    account_people_per_day: Most = Field(
        _DEFAULT.account_people_per_day, description="People of one company in any 24 hours."
    )
    account_active: Most = Field(_DEFAULT.account_active, description="People of one company in sequences at a time.")
    workspace_per_day: Most = Field(None, description="All automatic messages in any 24 hours.")
    providers: dict[ProviderName, ProviderCapsShape] = Field(
        default_factory=dict,
        max_length=100,
        description="By the name of the way out: the SMTP server as channels.yaml names it, sendgrid, twilio.",
        examples=["{smtp.example.com: {per_hour: 300}}"],
    )
