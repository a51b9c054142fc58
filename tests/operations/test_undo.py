"""Undo takes an outcome back exactly, whatever it was: every row is as it was before, but for the history of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.core.errors import Conflict
from engine.core.outcome import OUTCOMES, Answer
from engine.operations import steering
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.tasks.work_task import By, complete, undo
from engine.store.connection import Record
from tests.operations.test_outcomes import TABLE, answer_to
from tests.support.stage import Stage, stage_in
from tests.support.trying import MONDAY, REP, SAID, Trial
from tests.support.world import World

ROWS = [(verb, outcome) for verb, outcomes in OUTCOMES.items() for outcome in outcomes]

# What happened stays in the history; the rest is the state.
STATE = ("prospect", "account", "address", "relation", "enrollment", "pause", "touch", "message", "event", "mailbox")
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_in(tmp_path_factory.mktemp("stage")) as made:
        yield made


def state_of(world: World) -> dict[str, list[dict[str, Any]]]:
    """Every row that says how things stand; a suppression that was lifted says nothing any more."""
    found = {table: [row._asdict() for row in world.rows(table)] for table in STATE}
    found["suppression"] = [row._asdict() for row in world.rows("suppression", lifted_at=None)]
    found["task"] = [{**row._asdict(), "version": 0} for row in world.rows("task")]
    return found


def take_back(trial: Trial, task: Record, *, actor: str = REP) -> Record:
    trial.world.clock.set(trial.world.clock() + MINUTE)
    return undo(trial.world.ctx, By(task.id, actor))


@pytest.mark.parametrize(("verb", "outcome"), ROWS)
def test_after_an_undo_everything_is_as_before(stage: Stage, verb: str, outcome: str) -> None:
    trial = Trial.of(stage, verb)
    kind = "triage" if verb == "triage" else None
    before = state_of(trial.world)

    done = trial.give(outcome, kind=kind, **answer_to(verb, outcome))
    assert state_of(trial.world) != before
    take_back(trial, done)

    assert state_of(trial.world) == before


@pytest.mark.parametrize(("verb", "outcome"), ROWS)
def test_what_was_undone_can_be_answered_again_with_the_same_result(stage: Stage, verb: str, outcome: str) -> None:
    once, said = Trial.of(stage, verb), answer_to(verb, outcome)
    once.give(outcome, **said)
    expected = _without_ids(state_of(once.world))

    again = Trial.of(stage, verb)
    undo(again.world.ctx, By(again.give(outcome, **said).id, REP))
    again.give(outcome, **said)

    assert _without_ids(state_of(again.world)) == expected


def _without_ids(state: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Rows that were made anew have other numbers, and whatever names them does."""
    named = {"id", "touch_id", "enrollment_id", "reversal", "source", "proof"}
    return {
        table: [{name: value for name, value in row.items() if name not in named} for row in rows]
        for table, rows in state.items()
    }


