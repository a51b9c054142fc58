"""Who begins when: a rep takes on a day's share of new people each morning, and nobody waits without a reason."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from engine.core.admission import Limit
from engine.core.capacity import Flood
from engine.core.errors import Conflict
from engine.core.leave import Leave, LeavePolicy
from engine.operations import leaves, steering
from engine.operations.delivery.dispatch import tick
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.lifecycle import leavers
from engine.operations.plans import PlanShelf
from engine.operations.staggering import TooMany
from engine.runtime.virtual import run_until
from engine.store import tables
from engine.store.connection import Record
from engine.store.database import Database
from tests.support.world import World

OUTBOUND, INBOUND = "outbound-7x3x21", "call-in-15"  # 16 and 8 a day
TODAY = date(2026, 3, 4)  # a Wednesday, eight in the morning in New York
TOM, ANA = "tom-lee", "ana-diaz"


def people(world: World, number: int, first: int = 0, **person: Any) -> list[int]:
    return [
        world.add_prospect(f"Person {n}", email=f"p{n}@x{n}.example", phone=f"+121255{n:05}", stage="new", **person)
        for n in range(first, first + number)
    ]


def at(day: date, hour: int = 14) -> datetime:
    """Nine in New York, until its clocks change on March 8."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def pending(world: World) -> list[Record]:
    return world.rows("enrollment", status="pending")


def begun_on(world: World) -> dict[date, int]:
    return dict(sorted(Counter(row.admitted_at.date() for row in world.rows("enrollment") if row.admitted_at).items()))


def live_until(world: World, day: date, hour: int = 22) -> None:
    run_until(world.ctx, world.clock, at(day, hour))


def test_a_batch_begins_in_turn_a_days_share_each_morning(world: World) -> None:
    report = world.enroll(OUTBOUND, *people(world, 40))
    (told,) = report.newcomers
    assert (told.room, told.waiting, told.per_day, told.limit, told.days) == (16, 24, 16, Limit.TASKS, 2.5)
    assert (told.last_day, told.last_at) == (date(2026, 3, 6), at(date(2026, 3, 6)))
    assert told.at_once is not None
    begins = Counter(one.begins_at for one in report.enrolled)
    assert begins == {None: 16, at(date(2026, 3, 5)): 16, at(date(2026, 3, 6)): 8}
    assert {row.waits_for for row in pending(world)} == {"turn"}
    assert {row.enrollment_id for row in world.rows("touch")} == set(range(1, 17))
    live_until(world, date(2026, 3, 12))
    assert begun_on(world) == {TODAY: 16, date(2026, 3, 5): 16, date(2026, 3, 6): 8}
    order = sorted(world.rows("enrollment"), key=lambda row: (row.admitted_at, row.id))
    assert [row.id for row in order] == list(range(1, 41))
    assert {row.day_one for row in order[32:]} == {date(2026, 3, 6)}
    assert sum(row.action == "admit" for row in world.rows("audit")) == 24


def test_who_comes_later_stands_behind_who_waits_already_and_each_rep_has_a_line(world: World) -> None:
    world.enroll(OUTBOUND, *people(world, 20))
    later = world.enroll(OUTBOUND, *people(world, 14, 20))
    assert later.newcomers[0].ahead == 4
    assert Counter(one.begins_at for one in later.enrolled) == {at(date(2026, 3, 5)): 12, at(date(2026, 3, 6)): 2}
    others = world.enroll(OUTBOUND, *people(world, 20, 40), rep=ANA)
    assert others.newcomers[0].room == 16
    assert {row.admit_at for row in pending(world)[-4:]} == {datetime(2026, 3, 5, 8, tzinfo=UTC)}  # nine in Berlin


def test_whoever_asks_us_takes_their_share_and_those_whom_we_go_out_for_yield(world: World) -> None:
    world.enroll(OUTBOUND, *people(world, 24))
    live_until(world, date(2026, 3, 5), 12)
    world.enroll(INBOUND, *people(world, 6, 50))
    live_until(world, date(2026, 3, 5))
    assert begun_on(world) == {TODAY: 16, date(2026, 3, 5): 6 + 4}
    assert {(row.admit_at, row.waits_for) for row in pending(world)} == {(at(date(2026, 3, 6)), "turn")}
    live_until(world, date(2026, 3, 6))
    assert not pending(world)


