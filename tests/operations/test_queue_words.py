"""The words of the queue: why this, why now, what follows; in both languages and without a gap."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.enrollment import PauseCause, StopReason
from engine.core.guards import Refusal
from engine.core.outcome import OUTCOMES, FollowUp, Suppress
from engine.core.ranking import Level
from engine.core.task import TaskKind
from engine.core.touch import Reason
from engine.operations.queries import history, moments, outcomes, reasons
from engine.operations.queries.why import Situation, why
from engine.store.tables.facts import EVENT_KINDS

NOW = datetime(2026, 3, 4, 15, 12, tzinfo=UTC)  # 10:12 in New York
NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def minutes(count: int) -> datetime:
    return NOW + timedelta(minutes=count)


CALL = Situation(
    kind=TaskKind.CALL,
    level=Level.DUE_CALL,
    zone=NEW_YORK,
    rep_zone=NEW_YORK,
    due_at=minutes(-60),
    step_day=2,
    title="Call",
    opens_at=minutes(-40),
    closes_at=minutes(408),
)


@pytest.mark.parametrize(
    ("changes", "english", "chinese"),
    [
        (
            {"level": Level.INBOUND_CLOCK, "respond_by": minutes(3)},
            "Inbound lead, 3 minutes left to respond",
            "进线线索，还剩 3 分钟响应",
        ),
        (
            {"level": Level.INBOUND_CLOCK, "respond_by": minutes(-125)},
            "Inbound lead, the response is 2 h 5 min late",
            "进线线索，响应已超时 2 小时 5 分钟",
        ),
        (
            {"level": Level.PROMISED_CALL, "opens_at": minutes(-25)},
            "Promised call at 09:47, 25 minutes ago",
            "约定 09:47 回电，已过 25 分钟",
        ),
        (
            {"level": Level.PROMISED_CALL, "opens_at": minutes(30), "rep_zone": BERLIN},
            "Promised call at 10:42, in 30 minutes (10:12 in New York now)",
            "约定 10:42 回电，还有 30 分钟（当地现在 10:12）",
        ),
        (
            {"rep_zone": BERLIN},
            "Call of day 2, their window closes at 17:00 (10:12 in New York now)",
            "第 2 天：Call，对方时段 17:00 结束（当地现在 10:12）",
        ),
        (
            {"opens_at": minutes(228)},
            "Call of day 2, their window opens at 14:00",
            "第 2 天：Call，对方时段 14:00 开始",
        ),
        (
            {"level": Level.OVERDUE, "closes_at": minutes(-1032)},
            "Call of day 2, overdue since Tue 17:00",
            "第 2 天：Call，自 周二 17:00 起逾期",
        ),
        (
            {"level": Level.NEW_DAY_ONE, "step_day": 1},
            "New person; call of day 1, their window closes at 17:00",
            "新联系人，第 1 天：Call，对方时段 17:00 结束",
        ),
        (
            {"level": Level.CLICKED, "clicked_at": minutes(-20)},
            "They clicked 20 minutes ago; call of day 2, their window closes at 17:00",
            "20 分钟前点击了链接，第 2 天：Call，对方时段 17:00 结束",
        ),
        (
            {"kind": TaskKind.TRIAGE, "level": Level.TRIAGE, "event_at": minutes(-25), "respond_by": minutes(200)},
            "They replied 25 minutes ago, due by 13:32",
            "25 分钟前收到回复，请在 13:32 前处理",
        ),
        (
            {"kind": TaskKind.CONFIRM_MEETING, "level": Level.MEETING, "respond_by": minutes(-60)},
            "A meeting to confirm, overdue since 09:12",
            "待确认的会议，自 09:12 起逾期",
        ),
        (
            {"kind": TaskKind.HAS_LEFT, "level": Level.RESEARCH, "respond_by": minutes(60 * 48)},
            "An address has stopped working: find out whether they left, due by Fri 10:12",
            "联系方式失效，请核实是否已离职，请在 周五 10:12 前处理",
        ),
    ],
)
def test_a_line_says_why_this_and_why_now(changes: dict[str, object], english: str, chinese: str) -> None:
    task = replace(CALL, **changes)  # type: ignore[arg-type]  # a table of mixed facts
    assert why(task, NOW, "en") == english
    assert why(task, NOW, "zh-CN") == chinese


NEARBY = st.none() | st.integers(-60 * 24 * 20, 60 * 24 * 20).map(minutes)


@given(
    kind=st.sampled_from(TaskKind),
    level=st.sampled_from(Level),
    times=st.tuples(NEARBY, NEARBY, NEARBY, NEARBY, NEARBY),
    zone=st.sampled_from([NEW_YORK, BERLIN, "Asia/Kolkata", "Pacific/Chatham"]),
    day=st.none() | st.integers(1, 30),
)
def test_every_situation_has_a_line_in_both_languages(
    *, kind: TaskKind, level: Level, times: tuple[datetime | None, ...], zone: str, day: int | None
) -> None:
    opens, closes, respond, event, clicked = times
    task = Situation(kind, level, zone, BERLIN, NOW, day, "", opens, closes, respond, event, clicked)
    english, chinese = why(task, NOW, "en"), why(task, NOW, "zh")
    assert english
    assert not CHINESE.search(english)
    assert CHINESE.search(chinese)


@pytest.mark.parametrize(
    ("of", "english", "chinese"),
    [
        (timedelta(seconds=59), "less than a minute", "不到 1 分钟"),
        (timedelta(minutes=1), "1 minute", "1 分钟"),
        (timedelta(minutes=59, seconds=59), "59 minutes", "59 分钟"),
        (timedelta(hours=1), "1 hour", "1 小时"),
        (timedelta(hours=-2, minutes=-5), "2 h 5 min", "2 小时 5 分钟"),
        (timedelta(hours=23, minutes=59), "23 h 59 min", "23 小时 59 分钟"),
        (timedelta(days=1), "1 day", "1 天"),
        (timedelta(days=3, hours=23), "3 days", "3 天"),
    ],
)
def test_lengths_are_told_as_people_say_them(of: timedelta, english: str, chinese: str) -> None:
    assert (moments.length(of, "en"), moments.length(of, "zh")) == (english, chinese)


def test_a_moment_names_its_day_only_where_it_must() -> None:
    def told(hours: int) -> str:
        return moments.moment(NOW + timedelta(hours=hours), NEW_YORK, NOW, "en")

    assert [told(1), told(14), told(24 * 6), told(24 * 7), told(-24 * 30)] == [
        "11:12", "Thu 00:12", "Tue 11:12", "11 Mar 11:12", "2 Feb 10:12",
    ]  # fmt: skip
    assert moments.moment(NOW + timedelta(days=8), NEW_YORK, NOW, "zh") == "3月12日 11:12"


def test_no_outcome_reason_event_or_refusal_is_without_words() -> None:
    names = {name for table in OUTCOMES.values() for name in table}
    assert names <= set(outcomes.LABELS)
    for locale in ("en", "zh"):
        for told in (
            *(reasons.of_touch(one.value, locale) for one in Reason),
            *(reasons.of_end(one.value, locale) for one in StopReason),
            *(reasons.of_pause(one.value, locale) for one in PauseCause),
            *(reasons.of_refusal(one, locale) for one in Refusal),
            *(outcomes.label(name, None, locale) for name in names),
        ):
            assert bool(CHINESE.search(told)) is (locale == "zh"), told
    assert set(history._EVENTS) == set(EVENT_KINDS)
    assert set(outcomes._FOLLOW_UPS) == set(FollowUp)
    assert set(outcomes._SUPPRESSIONS) == set(Suppress)


def test_a_companys_own_end_reason_is_shown_as_it_is_written() -> None:
    assert reasons.of_end("gone_fishing", "en") == "gone fishing"
    assert reasons.of_end("not_reached", "zh") == "始终未联系上"


@pytest.mark.parametrize(
    ("gap", "english", "chinese"),
    [
        ("2bd", "2 working days", "2 个工作日"),
        ("1d", "1 day", "1 天"),
        ("90d", "90 days", "90 天"),
        ("4h", "4 hours", "4 小时"),
    ],
)
def test_gaps_are_told_in_words(gap: str, english: str, chinese: str) -> None:
    assert (outcomes.gap(gap, "en"), outcomes.gap(gap, "zh")) == (english, chinese)
