"""The order of a rep's queue changes with the clock, and nothing falls off the desk."""

from datetime import UTC, datetime, timedelta
from typing import cast

from engine.core.ranking import Level, Ranked, is_overdue
from engine.core.task import TaskKind
from engine.simulation.desk import Desk
from engine.simulation.lives import Life, Task

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOBODY = cast("Life", None)  # a desk does not look at whose work it is


def task(number: int, kind: TaskKind, level: Level, respond_by: datetime | None = None) -> Task:
    ranked = Ranked(number, level, NINE, None, None, respond_by, tier=3, lead_at=NINE)
    return Task(kind, ranked, NOBODY, "anna")


def test_late_work_is_still_done_when_its_time_to_respond_is_over_and_ranks_below_what_is_due() -> None:
    desk, noon = Desk(), NINE + timedelta(hours=3)
    late, due = task(1, TaskKind.ESCALATION, Level.DUE, respond_by=noon), task(2, TaskKind.LINKEDIN, Level.DUE)
    for one in (late, due):
        desk.add(one, NINE)

    assert desk.first(NINE) is due
    assert desk.first(noon) is due
    desk.close(due)
    assert desk.first(noon) is late
    assert [one for one in desk.in_view(noon) if is_overdue(one.ranked, noon)] == [late]
