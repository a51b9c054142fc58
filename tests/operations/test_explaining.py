"""Why this time, why not yet, what would change it, what comes next: told by the rules that decided."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from engine.core.errors import BadInput, NotFound
from engine.core.leave import Leave
from engine.core.sequence import Verb
from engine.operations import authoring, leaves, steering
from engine.operations.queries.explaining.explanation import explain, explain_touch
from engine.operations.queries.explaining.naming import enrollment_of
from engine.operations.queries.explaining.values import Explanation, Link, TouchReasons
from engine.operations.validating import Project
from engine.runtime.virtual import Hands, run_until
from engine.store import plans, tables
from tests.support.databases import on_sqlite
from tests.support.world import World, make_world, shipped_project

US = {"country": "US", "zone": "America/New_York", "zone_origin": "own column"}
CHINA = {"country": "CN", "zone": "Asia/Shanghai", "zone_origin": "phone", "locale": "zh"}


def somebody(world: World, name: str = "ada", **more: Any) -> int:
    facts = {"email": f"{name}@{name}.example", "phone": "+15185550100", **US, **more}
    return world.add_prospect(name.title(), **facts)


def explained(world: World, who: int, locale: str = "en") -> Explanation:
    (row,) = world.rows("enrollment", prospect_id=who)
    return explain(world.ctx, row.id, locale=locale)


def touch(found: Explanation, step: str) -> TouchReasons:
    return next(one for one in found.touches if (one.step, one.repeat) == (step, 0))


def words(links: tuple[Link, ...], rule: str) -> list[str]:
    return [link.words for link in links if link.rule == rule]


def change(world: World, **settings: str) -> None:
    """The shipped workspace, with these parts put in place of others."""
    shipped = shipped_project()
    text = shipped.sequences["workspace.yaml"]
    for old, new in settings.items():
        text = text.replace(old, new)
    authoring.apply(world.ctx, Project({**shipped.sequences, "workspace.yaml": text}, shipped.templates), actor="test")


@on_sqlite
def test_a_holiday_is_named_and_whose_it_is(world: World) -> None:
    world.clock.set(datetime(2026, 4, 2, 12, tzinfo=UTC))
    who = somebody(world)
    world.enroll("outbound-7x3x21", who, rep="ana-diaz")
    call = touch(explained(world, who), "call-1")
    off, weekend, monday = words(call.why, "day_passed_over")
    assert off == "Fri 3 Apr passed over: Ana Diaz is off: Good Friday (DE-BE)."
    assert weekend == "Sat 4 Apr – Sun 5 Apr passed over: the sequence has no hours on that weekday."
    assert monday == "Mon 6 Apr passed over: Ana Diaz is off: Easter Monday (DE-BE)."
    assert words(call.why, "window") == ["Its window on Tue 7 Apr: 09:30–11:30 and 14:00–17:00."]
    assert words(touch(explained(world, who, "zh"), "call-1").why, "day_passed_over")[0] == (
        "跳过 4月3日 周五：Ana Diaz放假：Good Friday（DE-BE）。"
    )


@pytest.fixture
def february(database_url: str, tmp_path: Path) -> Iterator[World]:
    """The morning of Saturday 14 February in Shanghai, which is worked."""
    made = make_world(database_url, tmp_path, datetime(2026, 2, 13, 23, tzinfo=UTC))
    yield made
    made.ctx.database.close()


@on_sqlite
def test_a_make_up_saturday_and_the_festival_after_it_are_told_in_chinese(february: World) -> None:
    world = february
    who = somebody(world, "li", phone="+8613800100000", wechat="li", **CHINA)
    world.enroll("outbound-7x3x21", who, rep="wei-zhang")
    found = explained(world, who, "zh")
    assert words(touch(found, "intro").why, "make_up_day") == ["2月14日 周六 按周一的时段执行：调休上班：春节（CN）。"]
    call = touch(found, "call-1")
    assert words(call.why, "day_passed_over") == ["跳过 2月15日 周日 – 2月23日 周一：春节（CN）。"]
    assert words(call.why, "zone") == ["按 Asia/Shanghai 的当地时间：按电话号码推断。"]
    assert words(touch(explained(world, who), "intro").why, "make_up_day") == [
        "Sat 14 Feb is worked with Monday’s hours: a make-up workday: Spring Festival (CN)."
    ]


@on_sqlite
def test_the_calendar_of_an_account_and_days_of_our_own_are_told_apart(world: World) -> None:
    change(
        world,
        **{
            "\ncaps:\n": "\nclosed: ['2026-03-05']\ncalendars:\n"
            "  - {key: alpha, title: Alpha's break, accounts: [alpha.example], closed: ['2026-03-06']}\ncaps:\n"
        },
    )
    who = somebody(world, "alpha", account={"name": "Alpha", "name_key": "alpha", "domain": "alpha.example"})
    world.enroll("outbound-7x3x21", who)
    ours, theirs, _ = words(touch(explained(world, who), "call-1").why, "day_passed_over")
    assert ours == "Thu 5 Mar passed over: closed in workspace.yaml."
    assert theirs == "Fri 6 Mar passed over: Alpha's break (calendar of alpha.example)."


@on_sqlite
def test_a_change_of_clocks_on_the_way_is_told(world: World) -> None:
    who = somebody(world)
    world.enroll("outbound-7x3x21", who)
    (row,) = world.rows("touch", prospect_id=who, step="personal")
    assert row.nominal_date > date(2026, 3, 8)
    (told,) = words(touch(explained(world, who), "personal").why, "clock_change")
    assert told.startswith("Their clocks change meanwhile, from UTC-0500 to UTC-0400")


@on_sqlite
def test_lateness_is_told_by_the_touch_that_was_late(world: World) -> None:
    who = somebody(world)
    world.enroll("outbound-7x3x21", who)
    run_until(world.ctx, world.clock, datetime(2026, 3, 9, 15, tzinfo=UTC))
    run_until(world.ctx, world.clock, datetime(2026, 3, 9, 18, tzinfo=UTC), players=[Hands()])
    call = touch(explained(world, who), "call-2")
    (told,) = words(call.why, "lateness")
    assert told == (
        "“call-1” (Call, day 2) was due on Thu 5 Mar and over on Mon 9 Mar 11:00, 4 days late: "
        "what follows moves to Tue 17 Mar."
    )
    assert words(call.why, "day") == []
    assert words(call.why, "day_from_last")[0].startswith("Its `day: 10` is Fri 13 Mar, 8 days after “call-1”")


@on_sqlite
def test_a_join_says_which_step_it_waits_for_and_who_has_it(world: World) -> None:
    who = somebody(world)
    world.enroll("two-wave", who)
    (waiting,) = explained(world, who).waiting
    assert (waiting.step, waiting.kind) == ("call-1", Verb.CALL.value)
    assert [link.rule for link in waiting.why] == ["join", "waits_for_step"]
    assert waiting.why[0].words == (
        "`after:` lets it wait for “mail-1” (Email, day 1) to be over, and 1 business day more."
    )
    world.clock.set(datetime(2026, 3, 4, 14, tzinfo=UTC))
    world.tick()
    after = touch(explained(world, who), "call-1")
    assert words(after.why, "after")[0].startswith("`after:` asks for 1 business day after “mail-1”")


def test_a_full_cap_says_how_many_of_how_many_and_when_there_is_room(world: World) -> None:
    change(world, **{"mailbox_start: 20": "mailbox_start: 2"})
    people = [somebody(world, f"p{n}") for n in range(4)]
    world.enroll("outbound-7x3x21", *people)
    run_until(world.ctx, world.clock, datetime(2026, 3, 4, 16, tzinfo=UTC))
    waiting = [who for who in people if world.rows("touch", prospect_id=who, step="intro", status="scheduled")]
    assert len(waiting) == 2
    found = touch(explained(world, waiting[0]), "intro")
    (moved,) = words(found.why, "moved_because")
    assert moved.endswith("the mailbox has sent enough for a day.")
    assert "touchline apply sequences/" in [one.command for one in found.changes]
    with world.ctx.database.write() as connection:
        connection.execute(update(tables.touch).where(tables.touch.c.id == found.id).values(due_at=world.clock()))
    (full,) = words(touch(explained(world, waiting[0]), "intro").why, "mailbox_cap")
    assert full.startswith("The mailbox has sent enough for a day: 2 of 2 in 24 h; one is free again at Thu 5 Mar 09:")


@on_sqlite
def test_all_that_stands_in_the_way_is_told_at_once(world: World) -> None:
    who = somebody(world, email=None)
    world.enroll("outbound-7x3x21", who)
    with world.ctx.database.write() as connection:
        plans.set_sending(connection, is_on=False)
    found = touch(explained(world, who), "intro")
    rules = [link.rule for link in found.why]
    assert {"no_email", "sending_off"} <= set(rules)
    assert "It will be skipped when it is due: no email address." in [link.words for link in found.why]
    commands = [one.command for one in found.changes]
    assert "touchline sending on" in commands
    assert "touchline import FILE.csv" in commands
    with world.ctx.database.write() as connection:
        connection.execute(update(tables.sequence).values(is_paused=True))
    told = [link.words for link in touch(explained(world, who), "intro").why]
    said = [one for one in told if one.startswith(("It will be", "When it is due the whole"))]
    assert len(said) == 1, "one thing becomes of it"
    assert any(one.startswith("That stands in its way, too: ") for one in told)


@on_sqlite
def test_a_pause_says_since_when_until_when_and_how_it_ends(world: World) -> None:
    who = somebody(world)
    world.enroll("outbound-7x3x21", who)
    (row,) = world.rows("enrollment", prospect_id=who)
    until = world.clock() + timedelta(days=5)
    steering.pause(world.ctx, row.id, actor="tom-lee", note="trade fair", resume_at=until)
    found = explained(world, who)
    assert found.now == "Paused since Wed 4 Mar 08:00: paused by a rep. It goes on at Mon 9 Mar 09:00."
    assert words(found.why, "note") == ["Note: trade fair"]
    assert [one.command for one in found.changes] == [f"touchline enrollment resume {row.id}"]
    assert found.next[0].at > until
    steering.resume(world.ctx, row.id, actor="tom-lee")
    steering.pause(world.ctx, row.id, actor="tom-lee")
    open_ended = explained(world, who)
    assert open_ended.note.startswith("A forecast, as if it were resumed now")
    assert [step.step for step in open_ended.next][:2] == ["intro", "call-1"]


@on_sqlite
def test_days_of_a_rep_on_leave_are_passed_over_by_name(world: World) -> None:
    leaves.add(world.ctx, "tom-lee", Leave(date(2026, 3, 5), date(2026, 3, 10)), actor="test", source="cli")
    who = somebody(world)
    world.enroll("outbound-7x3x21", who)
    told = words(touch(explained(world, who), "call-1").why, "day_passed_over")
    assert told[0] == "Thu 5 Mar – Fri 6 Mar passed over: Tom Lee is on leave until 2026-03-10."


@on_sqlite
def test_what_ended_says_why_and_what_would_begin_it_again(world: World) -> None:
    who = somebody(world)
    world.enroll("outbound-7x3x21", who)
    (row,) = world.rows("enrollment", prospect_id=who)
    steering.stop(world.ctx, row.id, actor="tom-lee", note="by phone")
    found = explained(world, who)
    assert found.now == "It was stopped on Wed 4 Mar 08:00: stopped by hand."
    assert (found.next, found.waiting) == ((), ())
    assert [one.command for one in found.changes] == [f"touchline enroll outbound-7x3x21 {who} --dry-run"]
    ended = touch(found, "intro")
    assert ended.now == "It was cancelled on Wed 4 Mar 08:00: the enrollment was stopped."
    alone = explain_touch(world.ctx, ended.id)
    assert (alone.touch, alone.why) == (ended, found.why)


def test_somebody_who_waits_for_a_turn_reads_when_it_comes(world: World) -> None:
    change(world, **{"tasks_per_day: 80": "tasks_per_day: 5"})
    people = [somebody(world, f"p{n}") for n in range(3)]
    world.enroll("outbound-7x3x21", *people)
    found = explained(world, people[-1])
    assert found.enrollment.status == "pending"
    assert found.why[0].words.startswith("Day 1 will be ")
    assert not words(found.why, "day_one")
    assert found.now.startswith("It has not begun: it begins on Fri 6 Mar: Tom Lee begins with ")
    assert found.next[0].step == "intro"
    assert found.next[0].at.date() == date(2026, 3, 6)


def test_people_are_found_by_what_they_are_called(world: World) -> None:
    ada, bob = somebody(world, "ada"), somebody(world, "bob")
    world.enroll("outbound-7x3x21", ada)
    (row,) = world.rows("enrollment", prospect_id=ada)
    for name in (str(ada), "Ada", "ada@ada.example"):
        assert enrollment_of(world.ctx, name) == row.id
    with pytest.raises(NotFound, match="never in a sequence; `touchline enroll SEQUENCE"):
        enrollment_of(world.ctx, str(bob))
    with pytest.raises(BadInput, match="give the id"):
        enrollment_of(world.ctx, "example")
    for nobody in ("Zoe", "", "99999"):
        with pytest.raises(NotFound):
            enrollment_of(world.ctx, nobody)


@on_sqlite
def test_nothing_is_explained_that_is_not_there(world: World) -> None:
    with pytest.raises(NotFound, match="no enrollment 99"):
        explain(world.ctx, 99)
    with pytest.raises(NotFound, match="no touch 99"):
        explain_touch(world.ctx, 99)
