"""When silence from a mailbox means that nobody has answered."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.core.freshness import LONGEST_SILENCE, is_fresh
from engine.core.providers import Replies

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
OLD = NOW - LONGEST_SILENCE - timedelta(seconds=1)


@pytest.mark.parametrize("replies", [Replies.NONE, Replies.OUTBOX])
def test_where_nothing_is_read_nothing_can_be_stale(replies: Replies) -> None:
    assert is_fresh(replies, [], OLD, NOW)


@pytest.mark.parametrize("replies", [Replies.IMAP, Replies.PARSE])
def test_each_way_in_must_have_worked_within_a_quarter_of_an_hour(replies: Replies) -> None:
    assert is_fresh(replies, [NOW, NOW - LONGEST_SILENCE], None, NOW)
    assert not is_fresh(replies, [NOW, OLD], None, NOW)
    assert not is_fresh(replies, [NOW, None], None, NOW)
    assert not is_fresh(replies, [], None, NOW)


@pytest.mark.parametrize("replies", [Replies.IMAP, Replies.PARSE])
def test_what_has_come_in_must_have_been_read(replies: Replies) -> None:
    assert is_fresh(replies, [NOW], NOW - LONGEST_SILENCE, NOW)
    assert not is_fresh(replies, [NOW], OLD, NOW)


def test_a_clock_that_went_back_does_not_make_a_good_reading_stale() -> None:
    assert is_fresh(Replies.IMAP, [NOW + timedelta(hours=2)], None, NOW)
