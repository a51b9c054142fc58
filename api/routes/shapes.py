"""What bodies share: nothing unknown in them, instants with a zone, texts of a decent length."""

from datetime import date
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

_LONGEST_TEXT = 10_000
YEARS = range(1970, 2200)  # what is reckoned from an instant or a day must still be a date


class Body(BaseModel):
    """A misspelt field is an error, not nothing."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


AnyDay = TypeVar("AnyDay", bound=date)


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("a NUL character is no text; leave it out")
    return text


def _kept(text: str) -> str:
    """What somebody wrote to us is never a reason to refuse the fact: a thread of any length must stop its sequence."""
    return text.replace("\0", " ")[:_LONGEST_TEXT]


def _near(day: AnyDay) -> AnyDay:
    if day.year not in YEARS:
        raise ValueError(f"give a year from {YEARS.start} to {YEARS.stop - 1}")
    return day


Text = Annotated[str, StringConstraints(max_length=_LONGEST_TEXT), AfterValidator(_storable)]
TheirWords = Annotated[str, AfterValidator(_kept)]
SourceId = Annotated[str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(_storable)]
Short = Annotated[str, StringConstraints(max_length=500), AfterValidator(_storable)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_storable)]
Instant = Annotated[AwareDatetime, AfterValidator(_near)]
Day = Annotated[date, AfterValidator(_near)]  # a field may be called date
