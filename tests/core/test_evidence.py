"""How often a doubt is looked into, and when two looks in vain prove that nothing was taken."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.core.evidence import Search

T = datetime(2026, 3, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_where_silence_is_immediate_the_first_look_settles_it() -> None:
    search = Search(T, after=timedelta(0), apart=timedelta(0))
    assert search.first_look() == T
    assert search.missed(T).proves_absence(T)


def test_a_look_that_comes_too_soon_proves_nothing() -> None:
    search = Search(T, after=5 * MINUTE, apart=MINUTE)
    assert search.first_look() == T + MINUTE
    early = search.missed(T + 4 * MINUTE)
    assert early.empty_since is None
    late = early.missed(T + 5 * MINUTE)
    assert not late.proves_absence(T + 5 * MINUTE)
    assert late.missed(T + 6 * MINUTE).proves_absence(T + 6 * MINUTE)


def test_the_next_look_comes_when_it_can_settle_the_matter() -> None:
    search = Search(T, looked=1, after=5 * MINUTE, apart=MINUTE)
    assert search.next_look(T + MINUTE) == T + 5 * MINUTE
    assert search.missed(T + 5 * MINUTE).next_look(T + 5 * MINUTE) == T + 6 * MINUTE


def test_where_silence_proves_nothing_it_is_looked_for_ever_more_seldom_and_never_absent() -> None:
    search, now = Search(T), T
    gaps = []
    for looked in range(7):
        search = Search(T, looked=looked).missed(now)
        gaps.append((search.next_look(now) - now) / MINUTE)
        now = search.next_look(now)
        assert not search.proves_absence(now + timedelta(days=9))
    assert gaps == [1, 5, 15, 60, 240, 240, 240]


@given(
    after=st.timedeltas(timedelta(0), timedelta(hours=1)),
    apart=st.timedeltas(timedelta(0), timedelta(hours=1)),
    finds_out=st.lists(st.booleans(), max_size=20),
)
def test_absence_is_never_proven_sooner_than_it_may_be_and_always_in_the_end(
    after: timedelta, apart: timedelta, finds_out: list[bool]
) -> None:
    """`finds_out`: whether that look could be made at all; after them every one can."""
    search, now, looked = Search(T, after=after, apart=apart), T, 0
    while not search.proves_absence(now):
        could = finds_out[looked] if looked < len(finds_out) else True
        search = search.missed(now) if could else search
        if search.proves_absence(now):
            break
        looked += 1
        now = Search(T, looked, search.empty_since, after, apart).next_look(now)
        assert looked < len(finds_out) + 9
    assert now >= T + after + apart
