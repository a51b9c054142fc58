"""What every mapping of a file has in common: its keys are known, its values are of the type they look like."""

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
