"""The sequences that ship: they compile, and add up to what they promise."""

from collections import Counter
from pathlib import Path

import pytest

from engine.core.outcome import OUTCOMES
from engine.core.sequence import AudienceKind, Formula, Late, Verb, measured_formula, tasks_for_people
from tests.sequences.shipped import folder, sequence, sequence_files

FORMULAS = {
    "call-in-15": "15x3x15",
    "call-in-2x2x1": "2x2x1",
    "call-in-cn": "6x3x10",
    "nurture": "4x1x91",
    "outbound-7x3x21": "7x3x21",
    "two-wave": "4x2x10",
}


def test_the_folder_compiles_without_an_error_or_a_warning() -> None:
    assert [str(problem) for problem in folder().problems] == []


@pytest.mark.parametrize(("key", "formula"), FORMULAS.items())
def test_a_sequence_is_named_after_its_file_and_adds_up_to_its_formula(key: str, formula: str) -> None:
    shipped = sequence(key)

    assert shipped.key == key
    assert shipped.formula == measured_formula(shipped) == Formula.parse(formula)


def test_nothing_ships_that_is_not_checked_here() -> None:
    assert {path.stem for path in sequence_files()} == {*FORMULAS, "workspace"}


@pytest.mark.parametrize("path", sequence_files(), ids=lambda path: str(path.stem))
def test_an_editor_finds_the_schema_from_the_first_line(path: Path) -> None:
    kind = "workspace" if path.stem == "workspace" else "sequence"
    first = path.read_text(encoding="utf-8").splitlines()[0]

    assert first == f"# yaml-language-server: $schema=../docs/{kind}.schema.json"


def test_call_in_15_is_7_calls_2_voicemails_3_mails_2_personal_mails_and_1_social_touch() -> None:
    shipped = sequence("call-in-15")
    verbs = Counter(step.do for step in shipped.steps)

    assert verbs == {Verb.CALL: 7, Verb.EMAIL: 3, Verb.PERSONAL_EMAIL: 2, Verb.LINKEDIN: 1}
    assert sum(step.voicemail for step in shipped.steps) == 2
    assert max(step.day for step in shipped.steps) == 15
    assert tasks_for_people(shipped) == 10


def test_call_in_15_makes_four_touches_in_three_steps_on_the_first_day() -> None:
    first_day = [step for step in sequence("call-in-15").steps if step.day == 1]

    assert [step.key for step in first_day] == ["call-1", "mail-1", "call-2"]
    assert len(first_day) + sum(step.voicemail for step in first_day) == 4


def test_call_in_cn_never_skips_wechat_and_ends_with_a_hand_over_that_counts_nothing() -> None:
    shipped = sequence("call-in-cn")
    last = shipped.steps[-1]

    assert shipped.step("wechat").if_late.policy is Late.WAIT
    assert (last.key, last.do, last.do.is_counted) == ("hand-over", Verb.TASK, False)
    assert tasks_for_people(shipped) == 6


def test_two_wave_takes_500_people_and_calls_each_after_their_own_mail() -> None:
    shipped = sequence("two-wave")
    joins = {step.key: step.after.step for step in shipped.steps if step.after}

    assert shipped.audience.batch_at_most == 500
    assert joins == {"call-1": "mail-1", "mail-2": "call-1", "call-2": "mail-2"}


def test_every_inbound_sequence_answers_at_once_and_ends_in_nurture() -> None:
    inbound = [sequence(key) for key in FORMULAS if sequence(key).audience.kind is AudienceKind.INBOUND]

    assert len(inbound) == 3
    for shipped in inbound:
        assert shipped.respond_within is not None
        assert shipped.acknowledge is not None
        assert shipped.on_exhausted is not None
        assert (shipped.on_exhausted.start, shipped.on_exhausted.reason) == ("nurture", "not_reached")


def test_the_workspace_answers_every_outcome_of_every_verb() -> None:
    workspace = folder().workspace

    assert workspace is not None
    assert {verb: set(table) for verb, table in workspace.outcomes.items()} == {
        verb: set(outcomes) for verb, outcomes in OUTCOMES.items()
    }


def test_an_outcome_never_moves_a_person_to_a_stage_that_does_not_exist() -> None:
    workspace = folder().workspace

    assert workspace is not None
    stages = {row.stage for table in workspace.outcomes.values() for row in table.values() if row.stage}
    assert stages <= {stage.key for stage in workspace.stages}


# The words that exports of Apollo and HubSpot use, and what rule 10 says about each.
@pytest.mark.parametrize(
    "word",
    ["Replied", "Approaching", "Interested", "Not Interested", "Do Not Contact", "Bad Data", "Changed Job",
     "IN_PROGRESS", "OPEN_DEAL", "UNQUALIFIED", "CONNECTED", "BAD_TIMING"],
)  # fmt: skip
def test_a_stage_that_means_somebody_is_at_work_or_no_keeps_people_out_of_outbound(word: str) -> None:
    assert _blocks(word)


@pytest.mark.parametrize("word", ["Cold", "Unresponsive", "NEW", "OPEN", "ATTEMPTED_TO_CONTACT"])
def test_a_stage_that_means_nobody_has_spoken_to_them_admits_them_to_outbound(word: str) -> None:
    assert not _blocks(word)


def _blocks(word: str) -> bool:
    workspace = folder().workspace
    assert workspace is not None
    (stage,) = (stage for stage in workspace.stages if word in stage.aliases)
    return stage.blocks_outbound


def test_every_rep_writes_from_a_mailbox_on_a_reserved_domain() -> None:
    workspace = folder().workspace

    assert workspace is not None
    assert len(workspace.reps) == 4
    for rep in workspace.reps:
        assert [box.address for box in rep.mailboxes] == [rep.email]
        assert rep.email.endswith(".example.com")
