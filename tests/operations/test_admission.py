"""Who begins when: a rep takes on a day's share of new people each morning, and nobody waits without a reason."""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from engine.core.admission import Limit, Share, has_room, share_of
from engine.core.capacity import Capacity, Flood
from engine.core.clock import local_date
from engine.core.errors import Conflict, TooMany
from engine.core.leave import Leave, LeavePolicy
from engine.operations import authoring, leaves, steering
from engine.operations.days.open_days import working_time
from engine.operations.delivery.dispatch import tick
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.lifecycle import leavers
from engine.operations.lifecycle.admitting import admit_due
from engine.operations.plans import PlanShelf
from engine.operations.queries.beginning import what_comes
from engine.operations.validating import Project
from engine.runtime.virtual import run_until
from engine.store import newcomers, tables
from engine.store.connection import Record
from engine.store.database import Database
from tests.support.databases import on_postgresql, on_sqlite
from tests.support.stage import Stage, stage_in
from tests.support.world import World, shipped_project, shipped_sequences

OUTBOUND, INBOUND = "outbound-7x3x21", "call-in-15"  # 16 and 8 a day
TODAY = date(2026, 3, 4)  # a Wednesday, eight in the morning in New York
TOM, ANA = "tom-lee", "ana-diaz"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_in(tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture
def here(stage: Stage) -> World:
    """Quicker than a world of the test's own, for what both databases do alike."""
    return stage.world(at(TODAY, 13))


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
    assert (told.room, told.waiting, told.per_day, told.limit, told.days) == (16, 24, 16, Limit.TASKS, 3)
    assert told.last_at == at(date(2026, 3, 6))
    assert told.at_once is None  # forty calls on the next morning are half a day
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


def test_who_comes_later_stands_behind_who_waits_already_and_each_rep_has_a_line(here: World) -> None:
    here.enroll(OUTBOUND, *people(here, 20))
    later = here.enroll(OUTBOUND, *people(here, 14, 20))
    assert later.newcomers[0].ahead == 4
    assert Counter(one.begins_at for one in later.enrolled) == {at(date(2026, 3, 5)): 12, at(date(2026, 3, 6)): 2}
    others = here.enroll(OUTBOUND, *people(here, 20, 40), rep=ANA)
    assert others.newcomers[0].room == 16
    assert {row.admit_at for row in pending(here)[-4:]} == {datetime(2026, 3, 5, 8, tzinfo=UTC)}  # nine in Berlin


def test_whoever_asks_us_takes_their_share_and_those_whom_we_go_out_for_yield(here: World) -> None:
    here.enroll(OUTBOUND, *people(here, 24))
    live_until(here, date(2026, 3, 5), 12)
    here.enroll(INBOUND, *people(here, 6, 50))
    live_until(here, date(2026, 3, 5))
    assert begun_on(here) == {TODAY: 16, date(2026, 3, 5): 6 + 4}
    assert {(row.admit_at, row.waits_for) for row in pending(here)} == {(at(date(2026, 3, 6)), "turn")}
    live_until(here, date(2026, 3, 6))
    assert not pending(here)


@on_sqlite
def test_a_batch_that_would_flood_a_rep_is_refused_with_the_figures(world: World) -> None:
    order = {"when_too_many": Flood.REFUSE}
    them = people(world, 40)
    with pytest.raises(TooMany, match=r"40 people for Tom Lee are 3 days of new work, and a day takes 16; enroll 16"):
        world.enroll(OUTBOUND, *them, **order)
    assert not world.rows("enrollment")
    tried = world.enroll(OUTBOUND, *them, dry_run=True, **order)
    (told,) = tried.newcomers
    assert (told.room, told.waiting, told.when_too_many) == (16, 24, Flood.REFUSE)
    assert len({one.begins_at for one in tried.enrolled}) == told.days == 3
    assert world.enroll(OUTBOUND, *them[:16], **order).newcomers[0].waiting == 0
    with pytest.raises(TooMany, match="there is no room today"):
        world.enroll(OUTBOUND, them[16], **order)


def test_all_at_once_is_possible_and_says_what_piles_up(here: World) -> None:
    report = here.enroll(OUTBOUND, *people(here, 200), when_too_many=Flood.ENROLL_ALL)
    (told,) = report.newcomers
    assert (told.waiting, told.room) == (0, 16)
    assert told.at_once is not None
    assert told.at_once.peak > 100
    assert not pending(here)


def test_a_weekend_counts_for_the_working_day_that_follows(here: World) -> None:
    here.clock.set(at(date(2026, 3, 7), 12))
    here.enroll(OUTBOUND, *people(here, 20))
    assert begun_on(here) == {date(2026, 3, 7): 16}
    assert {row.admit_at for row in pending(here)} == {at(date(2026, 3, 10), 13)}


def test_nobody_begins_with_a_rep_who_is_away_or_has_gone_away_meanwhile(here: World) -> None:
    here.enroll(OUTBOUND, *people(here, 20))
    leave = Leave(date(2026, 3, 5), date(2026, 3, 6), LeavePolicy.PAUSE)
    leaves.add(here.ctx, TOM, leave, actor="test", source="cli")
    live_until(here, date(2026, 3, 5))
    monday = at(date(2026, 3, 9), 13)
    assert {(row.admit_at, row.waits_for) for row in pending(here)} == {(monday, "rep_away")}
    report = here.enroll(OUTBOUND, *people(here, 14, 50))
    assert what_comes(report.newcomers[0], here.clock(), "en") == (
        "Tom Lee: 0 begin at once, 14 wait, the last until Tue 10 Mar (16 a day, by tasks)"
    )
    assert Counter(one.begins_at for one in report.enrolled) == {monday: 12, monday + timedelta(days=1): 2}
    live_until(here, date(2026, 3, 10))
    assert begun_on(here) == {TODAY: 16, date(2026, 3, 9): 16, date(2026, 3, 10): 2}


@on_sqlite
def test_whoever_takes_over_from_a_rep_takes_over_those_who_wait(world: World) -> None:
    world.enroll(OUTBOUND, *people(world, 40))
    world.enroll(OUTBOUND, *people(world, 16, 50), rep=ANA)
    leavers.leave_for_good(world.ctx, TOM, to=ANA, actor="test")
    assert {row.rep_id for row in pending(world)} == {row.id for row in world.rows("rep", key=ANA)}
    live_until(world, date(2026, 3, 12))
    assert begun_on(world) == {TODAY: 32, date(2026, 3, 5): 16, date(2026, 3, 6): 8}


def test_one_can_be_let_begin_at_once_and_only_once(here: World) -> None:
    here.enroll(OUTBOUND, *people(here, 20))
    steering.admit(here.ctx, 20, actor=TOM)
    (row,) = here.rows("enrollment", id=20)
    assert (row.status, row.admitted_at, row.day_one) == ("active", here.clock(), TODAY)
    assert [touch.step for touch in here.rows("touch", enrollment_id=20)]
    assert here.rows("audit", action="admit")[0].actor == TOM
    with pytest.raises(Conflict, match="only a pending one"):
        steering.admit(here.ctx, 20, actor=TOM)


def test_who_waits_can_be_stopped_paused_and_resumed_and_the_line_moves_up(here: World) -> None:
    here.enroll(OUTBOUND, *people(here, 34))
    steering.stop(here.ctx, 17, actor=TOM)
    steering.pause(here.ctx, 18, actor=TOM, note="a trade fair")
    assert here.rows("enrollment", id=18)[0].status == "pending"
    with pytest.raises(Conflict, match="resume it first"):
        steering.admit(here.ctx, 18, actor=TOM)
    with pytest.raises(Conflict, match="only a paused one"):
        steering.resume(here.ctx, 19, actor=TOM)
    live_until(here, date(2026, 3, 5))
    assert begun_on(here) == {TODAY: 16, date(2026, 3, 5): 16}
    steering.resume(here.ctx, 18, actor=TOM)
    assert [row.id for row in pending(here)] == [18]
    live_until(here, date(2026, 3, 6))
    assert begun_on(here)[date(2026, 3, 6)] == 1
    assert here.rows("enrollment", id=17)[0].end_reason == "manual"


@on_sqlite
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


def test_the_line_moves_up_when_the_rep_is_back_early(here: World) -> None:
    until = Leave(TODAY, date(2026, 8, 28), LeavePolicy.PAUSE)
    leave = leaves.add(here.ctx, TOM, until, actor="test", source="cli")
    here.enroll(OUTBOUND, *people(here, 18))
    assert Counter(row.waits_for for row in pending(here)) == {"rep_away": 16, "turn": 2}
    live_until(here, date(2026, 3, 5))
    leaves.cancel(here.ctx, leave.id, actor="test")
    live_until(here, date(2026, 3, 5), 23)
    assert begun_on(here) == {date(2026, 3, 5): 16}
    assert {(row.admit_at, row.waits_for) for row in pending(here)} == {(at(date(2026, 3, 6)), "turn")}


@on_sqlite
def test_whoever_waits_for_a_rep_who_is_away_begins_with_the_one_who_takes_over(world: World) -> None:
    leaves.add(world.ctx, TOM, Leave(TODAY, date(2026, 8, 28), LeavePolicy.PAUSE), actor="test", source="cli")
    world.enroll(OUTBOUND, *people(world, 17))
    leavers.leave_for_good(world.ctx, TOM, to=ANA, actor="test")
    live_until(world, TODAY)
    assert begun_on(world) == {TODAY: 16}
    assert [row.admit_at for row in pending(world)] == [datetime(2026, 3, 5, 8, tzinfo=UTC)]  # nine in Berlin


@on_sqlite
def test_who_comes_later_begins_after_all_who_waited_though_some_of_them_were_stopped(world: World) -> None:
    world.enroll(OUTBOUND, *people(world, 48))
    for one in range(17, 33):
        steering.stop(world.ctx, one, actor=TOM)
    live_until(world, TODAY, 15)
    assert {row.admit_at for row in pending(world)} == {at(date(2026, 3, 5))}
    world.clock.set(at(date(2026, 3, 5)))
    world.enroll(OUTBOUND, *people(world, 1, 100))
    tick(world.ctx)
    assert {row.id for row in world.rows("enrollment") if row.admitted_at == world.clock()} == set(range(33, 49))
    assert [(row.id, row.admit_at) for row in pending(world)] == [(49, at(date(2026, 3, 6)))]


def test_whoever_is_stopped_on_the_first_day_leaves_the_place_to_the_next_in_line(here: World) -> None:
    here.enroll(OUTBOUND, *people(here, 20))
    live_until(here, TODAY, 15)
    for one in (3, 4):
        steering.stop(here.ctx, one, actor=TOM)
    here.enroll(OUTBOUND, *people(here, 1, 100))
    live_until(here, TODAY, 16)
    assert [row.id for row in pending(here)] == [19, 20, 21]


def test_a_line_is_planned_anew_when_capacity_is_changed(world: World) -> None:
    world.enroll(OUTBOUND, *people(world, 40))
    shipped = shipped_project()
    changed = shipped.sequences["workspace.yaml"].replace("tasks_per_day: 80", "tasks_per_day: 40")
    files = {**shipped.sequences, "workspace.yaml": changed}
    authoring.apply(world.ctx, Project(files, shipped.templates), actor="test")
    live_until(world, TODAY, 15)
    begins = Counter(row.admit_at for row in pending(world))
    assert begins == {at(date(2026, 3, 5)): 8, at(date(2026, 3, 6)): 8, at(date(2026, 3, 9), 13): 8}


def test_an_absence_that_is_told_meanwhile_pauses_who_waits(here: World) -> None:
    them = people(here, 17)
    here.enroll(OUTBOUND, *them)
    ingest(here.ctx, Inbound("out_of_office", them[16], here.clock(), "1", body={"until": "2026-03-09"}))
    live_until(here, date(2026, 3, 6))
    assert [row.prospect_id for row in pending(here)] == [them[16]]
    live_until(here, date(2026, 3, 12))
    assert begun_on(here) == {TODAY: 16, date(2026, 3, 11): 1}


def test_whom_the_rules_forbid_by_then_never_begins(here: World) -> None:
    them = people(here, 18)
    here.enroll(OUTBOUND, *them)
    account = here.rows("prospect", id=them[16])[0].account_id
    with here.ctx.database.write() as connection:
        of_account = tables.account.c.id == account
        connection.execute(update(tables.account).where(of_account).values(relationship="customer"))
    live_until(here, date(2026, 3, 5))
    row, other = here.rows("enrollment")[-2:]
    assert (row.status, row.end_reason, row.end_note) == ("stopped", "stage_changed", "customer")
    assert (row.admitted_at, other.status) == (None, "active")


@on_postgresql
def test_who_is_stopped_while_the_line_is_read_does_not_begin(
    world: World, two_processes: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.enroll(OUTBOUND, *people(world, 18))
    read = newcomers.line

    def and_then_one_is_stopped(*given: Any) -> list[Record]:
        found = read(*given)
        if world.rows("enrollment", id=17)[0].status == "pending":
            steering.stop(two_processes[0], 17, actor=TOM)
        return found

    monkeypatch.setattr(newcomers, "line", and_then_one_is_stopped)
    world.clock.set(at(date(2026, 3, 5)))
    assert admit_due(world.ctx) == 1
    assert [row.status for row in world.rows("enrollment")[-2:]] == ["stopped", "active"]
    assert not world.rows("touch", enrollment_id=17)


def test_a_round_that_never_began_is_no_round(here: World) -> None:
    them = people(here, 17)
    here.enroll(OUTBOUND, *them)
    steering.stop(here.ctx, 17, actor=TOM)
    assert here.enroll(OUTBOUND, them[16]).enrolled
    steering.stop(here.ctx, 16, actor=TOM)
    assert [one.reason.value for one in here.enroll(OUTBOUND, them[15]).refused] == ["too_soon"]


def test_both_days_of_a_weekend_count_for_the_monday(here: World) -> None:
    here.clock.set(at(date(2026, 3, 7), 11))
    here.enroll(OUTBOUND, *people(here, 1))
    here.clock.set(at(date(2026, 3, 8), 11))
    here.enroll(OUTBOUND, *people(here, 16, 100))
    assert [row.status for row in here.rows("enrollment")] == ["active"] * 16 + ["pending"]


ARRIVALS = st.lists(
    st.tuples(
        st.integers(0, 4),  # seven hours each since those before
        st.sampled_from([OUTBOUND, OUTBOUND, "two-wave", INBOUND]),
        st.integers(1, 24),
        st.sampled_from([TOM, ANA]),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=15, deadline=None)
@given(ARRIVALS)
@example([(0, OUTBOUND, 17, ANA), (2, OUTBOUND, 1, ANA)])  # before the morning on which the seventeenth begins
def test_no_day_is_overfull_nobody_starves_and_nobody_overtakes(
    stage: Stage, arrivals: list[tuple[int, str, int, str]]
) -> None:
    world = stage.world(at(TODAY, 13))
    for number, (later, sequence, count, rep) in enumerate(arrivals):
        admit_until(world, world.clock() + timedelta(hours=7 * later))
        world.enroll(sequence, *people(world, count, 1000 * number), rep=rep)
    admit_until(world, world.clock() + timedelta(days=30))
    assert not pending(world)
    shipped = shipped_sequences()
    share = {key: share_of(shipped[key], Capacity(), 50) for key in (OUTBOUND, "two-wave", INBOUND)}
    begun: dict[tuple[int, date], list[Record]] = defaultdict(list)
    for row in sorted(world.rows("enrollment"), key=lambda row: (row.admitted_at, row.id)):
        begun[row.rep_id, rep_day(row, world)].append(row)
    for rows in begun.values():
        taken = Share()
        for row in rows:
            if row.sequence_key != INBOUND:
                assert has_room(taken, share[row.sequence_key]), (row.id, taken)
            taken += share[row.sequence_key]
    for rep in {row.rep_id for row in world.rows("enrollment")}:
        order = [row.id for rows in begun.values() for row in rows if row.rep_id == rep and row.sequence_key != INBOUND]
        assert order == sorted(order)


def admit_until(world: World, end: datetime) -> None:
    """What the tick does about those who wait, without all the touches of those who have begun."""
    while (waiting := pending(world)) and (first := min(row.admit_at for row in waiting)) <= end:
        world.clock.set(max(first, world.clock()))
        admit_due(world.ctx)
    world.clock.set(end)


def rep_day(row: Record, world: World) -> date:
    """The working day on which, or before which, somebody began."""
    rep = next(one for one in world.rows("rep") if one.id == row.rep_id)
    working = working_time(world.ctx.workspace(), rep.key, TODAY)
    return next(working.workdays(local_date(row.admitted_at, working.zone)))


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
