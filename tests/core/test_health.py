"""How many complaints and bounces are too many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.health import FIRST_SENDS, Level, is_bad_batch, of_domain


@pytest.mark.parametrize(
    ("complaints", "delivered", "level"),
    [
        (1, 10, None),
        (2, 10, Level.ALERT),
        (3, 10, Level.STOP),
        (1, 1_000, None),
        (2, 1_000, Level.ALERT),
        (3, 1_000, Level.STOP),
        (3, 10_000, None),
        (9, 10_000, None),
        (10, 10_000, Level.ALERT),
        (29, 10_000, Level.ALERT),
        (30, 10_000, Level.STOP),
    ],
)
def test_two_complaints_alert_and_three_stop_and_from_a_thousand_mails_on_the_share_counts(
    complaints: int, delivered: int, level: Level | None
) -> None:
    assert of_domain(complaints, delivered) is level


@given(st.integers(0, 100), st.integers(0, 100_000))
def test_more_complaints_are_never_taken_more_lightly(complaints: int, delivered: int) -> None:
    order = [None, Level.ALERT, Level.STOP]
    assert order.index(of_domain(complaints, delivered)) <= order.index(of_domain(complaints + 1, delivered))


def test_two_bounces_among_the_first_forty_are_five_in_a_hundred() -> None:
    assert [is_bad_batch(bounced) for bounced in range(4)] == [False, False, True, True]
    assert FIRST_SENDS == 40
