"""When a sending domain or an import has done harm: complaints and bounces that stop it."""

from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil

WINDOW = timedelta(days=7)
REST = timedelta(days=7)  # so many clean days let a domain send again
BLAMED_FOR = timedelta(days=30)  # so long the last mail to an address answers for a complaint that names no mail
FIRST_SENDS = 40


class Level(StrEnum):
    ALERT = "alert"
    STOP = "stop"


# (complaints at the least, their share of what was delivered): the share counts once there is enough to have one.
_LIMITS = {Level.STOP: (3, Fraction(30, 10_000)), Level.ALERT: (2, Fraction(10, 10_000))}
_BOUNCE_SHARE = Fraction(5, 100)


def of_domain(complaints: int, delivered: int) -> Level | None:
    """By the complaints within WINDOW. A thousand delivered is where two and three complaints are above the shares;
    with fewer, they still are two and three.
    """
    for level, (fewest, share) in _LIMITS.items():
        if complaints >= max(fewest, ceil(share * delivered)):
            return level
    return None


def is_bad_batch(bounced: int) -> bool:
    """`bounced` of the first FIRST_SENDS, however many of them have left."""
    return bounced >= _BOUNCE_SHARE * FIRST_SENDS
