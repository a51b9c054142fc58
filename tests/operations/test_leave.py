"""A rep is away, comes back, or leaves: what the people in the sequences and the other reps meet of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from engine.core.leave import Leave, LeavePolicy
from engine.operations import leaves
from engine.operations.queries.queue import daily_queue
from engine.operations.tasks import work_task
from engine.operations.tasks.work_task import By
from engine.store.connection import Record
from tests.support.world import World

FIRST, LAST = date(2026, 3, 9), date(2026, 3, 20)  # two weeks, from a Monday to a Friday
OPEN = ("open", "claimed")


def _people(world: World, number: int, sequence: str = "outbound-7x3x21") -> None:
    people = [
        world.add_prospect(f"Person {n}", email=f"p{n}@x{n}.example", phone=f"+121255501{n:03}") for n in range(number)
    ]
    world.enroll(sequence, *people)


def _go_away(world: World, policy: LeavePolicy, to: str | None = None, rep: str = "tom-lee") -> int:
    leave = Leave(FIRST, LAST, policy, to)
    return int(leaves.add(world.ctx, rep, leave, actor="test", source="cli").id)


def _due(world: World, rep: str) -> list[Record]:
    rep_id = next(row.id for row in world.rows("rep") if row.key == rep)
    return [row for row in world.rows("task", rep_id=rep_id) if row.status in OPEN and row.due_at <= world.clock()]


def _days(world: World, until: date) -> Iterator[date]:
    """Each day at nine and at six in New York, with a tick; in between somebody may work."""
    day = world.clock().date()
    while day <= until:
        world.clock.set(datetime(day.year, day.month, day.day, 14, 30, tzinfo=UTC))
        world.tick()
        yield day
        world.clock.set(datetime(day.year, day.month, day.day, 23, tzinfo=UTC))
        world.tick()
        day += timedelta(days=1)


def _work(world: World, rep: str) -> int:
    """Everything that is due for the rep is dealt with."""
    due = _due(world, rep)
    for task in due:
        work_task.skip(world.ctx, By(task.id, rep), "for the test")
    return len(due)


def test_a_rep_away_for_two_weeks_comes_back_to_no_overdue_mountain(world: World) -> None:
    _people(world, 120)
    _go_away(world, LeavePolicy.PAUSE)
    worked: Counter[date] = Counter()
    overdue: Counter[date] = Counter()
    for day in _days(world, date(2026, 4, 24)):
        if FIRST <= day <= LAST:
            assert not _due(world, "tom-lee"), day
        else:
            worked[day] = _work(world, "tom-lee")
        overdue[day] = daily_queue(world.ctx, "tom-lee", limit=1).overdue
    assert not +overdue
    assert max(number for day, number in worked.items() if day > LAST) <= 80, worked
    assert {day for day in +worked if day > LAST} >= {date(2026, 3, 23), date(2026, 3, 24)}
    assert sum(worked.values()) == 120 * 5
    assert {row.status for row in world.rows("touch") if row.verb == "call"} == {"skipped"}
