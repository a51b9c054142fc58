"""What a play of the database foresees is what the engine then does, touch by touch, if nothing else differs.

What both databases do alike is asked of one of them, where a whole life has been compared on both.
"""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from engine.core.enrollment import PauseCause
from engine.core.leave import Leave, LeavePolicy
from engine.core.sequence import AudienceKind
from engine.operations import leaves
from engine.operations.act import act_on
from engine.operations.lifecycle import pausing
from engine.operations.queries.snapshot import snapshot
from engine.runtime.virtual import run_until
from engine.simulation.play import play
from engine.simulation.rates import OUTBOUND
from engine.simulation.script import Script
from tests.support.databases import on_sqlite
from tests.support.paced_reps import PacedReps
from tests.support.world import World

_ZONES = ("America/New_York", "America/Los_Angeles", "Europe/London", "Asia/Kolkata")
_Key: TypeAlias = tuple[int, str, str, int]
_Fate: TypeAlias = tuple[object, ...]


def foreseen(script: Script) -> dict[_Key, _Fate]:
    return {
        (life.lead.id, life.sequence.key, touch.plan.step, touch.plan.repeat): (
            touch.status.value, touch.reason.value if touch.reason else None, touch.due_at, touch.ended_at,
            touch.outcome, life.status.value, life.end_reason, life.worker,
        )
        for life in play(script).lives
        for touch in life.touches
    }  # fmt: skip


def happened(world: World) -> dict[_Key, _Fate]:
    enrolled = {row.id: row for row in world.rows("enrollment")}
    reps = {row.id: row.key for row in world.rows("rep")}
    return {
        (row.prospect_id, enrolled[row.enrollment_id].sequence_key, row.step, row.repeat): (
            row.status, row.reason, row.due_at, row.ended_at, row.outcome, enrolled[row.enrollment_id].status,
            enrolled[row.enrollment_id].end_reason, reps[enrolled[row.enrollment_id].rep_id],
        )
        for row in world.rows("touch")
    }  # fmt: skip


def differences(world: World, script: Script) -> list[tuple[_Key, _Fate | None, _Fate | None]]:
    """What is foreseen of everybody under way, against what has come of it when the play is over."""
    expected = foreseen(script)
    over = set(happened(world)) - set(expected)
    live_through(world, script)
    came = {key: fate for key, fate in happened(world).items() if key not in over}
    keys = sorted(expected.keys() | came.keys())
    return [(key, expected.get(key), came.get(key)) for key in keys if expected.get(key) != came.get(key)]


def live_through(world: World, script: Script) -> None:
    """Up to the end, which is left out as in a play."""
    end = script.end - timedelta(microseconds=1)
    run_until(world.ctx, world.clock, end, players=[PacedReps(script)])


def fill(world: World) -> list[int]:
    people = [
        world.add_prospect(
            f"Person {n}",
            email=f"p{n}@firm{n}.example.com" if n % 7 else None,
            phone=f"+1518555{n:04}" if n % 5 else None,
            zone=_ZONES[n % len(_ZONES)],
            zone_origin="own",
        )
        for n in range(17)
    ]
    world.enroll("outbound-7x3x21", *people[:7], rep="tom-lee")
    world.enroll("call-in-15", *people[7:11], rep="grace-hill")
    world.enroll("two-wave", *people[11:14], rep="ana-diaz")
    world.enroll("call-in-cn", *people[14:], rep="wei-zhang")
    return people


def test_three_weeks_go_as_foreseen(world: World) -> None:
    fill(world)
    script = snapshot(world.ctx, timedelta(days=21))
    assert differences(world, script) == []
    assert Counter(row.status for row in world.rows("touch"))["sent"] > 20


@on_sqlite
def test_three_weeks_go_as_foreseen_when_people_answer(world: World) -> None:
    """By the same dice: promised calls, repeats, added mails, ends of every kind and what follows them."""
    fill(world)
    answered = replace(OUTBOUND, reply=0, bounce=0, answer=0.6, complete=1)
    script = snapshot(world.ctx, timedelta(days=21))
    script = replace(script, rates=dict.fromkeys(AudienceKind, answered), seed=5)
    assert differences(world, script) == []
    assert len(Counter(row.outcome for row in world.rows("task") if row.outcome)) > 10