def test_the_end_of_a_sequence_and_the_start_of_the_next_are_taken_back(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    for day, step in ((2, "first"), (4, "second"), (6, "other")):
        for passing in (day - 1, day):  # a day that nobody lived through would make a backlog
            trial.world.clock.set(max(trial.world.clock(), datetime(2026, 3, passing, 15, tzinfo=UTC)))
            trial.world.tick()
        before = state_of(trial.world)
        done = trial.give("no_answer" if step != "other" else "requested", kind="linkedin" if step == "other" else None)
    assert [row.status for row in trial.world.rows("enrollment")] == ["finished", "active"]

    take_back(trial, done)

    assert state_of(trial.world) == before
    assert [row.status for row in trial.world.rows("enrollment")] == ["active"]


def test_a_pause_that_the_outcome_ended_is_back(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    steering.pause(
        trial.world.ctx, trial.enrollment.id, actor=REP, note="holiday", resume_at=MONDAY + timedelta(days=9)
    )
    before = state_of(trial.world)
    (asleep,) = trial.world.rows("task", status="snoozed")

    complete(trial.world.ctx, By(asleep.id, REP), Answer("interested"))
    take_back(trial, asleep)

    after = state_of(trial.world)
    assert after["pause"] == before["pause"]
    assert after["enrollment"] == before["enrollment"]
    assert after["touch"] == before["touch"]


def test_a_voicemail_goes_with_its_call(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    before = state_of(trial.world)

    take_back(trial, trial.give("voicemail", voicemail_left=True))

    assert state_of(trial.world) == before


def test_the_colleagues_whom_a_no_stopped_go_on(stage: Stage) -> None:
    trial = Trial.of(stage, "triage")
    world, bea = trial.world, trial.world.add_prospect("Bea Colleague", phone="+12125550111", zone="America/New_York")
    trial.change("prospect", bea, account_id=trial.prospect.account_id)
    world.enroll("try-call", bea)
    world.tick()
    before = state_of(world)

    take_back(trial, trial.give("not_interested_as_company", kind="triage"))

    assert state_of(world) == before


def test_a_suppression_that_is_lifted_leaves_its_trace(stage: Stage) -> None:
    trial = Trial.of(stage, "call")

    take_back(trial, trial.give("do_not_contact"))

    (lifted,) = trial.world.rows("suppression")
    assert (lifted.lifted_by, lifted.lift_reason) == (REP, "undo of task 1")
    assert [row.new for row in trial.world.rows("stage_change")] == ["do-not-contact", "new"]


def test_a_wish_that_was_known_before_is_not_lifted(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    ban = steering.Ban(scope="person", value=str(trial.person), reason="asked", channel="phone")
    steering.suppress(trial.world.ctx, ban, actor="test")

    take_back(trial, trial.give("do_not_call"))

    assert trial.suppressed == {("person", "phone")}


def test_only_who_gave_the_outcome_may_take_it_back(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    done = trial.give("no_answer")

    with pytest.raises(Conflict, match="tom-lee completed"):
        take_back(trial, done, actor="ana-diaz")


def test_after_five_minutes_it_stands(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    done = trial.give("no_answer")
    trial.world.clock.set(MONDAY + timedelta(minutes=5))

    with pytest.raises(Conflict, match="more than five minutes"):
        take_back(trial, done)


def test_it_cannot_be_taken_back_twice(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    done = trial.give("no_answer")
    take_back(trial, done)

    with pytest.raises(Conflict, match="only a completed task"):
        take_back(trial, done)


def test_it_stands_once_what_followed_has_begun(stage: Stage) -> None:
    trial = Trial.of(stage, "call", phone=["+12125550100", "+12125550101"])
    done = trial.give("wrong_number")
    trial.world.tick()  # the second number is in the queue

    with pytest.raises(Conflict, match="has begun already"):
        take_back(trial, done)


@pytest.mark.parametrize("kind", ["replied", "opted_out", "complained", "meeting_booked"])
@pytest.mark.parametrize("verb", ["call", "linkedin"])
def test_it_stands_once_they_have_spoken(stage: Stage, verb: str, kind: str) -> None:
    trial = Trial.of(stage, verb)
    done = trial.give("no_answer" if verb == "call" else "unreachable")
    trial.world.clock.set(MONDAY + MINUTE)
    ingest(trial.world.ctx, Inbound(kind, trial.person, trial.world.clock(), "event-1"))
    before = state_of(trial.world)

    with pytest.raises(Conflict):
        take_back(trial, done)

    assert state_of(trial.world) == before


def test_it_stands_once_somebody_else_has_stopped_the_enrollment(stage: Stage) -> None:
    trial = Trial.of(stage, "linkedin")
    done = trial.give("refused")
    steering.stop(trial.world.ctx, trial.enrollment.id, actor="ana-diaz")

    with pytest.raises(Conflict):
        take_back(trial, done)


def test_it_stands_once_they_must_not_be_contacted(stage: Stage) -> None:
    trial = Trial.of(stage, "call")
    done = trial.give("interested")
    ban = steering.Ban(scope="address", value="ada@example.com", reason="asked by letter")
    steering.suppress(trial.world.ctx, ban, actor="ana-diaz")

    with pytest.raises(Conflict, match="must not be contacted"):
        take_back(trial, done)


def test_a_promise_is_taken_back_with_its_repeat(stage: Stage) -> None:
    trial = Trial.of(stage, "call")

    take_back(trial, trial.give("call_back", at=SAID["at"]))

    assert [(row.repeat, row.status) for row in trial.touches("first")] == [(0, "queued")]
    assert TABLE["call"]["call_back"].next == ("first", 1, 5)
