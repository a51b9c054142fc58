"""A clock that leaves the steady one by more than a minute has jumped; a pause of the process is no jump."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.core.steadiness import Reading, jump_between

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "steady", "jump"),
    [(1, 1, None), (61, 1, None), (62, 1, 61), (-59, 1, None), (-60, 1, -61), (3_600, 3_600, None), (0, 300, -300)],
)
def test_only_the_difference_of_both_clocks_counts(wall: int, steady: float, jump: int | None) -> None:
    before, now = Reading(NOON, 1_000.0), Reading(NOON + timedelta(seconds=wall), 1_000.0 + steady)
    expected = None if jump is None else timedelta(seconds=jump)
    assert jump_between(before, now) == expected
