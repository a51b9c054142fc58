"""China's holidays with the real engine: nothing on a holiday, make-up Saturdays are worked, unknown years wait."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from engine.calendars import holidays_data
from engine.core.touch import Reason, TouchStatus
from engine.operations import authoring, steering
from engine.operations.lifecycle.known_days import plan_known_days
from engine.operations.validating import Project
from engine.runtime.virtual import Hands, run_until
from engine.store.connection import Record
from tests.support.databases import on_sqlite
from tests.support.world import World, make_world, shipped_project

SATURDAY = 5
SHANGHAI = ZoneInfo("Asia/Shanghai")
FESTIVAL_2026 = {date(2026, 2, 15) + timedelta(days=n) for n in range(9)}
MAKE_UP_2026 = {date(2026, 2, 14), date(2026, 2, 28)}
KNOWN_UNTIL = holidays_data.country_calendar("CN", None, 2026, 2046).known_until
NAMES = count(1)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(database_url, tmp_path, datetime(2026, 2, 9, tzinfo=UTC))
    yield made
    made.ctx.database.close()


def come_in(world: World, day: date) -> int:
    """Somebody in Shanghai asks us something at ten in the morning of that day."""
    run_until(world.ctx, world.clock, datetime.combine(day, time(10), SHANGHAI), players=[Hands()])
    mail, number = f"li{next(NAMES)}@li.example", f"+86138001{next(NAMES):05}"
    who = world.add_prospect(
        "李雷",
        email=mail,
        phone=number,
        wechat=number,
        country="CN",
        zone="Asia/Shanghai",
        zone_origin="own",
        locale="zh",
    )
    assert world.enroll("call-in-cn", who, rep="wei-zhang").enrolled
    return who


def worked(world: World) -> list[Record]:
    """The touches of the plan that reached out or were tried; the acknowledgement leaves at any hour."""
    ended = {TouchStatus.SENT.value, TouchStatus.DONE.value}
    return [row for row in world.rows("touch") if row.status in ended and row.step != "@ack"]


def day_of(touch: Record) -> date:
    found: date = touch.ended_at.astimezone(SHANGHAI).date()
    return found


@on_sqlite
def test_the_festival_of_2026_is_left_alone_and_its_make_up_saturdays_are_worked(world: World) -> None:
    for day in (10, 11, 13, 17, 20, 24, 25):
        come_in(world, date(2026, 2, day))
    run_until(world.ctx, world.clock, datetime(2026, 3, 13, tzinfo=UTC), players=[Hands()])
    days = {day_of(touch) for touch in worked(world)}
    assert not days & FESTIVAL_2026
    assert {day.weekday() for day in days - MAKE_UP_2026} <= set(range(5))
    on_saturdays = {(day_of(row), row.verb) for row in worked(world) if day_of(row) in MAKE_UP_2026}
    assert {day for day, _ in on_saturdays} == MAKE_UP_2026
    assert {"email", "call"} <= {verb for _, verb in on_saturdays}
    assert not [row for row in world.rows("touch") if row.reason == Reason.CALENDAR_UNKNOWN.value]


def held(world: World) -> list[Record]:
    return [row for row in world.rows("touch", status="held") if row.reason == Reason.CALENDAR_UNKNOWN.value]


@pytest.fixture
def announce(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], set[date]]]:
    """Adds a year to the data as an update of the library does: five days closed in January, a Saturday worked."""
    forget = holidays_data._country_calendar.cache_clear

    def made(year: int) -> set[date]:
        closed = {date(year, 1, 1) + timedelta(days=n) for n in range(5)}
        saturday = next(day for n in range(6, 13) if (day := date(year, 1, n)).weekday() == SATURDAY)
        for day in closed:
            monkeypatch.setitem(chinese_calendar.holidays, day, "New Year")
        monkeypatch.setitem(chinese_calendar.workdays, saturday, "New Year")
        forget()
        return closed

    yield made
    monkeypatch.undo()
    forget()


@on_sqlite
def test_a_year_that_nobody_knows_is_held_by_name_until_it_is_announced(
    world: World, announce: Callable[[int], set[date]]
) -> None:
    come_in(world, KNOWN_UNTIL - timedelta(days=3))
    new_year = datetime.combine(KNOWN_UNTIL + timedelta(days=1), time(0), SHANGHAI)
    run_until(world.ctx, world.clock, new_year + timedelta(hours=12), players=[Hands()])
    waiting = held(world)
    assert waiting
    assert all(touch.due_date > KNOWN_UNTIL for touch in waiting)
    assert all(day_of(touch) <= KNOWN_UNTIL for touch in worked(world))
    assert plan_known_days(world.ctx) == 0, "nothing has been announced"

    closed = announce(new_year.year)
    assert plan_known_days(world.ctx) == len(waiting)
    run_until(world.ctx, world.clock, new_year + timedelta(days=14), players=[Hands()])
    days = {day_of(touch) for touch in worked(world)}
    assert max(days) > max(closed)
    assert not days & closed
    assert not held(world)
    released = [row for row in world.rows("audit") if (row.action, row.subject) == ("release", "touch")]
    assert [Reason.CALENDAR_UNKNOWN.value in row.detail for row in released] == [True] * len(waiting)


def test_whoever_is_paused_stays_so_when_the_year_is_announced(
    world: World, announce: Callable[[int], set[date]]
) -> None:
    come_in(world, KNOWN_UNTIL - timedelta(days=3))
    run_until(world.ctx, world.clock, datetime.combine(KNOWN_UNTIL, time(23), SHANGHAI), players=[Hands()])
    (waiting,) = world.rows("enrollment")
    steering.pause(world.ctx, waiting.id, actor="test")
    announce(KNOWN_UNTIL.year + 1)
    assert plan_known_days(world.ctx) == 0
    steering.resume(world.ctx, waiting.id, actor="test")
    assert plan_known_days(world.ctx) == 1


@on_sqlite
def test_a_workspace_may_go_on_without_the_holidays(world: World) -> None:
    text = shipped_project().sequences["workspace.yaml"] + "\nunknown_holidays: ignore\n"
    files = {**shipped_project().sequences, "workspace.yaml": text}
    authoring.apply(world.ctx, Project(files, shipped_project().templates), actor="test")
    come_in(world, KNOWN_UNTIL - timedelta(days=3))
    run_until(world.ctx, world.clock, datetime.combine(KNOWN_UNTIL, time(23), SHANGHAI), players=[Hands()])
    assert not held(world)