def test_a_batch_that_would_flood_a_rep_is_refused_with_the_figures(world: World) -> None:
    order = {"when_too_many": Flood.REFUSE}
    them = people(world, 40)
    with pytest.raises(
        TooMany, match=r"40 people for Tom Lee are 2\.5 days of new work, and a day takes 16; enroll 16"
    ):
        world.enroll(OUTBOUND, *them, **order)
    assert not world.rows("enrollment")
    (told,) = world.enroll(OUTBOUND, *them, dry_run=True, **order).newcomers
    assert (told.room, told.waiting, told.when_too_many) == (16, 24, Flood.REFUSE)
    assert world.enroll(OUTBOUND, *them[:16], **order).newcomers[0].waiting == 0
    with pytest.raises(TooMany, match="there is no room today"):
        world.enroll(OUTBOUND, them[16], **order)


def test_all_at_once_is_possible_and_says_what_piles_up(world: World) -> None:
    report = world.enroll(OUTBOUND, *people(world, 200), when_too_many=Flood.ENROLL_ALL)
    (told,) = report.newcomers
    assert (told.waiting, told.room) == (0, 16)
    assert told.at_once is not None
    assert told.at_once.peak > 100
    assert not pending(world)


def test_a_weekend_counts_for_the_working_day_that_follows(world: World) -> None:
    world.clock.set(at(date(2026, 3, 7), 12))
    world.enroll(OUTBOUND, *people(world, 20))
    assert begun_on(world) == {date(2026, 3, 7): 16}
    assert {row.admit_at for row in pending(world)} == {at(date(2026, 3, 10), 13)}


def test_nobody_begins_with_a_rep_who_is_away_or_has_gone_away_meanwhile(world: World) -> None:
    world.enroll(OUTBOUND, *people(world, 20))
    leave = Leave(date(2026, 3, 5), date(2026, 3, 6), LeavePolicy.PAUSE)
    leaves.add(world.ctx, TOM, leave, actor="test", source="cli")
    live_until(world, date(2026, 3, 5))
    monday = at(date(2026, 3, 9), 13)
    assert {(row.admit_at, row.waits_for) for row in pending(world)} == {(monday, "rep_away")}
    report = world.enroll(OUTBOUND, *people(world, 14, 50))
    assert Counter(one.begins_at for one in report.enrolled) == {monday: 12, monday + timedelta(days=1): 2}
    live_until(world, date(2026, 3, 10))
    assert begun_on(world) == {TODAY: 16, date(2026, 3, 9): 16, date(2026, 3, 10): 2}


def test_whoever_takes_over_from_a_rep_takes_over_those_who_wait(world: World) -> None:
    world.enroll(OUTBOUND, *people(world, 40))
    world.enroll(OUTBOUND, *people(world, 16, 50), rep=ANA)
    leavers.leave_for_good(world.ctx, TOM, to=ANA, actor="test")
    assert {row.rep_id for row in pending(world)} == {row.id for row in world.rows("rep", key=ANA)}
    live_until(world, date(2026, 3, 12))
    assert begun_on(world) == {TODAY: 32, date(2026, 3, 5): 16, date(2026, 3, 6): 8}


def test_one_can_be_let_begin_at_once_and_only_once(world: World) -> None:
    world.enroll(OUTBOUND, *people(world, 20))
    steering.admit(world.ctx, 20, actor=TOM)
    (row,) = world.rows("enrollment", id=20)
    assert (row.status, row.admitted_at, row.day_one) == ("active", world.clock(), TODAY)
    assert [touch.step for touch in world.rows("touch", enrollment_id=20)]
    assert world.rows("audit", action="admit")[0].actor == TOM
    with pytest.raises(Conflict, match="only a pending one"):
        steering.admit(world.ctx, 20, actor=TOM)


def test_who_waits_can_be_stopped_paused_and_resumed_and_the_line_moves_up(world: World) -> None:
    world.enroll(OUTBOUND, *people(world, 34))
    steering.stop(world.ctx, 17, actor=TOM)
    steering.pause(world.ctx, 18, actor=TOM, note="a trade fair")
    assert world.rows("enrollment", id=18)[0].status == "pending"
    with pytest.raises(Conflict, match="resume it first"):
        steering.admit(world.ctx, 18, actor=TOM)
    with pytest.raises(Conflict, match="only a paused one"):
        steering.resume(world.ctx, 19, actor=TOM)
    live_until(world, date(2026, 3, 5))
    assert begun_on(world) == {TODAY: 16, date(2026, 3, 5): 16}
    steering.resume(world.ctx, 18, actor=TOM)
    assert [row.id for row in pending(world)] == [18]
    live_until(world, date(2026, 3, 6))
    assert begun_on(world)[date(2026, 3, 6)] == 1
    assert world.rows("enrollment", id=17)[0].end_reason == "manual"


