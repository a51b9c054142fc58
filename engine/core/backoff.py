"""When a send that was certainly not taken is tried again."""

from datetime import timedelta

CALLS = 5
_MINUTES = (1, 5, 15, 60)  # after each call but the last
_LONGEST = timedelta(hours=24)  # whoever asks for more patience has a fault of their own


def wait_after(calls: int, seed: int, retry_after: int | None) -> timedelta | None:
    """The wait after so many calls in vain; None when there is no further one.

    `seed` spreads retries over 20 seconds, `retry_after` is what the other side asked for, in seconds.
    """
    if calls >= CALLS:
        return None
    usual = timedelta(minutes=_MINUTES[calls - 1], seconds=seed % 20)
    return max(usual, min(timedelta(seconds=retry_after or 0), _LONGEST))