@on_sqlite
def test_leave_of_every_kind_goes_as_foreseen(world: World) -> None:
    fill(world)
    week, next_week = (date(2026, 3, 9), date(2026, 3, 13)), (date(2026, 3, 16), date(2026, 3, 20))
    for rep, leave in (
        ("tom-lee", Leave(*week, LeavePolicy.PAUSE)),
        ("wei-zhang", Leave(*week, LeavePolicy.DELEGATE, "grace-hill")),
        ("ana-diaz", Leave(*next_week, LeavePolicy.REASSIGN, "tom-lee")),
    ):
        leaves.add(world.ctx, rep, leave, actor="test", source="cli")
    assert differences(world, snapshot(world.ctx, timedelta(days=21))) == []


@on_sqlite
def test_a_week_in_which_nobody_is_there_goes_as_foreseen(world: World) -> None:
    """What waits, what is late when they are back, and the mails that nobody would answer."""
    people = [world.add_prospect(f"Person {n}", email=f"p{n}@firm{n}.example.com", phone="+15185550100") for n in "abc"]
    world.enroll("outbound-7x3x21", *people, rep="tom-lee")
    for rep in ("tom-lee", "ana-diaz", "wei-zhang", "grace-hill"):
        leave = Leave(date(2026, 3, 9), date(2026, 3, 13), LeavePolicy.REASSIGN)
        leaves.add(world.ctx, rep, leave, actor="test", source="cli")
    assert differences(world, snapshot(world.ctx, timedelta(days=14))) == []


@on_sqlite
def test_people_begin_in_turn_as_foreseen(world: World) -> None:
    """More than a rep begins with in a day, on a Wednesday, and a day's leave among the days that follow."""
    people = [world.add_prospect(f"Person {n}", email=f"p{n}@firm{n}.example.com") for n in range(40)]
    leave = Leave(date(2026, 3, 6), date(2026, 3, 6), LeavePolicy.PAUSE)
    leaves.add(world.ctx, "tom-lee", leave, actor="test", source="cli")
    world.enroll("outbound-7x3x21", *people, rep="tom-lee")
    assert Counter(row.status for row in world.rows("enrollment")) == {"active": 16, "pending": 24}
    assert differences(world, snapshot(world.ctx, timedelta(days=7))) == []
    assert Counter(row.status for row in world.rows("enrollment"))["pending"] == 0


@on_sqlite
def test_people_begin_in_turn_as_foreseen_while_somebody_stands_in(world: World) -> None:
    """And the rest of the line begins with whoever takes over for good, whose mailbox then has all the follow-ups."""
    people = [world.add_prospect(f"Person {n}", email=f"p{n}@firm{n}.example.com") for n in range(70)]
    for leave in (
        Leave(date(2026, 3, 5), date(2026, 3, 6), LeavePolicy.DELEGATE, "ana-diaz"),
        Leave(date(2026, 3, 9), date(2026, 3, 9), LeavePolicy.REASSIGN, "wei-zhang"),
    ):
        leaves.add(world.ctx, "tom-lee", leave, actor="test", source="cli")
    world.enroll("outbound-7x3x21", *people, rep="tom-lee")
    assert differences(world, snapshot(world.ctx, timedelta(days=8))) == []
    days = Counter(row.admitted_at.date() for row in world.rows("enrollment") if row.admitted_at)
    assert [days[date(2026, 3, day)] for day in (4, 5, 6, 9, 10)] == [16, 16, 16, 16, 6]
    assert {row.reason for row in world.rows("touch", step="intro")} == {None, "follow_ups_first"}  # of one mailbox


def test_what_is_under_way_goes_on_as_foreseen(world: World) -> None:
    """From the middle: tasks in queues, somebody standing in, one who is back in five days and one who has no date."""
    people = fill(world)
    leave = Leave(date(2026, 3, 11), date(2026, 3, 20), LeavePolicy.DELEGATE, "ana-diaz")
    leaves.add(world.ctx, "tom-lee", leave, actor="test", source="cli")
    live_through(world, snapshot(world.ctx, timedelta(days=9)))
    back: dict[int, datetime | None] = dict.fromkeys(people[2:10:4], world.clock() + timedelta(days=5))
    for person, at in (back | {people[3]: None}).items():
        with act_on(world.ctx, person, actor="test") as act:
            pausing.pause_person(act, person, PauseCause.REP, note="", resume_at=at)
    assert differences(world, snapshot(world.ctx, timedelta(days=20))) == []
