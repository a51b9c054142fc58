"""Waits between calls that were certainly not taken."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.core.backoff import CALLS, wait_after

MINUTE = timedelta(minutes=1)


def test_five_calls_have_four_waits_between_them() -> None:
    waits = [wait_after(calls, 0, None) for calls in range(1, 6)]
    assert waits == [MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, None]


def test_what_the_other_side_asks_for_is_honoured_up_to_a_day() -> None:
    assert wait_after(1, 0, 600) == 10 * MINUTE
    assert wait_after(2, 0, 10) == 5 * MINUTE
    assert wait_after(1, 0, 10**9) == timedelta(hours=24)


@given(calls=st.integers(1, CALLS - 1), seed=st.integers(0, 255), retry_after=st.none() | st.integers(0, 10**6))
def test_no_retry_is_sooner_than_it_was_asked_for(calls: int, seed: int, retry_after: int | None) -> None:
    wait = wait_after(calls, seed, retry_after)
    assert wait is not None
    assert wait >= timedelta(minutes=1)
    assert wait >= min(timedelta(seconds=retry_after or 0), timedelta(hours=24))
