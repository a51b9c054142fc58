"""The tests of the promises can fail: each bug put in on purpose is seen, and the story runs clean without it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import update

from engine.store import tables
from tests.operations import bugs, stories
from tests.operations.machine import Machine, machine_on
from tests.support.databases import Shelf, on_sqlite

Story = Callable[[Machine], None]
Bug = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture
def machine(filled: Shelf) -> Iterator[Machine]:
    made = machine_on(filled)()
    yield made
    made.teardown()


@dataclass(frozen=True)
class Case:
    story: Story
    bug: Bug
    seen: str


CASES = (
    Case(stories.a_stop_comes_during_the_call, bugs.drop_the_lock, "I3: accepted for an enrollment that is stopped"),
    Case(
        stories.a_stop_comes_just_before_the_lock,
        bugs.check_before_the_lock,
        "I3: accepted for an enrollment that is stopped",
    ),
    Case(
        stories.a_sender_comes_back_with_an_old_attempt,
        bugs.drop_the_attempt_guard,
        "I5: a stale attempt changed something",
    ),
    Case(
        stories.an_answer_is_lost_after_the_message_was_taken,
        bugs.retry_on_a_time_out,
        "I2: touch 1 was accepted and is scheduled",
    ),
    Case(stories.the_same_webhook_comes_twice, bugs.dedupe_in_memory, "I10: a fact that was repeated was stored twice"),
    Case(
        stories.the_process_ends_right_after_an_opt_out_was_acknowledged,
        bugs.acknowledge_before_storing,
        "I6: 0 mails were due and 1 were sent",
    ),
    Case(
        stories.a_person_lives_on_the_other_side_of_the_world,
        bugs.our_zone_instead_of_theirs,
        "I8: accepted outside the window",
    ),
    Case(
        stories.a_window_ends_in_the_hour_that_comes_twice,
        bugs.open_in_both_hours_of_an_overlap,
        "I8: accepted outside the window",
    ),
    Case(stories.somebody_opts_out_in_capital_letters, bugs.letter_case_matters, "I3: accepted although address"),
    Case(
        stories.a_worker_dies_with_touches_reserved,
        bugs.a_cursor_instead_of_rows,
        "I6: 1 mails were due and 0 were sent",
    ),
    Case(
        stories.nobody_reads_the_answers,
        bugs.unread_answers_do_not_matter,
        "I3: accepted while answers to the mailbox are not read",
    ),
    Case(
        stories.a_backup_was_put_back,
        bugs.a_restored_backup_is_as_good_as_any,
        "I3: accepted while a restored backup is being checked",
    ),
    Case(stories.people_have_complained, bugs.harm_is_noted_and_nothing_more, "I3: accepted although domain"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.story.__name__)
def test_the_story_runs_clean(machine: Machine, case: Case) -> None:
    _tell(machine, case.story)


@on_sqlite
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.bug.__name__)
def test_the_bug_is_seen(machine: Machine, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    case.bug(monkeypatch)
    with pytest.raises(AssertionError, match=case.seen):
        _tell(machine, case.story)


def _tell(machine: Machine, story: Story) -> None:
    story(machine)
    machine.holds()


def test_a_bug_in_the_rows_is_seen_too(machine: Machine) -> None:
    """The invariants look at every row after every rule, whoever wrote it."""
    stories.begin(machine)
    machine.enroll(which=0, sequence="outbound-7x3x21")
    machine.holds()
    with machine.world.ctx.database.write() as connection:
        done = {"status": "skipped", "reason": "late", "ended_at": machine.now}
        connection.execute(update(tables.touch).values(**done))
    with pytest.raises(AssertionError, match="I6: enrollment 1 is active and nothing is ahead of it"):
        machine.holds()
