"""The shape of the files of `sequences/policies/`: what a country allows, since when, and who says so."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, WithJsonSchema

from engine.compiler.hours import HoursShape
from engine.compiler.shape import Shape
from engine.compiler.words import Country, DateText, EvidenceWord, Key, LongGap, Text, refuse, shown

BasisWord: TypeAlias = Literal["opt_out", "corporate_opt_out", "implied_or_express", "consent"]
TextBasisWord: TypeAlias = Literal["implied_or_express", "consent"]  # nobody may be texted unasked, anywhere


def _address(text: str) -> str:
    if not text.startswith("https://") or " " in text:
        raise refuse("bad-url", f"{shown(text)} is no address of a page", "one like https://www.fcc.gov/...",
                     "write the whole address, with https:// in front")  # fmt: skip
    return text


Url: TypeAlias = Annotated[
    str, Field(max_length=500), AfterValidator(_address), WithJsonSchema({"type": "string", "pattern": "^https://"})
]


class GroundsShape(Shape):
    since: DateText = Field(description="The day from which the rule holds.", examples=['"2021-07-01"'])
    source: Text = Field(description="The law or regulator that says so.", examples=["47 CFR 64.1200(c)(1)"])
    url: Url = Field(description="Where that can be read.", examples=["https://www.ecfr.gov/"])
    reviewed: DateText = Field(description="The day on which it was last looked up.", examples=['"2026-10-01"'])


class RegionShape(GroundsShape):
    names: list[Text] = Field(min_length=1, description="What lists call the state.", examples=["[FL, Florida]"])
    hours: HoursShape = Field(description="Its own hours.", examples=['{mon-sun: ["08:00-20:00"]}'])


class WordingShape(Shape):
    signature: bool = Field(default=False, description="Every text begins with the sender's name in brackets.")
    opt_out: Annotated[str, Field(max_length=40)] = Field("", description="How it can be stopped, as it must stand.")


class MailRuleShape(GroundsShape):
    basis: BasisWord = Field(description="When somebody may be written to unasked.", examples=["consent"])
    accepts: list[EvidenceWord] | None = Field(None, min_length=1, description="The recorded consent that counts.")
    expires: dict[EvidenceWord, LongGap] = Field(
        default_factory=dict, description="How long it counts, in days.", examples=["{implied: 730d}"]
    )


class CallRuleShape(MailRuleShape):
    hours: HoursShape = Field(description="When they may be rung.", examples=['{mon-sun: ["08:00-21:00"]}'])
    elsewhere: HoursShape | None = Field(None, description="When, where the state is not known.")
    regions: list[RegionShape] = Field(default_factory=list, max_length=100, description="States with their own hours.")


class TextRuleShape(CallRuleShape):
    basis: TextBasisWord = Field(description="Texts need consent everywhere.", examples=["consent"])
    wording: WordingShape | None = Field(None, description="What every text must carry.")


class ClicksShape(GroundsShape):
    may_track: bool = Field(description="Whether clicks on links may be recorded.", examples=["false"])


class PolicyShape(Shape):
    policy: Key = Field(description="The policy's name: a country's code, eu, or unknown.", examples=["us"])
    title: Text = Field(description="Its name for people.", examples=["United States"])
    countries: list[Country] = Field(
        default_factory=list, max_length=100, description="The countries it speaks for.", examples=["[US]"]
    )
    email: MailRuleShape = Field(description="Automatic mail.", examples=["{basis: consent, ...}"])
    phone: CallRuleShape = Field(description="Calls that a person makes.", examples=["{basis: opt_out, ...}"])
    sms: TextRuleShape = Field(description="Texts, and calls by machine.", examples=["{basis: consent, ...}"])
    clicks: ClicksShape = Field(description="Tracking of links.", examples=["{may_track: false, ...}"])
