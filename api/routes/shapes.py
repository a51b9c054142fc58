"""What bodies share: nothing unknown in them, instants with a zone, texts of a decent length."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Body(BaseModel):
    """A misspelt field is an error, not nothing."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


Text = Annotated[str, StringConstraints(max_length=10_000)]
Short = Annotated[str, StringConstraints(max_length=500)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Instant = AwareDatetime
Day = date  # a field may be called date
