"""A mailbox's cap and gap: when it is free again, and which of the two it waits for."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.core.caps import free_from, next_slot
from engine.core.touch import Reason
from engine.core.workspace import Caps

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
CAPS = Caps(mailbox_per_day=3, mailbox_gap=240, gap_spread=0.25)
DAY = timedelta(hours=24)


def test_a_mailbox_that_sent_nothing_waits_for_nothing() -> None:
    assert free_from([], CAPS, 1) is None
    assert next_slot([], CAPS, 1, NOW) == (NOW, None)


def test_after_a_mail_the_gap_decides_and_says_so() -> None:
    at, why = next_slot([NOW], CAPS, 1, NOW)
    assert timedelta(seconds=180) <= at - NOW <= timedelta(seconds=300)
    assert why is Reason.MAILBOX_GAP


def test_a_full_day_decides_before_the_gap_and_says_so() -> None:
    used = [NOW - timedelta(hours=hours) for hours in (20, 10, 1)]
    assert free_from(used, CAPS, 1) == (used[0] + DAY, Reason.MAILBOX_CAP)
    assert next_slot(used, CAPS, 1, NOW) == (used[0] + DAY, Reason.MAILBOX_CAP)


@given(st.lists(st.integers(0, 200_000), max_size=12), st.integers(1, 1_000))
def test_slots_taken_one_after_the_other_never_pass_the_cap_nor_the_gap(ago: list[int], touch: int) -> None:
    used = sorted(NOW - timedelta(seconds=seconds) for seconds in ago)
    taken: list[datetime] = []
    for one in range(5):
        at, why = next_slot([*used, *taken], CAPS, touch + one, NOW)
        assert (at > NOW) == (why is not None)
        before = [past for past in (*used, *taken) if past > at - DAY]
        assert len(before) < CAPS.mailbox_per_day
        assert all(at - past >= timedelta(seconds=180) for past in before)
        taken.append(at)
