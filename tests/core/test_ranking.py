from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.calendar import Calendar
from engine.core.hours import Hours, Window
from engine.core.ranking import (
    Level,
    Ranked,
    Reachable,
    base_level,
    doable_from,
    is_callable,
    is_overdue,
    level_now,
    may_be_done,
    rank,
)
from engine.core.task import TaskKind
from tests.support.factories import at

NOW = at("2026-03-04T10:00-05:00")
AN_HOUR = timedelta(hours=1)
PLANNED = (Level.DUE_CALL, Level.DUE, Level.NEW_DAY_ONE)


def ranked(number: int = 1, level: Level = Level.DUE, **more: Any) -> Ranked:
    """Due since nine, of an ordinary account, without any window or clock."""
    facts: dict[str, Any] = {
        "due_at": NOW - AN_HOUR,
        "callable_from": None,
        "closes_at": None,
        "respond_by": None,
        "tier": 2,
    }
    return Ranked(**{"id": number, "level": level, "lead_at": NOW - 30 * AN_HOUR, **facts, **more})


def in_order(*tasks: Ranked) -> list[int]:
    return [task.id for task in sorted(tasks, key=lambda task: rank(task, NOW))]


NEARBY = st.integers(-50, 50).map(lambda hours: NOW + hours * AN_HOUR)
TASKS = st.builds(
    Ranked,
    id=st.integers(1, 10**6),
    level=st.sampled_from(Level),
    due_at=NEARBY,
    callable_from=st.none() | NEARBY,
    closes_at=st.none() | NEARBY,
    respond_by=st.none() | NEARBY,
    tier=st.integers(1, 3),
    lead_at=NEARBY,
)


@pytest.mark.parametrize(
    ("kind", "facts", "level"),
    [
        (TaskKind.CALL, {"has_clock": True}, Level.INBOUND_CLOCK),
        (TaskKind.TRIAGE, {"has_clock": True}, Level.TRIAGE),
        (TaskKind.TRIAGE, {}, Level.TRIAGE),
        (TaskKind.CALL, {"is_promised": True}, Level.PROMISED_CALL),
        (TaskKind.CALL, {"is_promised": True, "is_day_one": True}, Level.PROMISED_CALL),
        (TaskKind.CALL, {"has_clock": True, "is_promised": True}, Level.INBOUND_CLOCK),
        (TaskKind.CONFIRM_MEETING, {}, Level.MEETING),
        (TaskKind.CALL, {}, Level.DUE_CALL),
        (TaskKind.CALL, {"is_day_one": True}, Level.NEW_DAY_ONE),
        (TaskKind.PERSONAL_EMAIL, {}, Level.DUE),
        (TaskKind.PERSONAL_EMAIL, {"is_day_one": True}, Level.NEW_DAY_ONE),
        (TaskKind.HAND_OVER, {"is_day_one": True}, Level.MEETING),
        (TaskKind.RESEARCH_SUCCESSOR, {"is_day_one": True}, Level.RESEARCH),
    ],
)
def test_a_task_is_stored_with_the_level_of_rule_19(kind: TaskKind, facts: dict[str, bool], level: Level) -> None:
    nothing = {"has_clock": False, "is_promised": False, "is_day_one": False}
    assert base_level(kind, **{**nothing, **facts}) is level


def test_the_levels_come_in_the_order_of_rule_19() -> None:
    one_of_each = [ranked(level.value, level) for level in Level]
    assert in_order(*reversed(one_of_each)) == list(range(1, 11))


def test_planned_work_whose_window_has_closed_falls_behind_what_is_due() -> None:
    missed = ranked(1, Level.DUE_CALL, callable_from=NOW - 5 * AN_HOUR, closes_at=NOW)
    assert is_overdue(missed, NOW)
    assert level_now(missed, NOW) is Level.OVERDUE
    assert in_order(missed, ranked(2, Level.DUE)) == [2, 1]


@pytest.mark.parametrize("level", [level for level in Level if level not in PLANNED])
def test_a_clock_or_a_promise_keeps_its_place_when_it_is_late(level: Level) -> None:
    late = ranked(1, level, respond_by=NOW - AN_HOUR)
    assert level_now(late, NOW) is level


def test_a_window_is_callable_from_its_start_up_to_its_end() -> None:
    task = ranked(callable_from=NOW, closes_at=NOW + AN_HOUR)
    moments = [NOW - timedelta(seconds=1), NOW, NOW + AN_HOUR - timedelta(seconds=1), NOW + AN_HOUR]
    assert [is_callable(task, moment) for moment in moments] == [False, True, True, False]


def test_a_task_without_a_window_can_be_done_at_any_time() -> None:
    assert is_callable(ranked(closes_at=NOW - AN_HOUR), NOW)


def test_the_least_time_left_comes_first_among_inbound_clocks() -> None:
    relaxed = ranked(1, Level.INBOUND_CLOCK, respond_by=NOW + AN_HOUR)
    urgent = ranked(2, Level.INBOUND_CLOCK, respond_by=NOW + AN_HOUR / 12)
    assert in_order(relaxed, urgent) == [2, 1]


