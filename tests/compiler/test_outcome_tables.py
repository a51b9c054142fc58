import pytest

from engine.compiler import compile_sequence, compile_workspace
from engine.core.outcome import OUTCOMES, Consequence, Need, Next
from engine.core.sequence import Sequence
from tests.compiler.texts import GOOD, MARKER, WORKSPACE_TEXT, compiled, expected, found, workspace


def with_rows(call_rows: str) -> str:
    return f"{GOOD}outcomes: {{call: {{{call_rows}}}}}\n"


def made(text: str) -> Sequence:
    sequence = compile_sequence(text, "f.yaml", workspace()).sequence
    assert sequence is not None
    return sequence


def test_a_sequence_without_rows_has_the_tables_of_the_workspace() -> None:
    assert made(GOOD).outcomes == workspace().outcomes


def test_a_row_is_merged_key_by_key_onto_the_row_of_the_workspace() -> None:
    base = workspace().outcomes["call"]
    sequence = made(with_rows("not_now: {again: 30d}"))
    assert base["not_now"].stop == "not_now"
    assert sequence.outcomes["call"]["not_now"].again == "30d"
    assert sequence.outcomes["call"]["not_now"].needs == base["not_now"].needs
    assert sequence.outcomes["call"]["not_now"].stop == "not_now"
    others = [name for name in OUTCOMES["call"] if name != "not_now"]
    assert all(sequence.outcomes["call"][name] == base[name] for name in others)


def test_next_in_a_row_takes_the_place_of_the_stop_it_replaces_and_the_other_way_round() -> None:
    goes_on = made(with_rows("not_interested: {next: go_on}")).outcomes["call"]["not_interested"]
    assert (goes_on.stop, goes_on.next) == (None, Next.GO_ON)
    stops = made(with_rows("call_back: {stop: not_now}")).outcomes["call"]["call_back"]
    assert (stops.stop, stops.next, stops.after) == ("not_now", Next.GO_ON, None)


def test_a_repeat_may_ask_the_rep_for_the_time_instead_of_naming_a_gap() -> None:
    row = made(with_rows("no_answer: {next: repeat, needs: [at]}")).outcomes["call"]["no_answer"]
    assert row.next is Next.REPEAT
    assert row.needs == {Need.AT}


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("unknown-outcome", "¦no_anser: {next: go_on}"),
        ("repeat-without-time", "no_answer: ¦{next: repeat}"),
        ("after-without-repeat", "interested: ¦{after: 2bd}"),
        ("stop-and-next", "interested: ¦{stop: interested, next: go_on}"),
        ("unknown-value", "interested: {stop: ¦bored}"),
        ("unknown-value", "interested: {needs: [¦money]}"),
        ("unknown-stage", "interested: {stage: ¦no-such-stage}"),
        ("unknown-key", "interested: {¦stopp: interested}"),
        ("bare-interval", "no_answer: {next: repeat, after: ¦2}"),
    ],
)
def test_each_mistake_in_a_row_is_found_where_it_stands(code: str, rows: str) -> None:
    text = with_rows(rows)
    assert found(compiled(text)) == expected(text, code)


def test_an_unknown_verb_has_no_outcomes() -> None:
    text = f"{GOOD}outcomes: {{¦email: {{sent: {{}}}}}}\n"
    assert found(compiled(text)) == expected(text, "unknown-verb")


def test_the_tables_of_the_workspace_answer_every_outcome_of_every_verb() -> None:
    tables = workspace().outcomes
    assert {verb: sorted(table) for verb, table in tables.items()} == {
        v: sorted(names) for v, names in OUTCOMES.items()
    }
    assert all(isinstance(row, Consequence) for table in tables.values() for row in table.values())


def plain_rows(verb: str) -> str:
    return ", ".join(f"{name}: {{}}" for name in OUTCOMES[verb])


def with_tables(tables: dict[str, str]) -> str:
    """The workspace with these tables; the key `outcomes` and each verb may carry a marker."""
    head = WORKSPACE_TEXT[: WORKSPACE_TEXT.index("\noutcomes:") + 1]
    return head + "outcomes:\n" + "".join(f"  {verb}: {{{rows}}}\n" for verb, rows in tables.items())


def test_a_table_that_leaves_an_outcome_out_is_not_complete() -> None:
    tables = {verb: plain_rows(verb) for verb in OUTCOMES if verb != "video"}
    text = with_tables({**tables, "¦video": "sent: {}, replied: {}"})
    made_workspace, problems = compile_workspace(text.replace(MARKER, ""), "workspace.yaml")
    assert made_workspace is None
    assert found(problems) == expected(text, "outcome-missing")
    assert problems[0].message == "the table of video does not answer unreachable"


def test_a_verb_without_a_table_is_missing_too() -> None:
    text = with_tables({verb: plain_rows(verb) for verb in OUTCOMES if verb != "triage"})
    marked = text.replace("outcomes:", "¦outcomes:")
    _, problems = compile_workspace(text, "workspace.yaml")
    assert found(problems) == expected(marked, "outcome-missing")


def test_a_row_with_a_mistake_does_not_count_as_missing() -> None:
    tables = {verb: plain_rows(verb) for verb in OUTCOMES}
    text = with_tables({**tables, "video": "sent: {stop: ¦bored}, replied: {}, unreachable: {}"})
    _, problems = compile_workspace(text.replace(MARKER, ""), "workspace.yaml")
    assert found(problems) == expected(text, "unknown-value")