def test_whoever_is_away_or_has_just_been_written_to_waits_and_the_others_go_on(world: World) -> None:
    away, written, *others = people(world, 4)
    world.enroll(OUTBOUND, *people(world, 16, 50))
    heard = [
        Inbound("out_of_office", away, world.clock(), "1", body={"until": "2026-03-10"}),
        Inbound("hand_sent", written, world.clock() + timedelta(hours=3), "2", body={"subject": "Hello"}),
    ]
    for fact in heard:
        ingest(world.ctx, fact)
    world.enroll(OUTBOUND, away, written, *others)
    live_until(world, date(2026, 3, 5))
    waits = {row.prospect_id: (row.waits_for, row.admit_at.date()) for row in pending(world)}
    assert waits == {away: ("out_of_office", date(2026, 3, 12)), written: ("rep_wrote", date(2026, 3, 6))}
    live_until(world, date(2026, 3, 13))
    assert begun_on(world) == {TODAY: 16, date(2026, 3, 5): 2, date(2026, 3, 6): 1, date(2026, 3, 12): 1}


def test_an_absence_that_is_told_meanwhile_pauses_who_waits(world: World) -> None:
    them = people(world, 17)
    world.enroll(OUTBOUND, *them)
    ingest(world.ctx, Inbound("out_of_office", them[16], world.clock(), "1", body={"until": "2026-03-09"}))
    live_until(world, date(2026, 3, 6))
    assert [row.prospect_id for row in pending(world)] == [them[16]]
    live_until(world, date(2026, 3, 12))
    assert begun_on(world) == {TODAY: 16, date(2026, 3, 11): 1}


def test_whom_the_rules_forbid_by_then_never_begins(world: World) -> None:
    them = people(world, 18)
    world.enroll(OUTBOUND, *them)
    account = world.rows("prospect", id=them[16])[0].account_id
    with world.ctx.database.write() as connection:
        of_account = tables.account.c.id == account
        connection.execute(update(tables.account).where(of_account).values(relationship="customer"))
    live_until(world, date(2026, 3, 5))
    row, other = world.rows("enrollment")[-2:]
    assert (row.status, row.end_reason, row.end_note) == ("stopped", "stage_changed", "customer")
    assert (row.admitted_at, other.status) == (None, "active")


def test_a_round_that_never_began_is_no_round(world: World) -> None:
    them = people(world, 17)
    world.enroll(OUTBOUND, *them)
    steering.stop(world.ctx, 17, actor=TOM)
    assert world.enroll(OUTBOUND, them[16]).enrolled
    steering.stop(world.ctx, 16, actor=TOM)
    assert [one.reason.value for one in world.enroll(OUTBOUND, them[15]).refused] == ["too_soon"]


@pytest.fixture
def two_processes(world: World) -> Iterator[list[Any]]:
    opened = [Database(world.ctx.database.url, durable=False) for _ in range(2)]
    yield [
        replace(world.ctx, database=database, worker=name, shelf=PlanShelf())
        for name, database in zip("ab", opened, strict=True)
    ]
    for database in opened:
        database.close()


def test_two_dispatchers_let_each_begin_once_and_none_too_many_also_after_a_restart(
    world: World, two_processes: list[Any]
) -> None:
    world.enroll(OUTBOUND, *people(world, 60))
    for day in (date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 9)):
        world.clock.set(at(day))
        for _ in range(3):  # what the other one holds just now is left to the next time
            threads = [threading.Thread(target=tick, args=(ctx,)) for ctx in two_processes]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(20)
    assert begun_on(world) == {TODAY: 16, date(2026, 3, 5): 16, date(2026, 3, 6): 16, date(2026, 3, 9): 12}
    assert sum(row.action == "admit" for row in world.rows("audit")) == 44
    steps = Counter((row.enrollment_id, row.step, row.repeat) for row in world.rows("touch"))
    assert max(steps.values()) == 1