def test_of_due_calls_the_callable_come_first_and_of_these_the_soonest_to_close() -> None:
    opens_later = ranked(1, Level.DUE_CALL, callable_from=NOW + AN_HOUR, closes_at=NOW + 2 * AN_HOUR)
    closes_late = ranked(2, Level.DUE_CALL, callable_from=NOW - AN_HOUR, closes_at=NOW + 7 * AN_HOUR)
    closes_soon = ranked(3, Level.DUE_CALL, callable_from=NOW - AN_HOUR, closes_at=NOW + 3 * AN_HOUR)
    assert in_order(opens_later, closes_late, closes_soon) == [3, 2, 1]


def test_ties_go_by_account_tier_then_by_the_age_of_the_lead_then_by_number() -> None:
    plain = ranked(1)
    older, better = replace(plain, id=2, lead_at=NOW - 90 * AN_HOUR), replace(plain, id=3, tier=1)
    assert in_order(replace(plain, id=4), plain, older, better) == [3, 2, 1, 4]


@given(st.lists(TASKS, unique_by=lambda task: task.id), st.randoms())
def test_the_order_is_total_and_does_not_depend_on_the_order_of_reading(tasks: list[Ranked], random: Random) -> None:
    mixed = list(tasks)
    random.shuffle(mixed)
    assert in_order(*tasks) == in_order(*mixed)
    levels = [level_now(task, NOW) for task in sorted(tasks, key=lambda task: rank(task, NOW))]
    assert levels == sorted(levels)


@given(TASKS, st.integers(0, 100))
def test_time_alone_only_ever_turns_planned_work_into_overdue_work(task: Ranked, hours: int) -> None:
    later = NOW + hours * AN_HOUR
    assert level_now(task, later) in (task.level, Level.OVERDUE)
    assert level_now(task, NOW) is not Level.OVERDUE or level_now(task, later) is Level.OVERDUE


def test_a_call_to_somebody_who_clicked_today_comes_first_while_they_can_be_called() -> None:
    window = {"callable_from": NOW - AN_HOUR, "closes_at": NOW + AN_HOUR}
    clicked = ranked(1, Level.DUE_CALL, clicked_at=NOW - AN_HOUR, **window)
    assert level_now(clicked, NOW) is Level.CLICKED
    assert level_now(replace(clicked, clicked_at=NOW - 24 * AN_HOUR), NOW) is Level.DUE_CALL
    assert level_now(replace(clicked, callable_from=NOW + AN_HOUR / 2), NOW) is Level.DUE_CALL
    assert level_now(replace(clicked, closes_at=NOW - AN_HOUR / 2), NOW) is Level.OVERDUE
    assert level_now(replace(clicked, level=Level.PROMISED_CALL), NOW) is Level.PROMISED_CALL
    assert level_now(replace(clicked, level=Level.DUE), NOW) is Level.DUE
    assert in_order(ranked(2, Level.DUE_CALL, **window), clicked, ranked(3, Level.MEETING)) == [3, 1, 2]


BERLIN = ZoneInfo("Europe/Berlin")
OPEN = (Window(time(9), time(12)), Window(time(13), time(17)))
OFFICE = Reachable(Hours((*(OPEN,) * 5, (), ())), Calendar(frozenset(), frozenset(), date(2027, 12, 31)), BERLIN)


def in_berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_what_may_be_done_from_an_instant_may_be_done_then_and_not_before() -> None:
    opens, closes = in_berlin("2026-03-03 09:00"), in_berlin("2026-03-03 17:00")
    call = ranked(level=Level.DUE_CALL, callable_from=opens, closes_at=closes)
    tried = {
        "2026-03-03 08:00": "2026-03-03 09:00",  # before its window
        "2026-03-03 12:30": "2026-03-03 13:00",  # in its break
        "2026-03-03 17:00": "2026-03-04 09:00",  # its window has passed: in any later hours
        "2026-03-06 17:30": "2026-03-09 09:00",
    }
    for asked, first in tried.items():
        assert doable_from(call, OFFICE, in_berlin(asked)) == in_berlin(first)
        assert may_be_done(call, OFFICE, in_berlin(first))
        assert not may_be_done(call, OFFICE, in_berlin(first) - timedelta(minutes=1))


def test_what_came_in_before_closing_time_may_be_answered_the_next_morning_before_its_clock_runs_out() -> None:
    late = ranked(
        level=Level.INBOUND_CLOCK,
        callable_from=in_berlin("2026-03-03 16:58"),
        closes_at=in_berlin("2026-03-03 17:00"),
        respond_by=in_berlin("2026-03-04 09:03"),
    )
    assert may_be_done(late, OFFICE, in_berlin("2026-03-04 09:00"))


def test_a_promised_hour_leaves_the_window_and_work_inside_the_house_has_none() -> None:
    start, end = in_berlin("2026-03-03 19:00"), in_berlin("2026-03-03 21:00")
    promised = ranked(level=Level.PROMISED_CALL, callable_from=start, closes_at=end)
    assert doable_from(promised, OFFICE, start - timedelta(hours=3)) == start
    assert may_be_done(promised, OFFICE, start)
    assert may_be_done(ranked(level=Level.TRIAGE), None, start)
