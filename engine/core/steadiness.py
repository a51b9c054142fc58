"""Has the clock jumped? The wall clock is compared with one that only ever goes forward."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_TOLERATED = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Reading:
    """Both clocks at one moment; `steady` in seconds since nobody knows when."""

    wall: datetime
    steady: float


def jump_between(before: Reading, now: Reading) -> timedelta | None:
    """By how much the wall clock has left the steady one; None where they agree well enough."""
    jump = (now.wall - before.wall) - timedelta(seconds=now.steady - before.steady)
    return jump if abs(jump) > _TOLERATED else None
