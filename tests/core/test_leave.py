"""Leave: what may stand, what waits, and how what waited comes back without a mountain."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.capacity import Capacity, Load
from engine.core.leave import Leave, LeavePolicy, objection_to, share_out, spread, waits
from engine.core.ranking import Level
from engine.core.task import TaskKind

MONDAY = date(2026, 8, 3)
PAUSE, DELEGATE, REASSIGN = LeavePolicy


def _leave(first: int, last: int, to: str | None = None) -> Leave:
    """Days of August."""
    return Leave(date(2026, 8, first), date(2026, 8, last), to=to)


@pytest.mark.parametrize(
    ("leave", "policy", "code"),
    [
        (_leave(3, 14), PAUSE, None),
        (_leave(3, 3, "bo"), DELEGATE, None),
        (_leave(3, 14), REASSIGN, None),
        (_leave(14, 3), PAUSE, "reversed-leave"),
        (Leave(MONDAY, MONDAY + timedelta(days=366)), PAUSE, "long-leave"),
        (_leave(3, 14), DELEGATE, "no-delegate"),
        (_leave(3, 14, "ana"), DELEGATE, "own-delegate"),
        (_leave(3, 14, "zoe"), REASSIGN, "unknown-delegate"),
        (_leave(19, 21), PAUSE, "overlapping-leave"),
        (_leave(3, 24, "bo"), PAUSE, "delegate-away"),
        (_leave(3, 23, "bo"), PAUSE, "overlapping-leave"),
        (_leave(27, 28), PAUSE, "stands-in"),
    ],
)
def test_what_is_wrong_with_a_leave_is_told_by_name(leave: Leave, policy: LeavePolicy, code: str | None) -> None:
    known = [("bo", _leave(24, 24)), ("ana", _leave(20, 20)), ("cy", _leave(28, 30, "ana"))]
    if code == "delegate-away":
        known.pop(1)
    found = objection_to("ana", leave, policy, known=known, active={"ana", "bo", "cy"})
    assert (found.code if found else None) == code


def test_what_somebody_waits_for_never_waits_for_a_rep() -> None:
    for kind, level in ((TaskKind.TRIAGE, Level.TRIAGE), (TaskKind.CALL, Level.PROMISED_CALL), (TaskKind.CALL, 1)):
        assert not any(waits(policy, kind, Level(level), is_inbound=False) for policy in LeavePolicy)
    assert waits(PAUSE, TaskKind.CALL, Level.DUE_CALL, is_inbound=False)
    assert not waits(PAUSE, TaskKind.CALL, Level.DUE_CALL, is_inbound=True)
    assert not waits(DELEGATE, TaskKind.CALL, Level.DUE_CALL, is_inbound=False)
    assert not waits(PAUSE, TaskKind.TELL_OWNER, Level.DUE, is_inbound=False)


def test_nobody_can_stand_in_on_a_wechat_account() -> None:
    assert waits(DELEGATE, TaskKind.WECHAT_MESSAGE, Level.DUE, is_inbound=False)
    assert not waits(REASSIGN, TaskKind.WECHAT_MESSAGE, Level.DUE, is_inbound=False)


def _working_days() -> Iterator[date]:
    days = (MONDAY + timedelta(days=number) for number in count())
    return (day for day in days if day.weekday() < 5)


_DAYS = st.integers(0, 20).map(lambda number: MONDAY + timedelta(days=number))
_PLANNED = st.dictionaries(_DAYS, st.builds(Load, st.integers(0, 12), st.just(0.0)))


@given(number=st.integers(0, 60), limit=st.integers(1, 9), planned=_PLANNED)
def test_what_waited_is_spread_by_urgency_over_the_earliest_days_with_time(
    number: int, limit: int, planned: dict[date, Load]
) -> None:
    placed = spread([3.0] * number, _working_days(), capacity=Capacity(limit, None), planned=planned)
    assert len(placed) == number
    assert placed == sorted(placed)
    assert all(day.weekday() < 5 for day in placed)
    taken = Counter(placed)
    room = {day: max(0, limit - planned.get(day, Load(0, 0)).tasks) for day in taken}
    assert all(taken[day] <= room[day] for day in taken)
    before = (day for day in _working_days() if day not in planned or planned[day].tasks < limit)
    full = [day for day, _ in zip(before, range(len(taken) - 1), strict=False)]
    assert all(taken[day] == room[day] for day in full), "an earlier day had time left"


@given(lengths=st.lists(st.floats(0, 200), max_size=40), minutes=st.integers(60, 330))
def test_a_day_holds_no_more_minutes_than_the_rep_has_unless_one_piece_alone_is_longer(
    lengths: list[float], minutes: int
) -> None:
    placed = spread(lengths, _working_days(), capacity=Capacity(None, minutes), planned={})
    for day in set(placed):
        mine = [length for length, on in zip(lengths, placed, strict=True) if on == day]
        assert sum(mine) <= minutes or len([length for length in mine if length > 0]) == 1 or max(mine) > minutes


def test_what_a_holiday_of_theirs_moves_on_takes_the_time_of_the_day_on_which_it_comes() -> None:
    away = {MONDAY: MONDAY + timedelta(days=2)}
    placed = spread(
        [1.0] * 4, _working_days(), capacity=Capacity(1, None), planned={}, lands=lambda _, day: away.get(day, day)
    )
    assert [day.day for day in placed] == [5, 4, 6, 7]


def test_work_goes_to_whoever_has_least_and_stays_together() -> None:
    assert share_out({"acme": 5, "bolt": 3, "core": 2}, {1: 0, 2: 4}) == {"acme": 1, "bolt": 2, "core": 1}
    with pytest.raises(ValueError, match="nobody"):
        share_out({"acme": 1}, {})


@given(sizes=st.lists(st.integers(0, 9), max_size=30), loads=st.lists(st.integers(0, 20), min_size=1, max_size=6))
def test_nobody_gets_more_than_the_others_by_more_than_one_group(sizes: list[int], loads: list[int]) -> None:
    given_out = share_out(dict(enumerate(sizes)), dict(enumerate(loads)))
    assert given_out.keys() == dict(enumerate(sizes)).keys()
    after = [load + sum(sizes[g] for g, rep in given_out.items() if rep == who) for who, load in enumerate(loads)]
    got = [load for who, load in enumerate(after) if who in given_out.values()]
    assert max(got, default=0) - min(after) <= max(sizes, default=0)
