"""A clock that jumps misses nothing: each kind of instant at which the engine or somebody else has something to do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from engine.operations import steering
from engine.operations.context import Context
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.tasks import work_task
from engine.operations.tasks.work_task import By
from engine.runtime.virtual import Hands, run_until
from engine.store import suppressions
from tests.support import rows
from tests.support.stage import Stage, stage_in
from tests.support.trying import MONDAY, REP, Trial

WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_in(tmp_path_factory.mktemp("stage")) as made:
        yield made


def live(trial: Trial, until: datetime = MONDAY + WEEK) -> None:
    run_until(trial.world.ctx, trial.world.clock, until)


def test_a_mail_leaves_at_the_start_of_its_window(stage: Stage) -> None:
    trial = Trial.of(stage, "call")

    live(trial)

    assert [row.ended_at for row in trial.touches("mail")] == [datetime(2026, 3, 5, 14, tzinfo=UTC)]
    assert trial.world.clock() == MONDAY + WEEK


def test_a_call_is_given_up_at_the_end_of_its_last_day(stage: Stage) -> None:
    trial = Trial.of(stage, "call")

    live(trial)

    assert [row.ended_at for row in trial.touches("first")] == [datetime(2026, 3, 6, 5, tzinfo=UTC)]


def test_a_snoozed_task_wakes_at_its_time(stage: Stage) -> None:
    trial = Trial.of(stage, "personal_email")
    work_task.snooze(trial.world.ctx, By(trial.task().id, REP), MONDAY + timedelta(hours=3, minutes=7))
    seen: list[datetime] = []

    run_until(
        trial.world.ctx, trial.world.clock, MONDAY + WEEK,
        players=[Hands(lambda _task: seen.append(trial.world.clock()))],
    )  # fmt: skip

    assert seen[0] == MONDAY + timedelta(hours=3, minutes=7)


def test_a_pause_ends_at_its_date(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    steering.pause(trial.world.ctx, 1, actor=REP, resume_at=MONDAY + timedelta(days=2))

    live(trial, MONDAY + timedelta(days=2))

    assert trial.enrollment.status == "active"


def test_a_send_whose_worker_died_is_settled_when_its_lease_ends(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    live(trial, MONDAY + timedelta(days=2))
    (mail,) = trial.touches("mail")
    lease = MONDAY + timedelta(days=2, minutes=2)
    trial.change("touch", mail.id, status="sending", attempt=1, lease_until=lease)
    with trial.world.ctx.database.write() as connection:
        rows.put(connection, "message", touch_id=mail.id)

    live(trial, lease)

    # The sink has no such message: it is certain that nothing left, and it is sent again in its window.
    assert [row.status for row in trial.touches("mail")] == ["scheduled"]


def test_a_suppression_for_a_time_ends_at_its_time(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    with trial.world.ctx.database.write() as connection:
        suppressions.add(
            connection, scope="domain", key="other.example", channel="all", now=MONDAY,
            reason="asked", proof="", source="test", ends_at=MONDAY + timedelta(days=400),
        )  # fmt: skip

    live(trial, MONDAY + timedelta(days=400))

    assert [row.lifted_at for row in trial.world.rows("suppression")] == [MONDAY + timedelta(days=400)]


@dataclass
class Caller:
    """Somebody outside who replies at times of their own."""

    person: int
    times: list[datetime] = field(default_factory=list)

    def act(self, ctx: Context) -> bool:
        if not self.times or self.times[0] > ctx.now():
            return False
        at = self.times.pop(0)
        ingest(ctx, Inbound("replied", self.person, at, f"reply-{at}"))
        return True

    def next_instant(self, ctx: Context) -> datetime | None:
        return min((at for at in self.times if at > ctx.now()), default=None)


def test_others_act_at_instants_of_their_own(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    at = MONDAY + timedelta(hours=1, minutes=23)

    run_until(trial.world.ctx, trial.world.clock, MONDAY + WEEK, players=[Caller(trial.person, [at])])

    assert trial.enrollment.ended_at == at


def test_it_stops_where_it_is_over(stage: Stage) -> None:
    trial = Trial.of(stage, "call")

    run_until(
        trial.world.ctx, trial.world.clock, MONDAY + WEEK,
        players=[Hands()], is_over=lambda: bool(trial.touches("mail")[0].ended_at),
    )  # fmt: skip

    assert trial.world.clock() == datetime(2026, 3, 5, 14, tzinfo=UTC)


def test_hands_close_what_steps_ask_for_and_leave_a_reply_to_a_person(stage: Stage) -> None:
    trial = Trial.of(stage, "triage")

    run_until(trial.world.ctx, trial.world.clock, MONDAY + WEEK, players=[Hands()])

    assert trial.open_kinds == ["triage"]
