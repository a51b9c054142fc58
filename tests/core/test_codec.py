import json
import string
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.codec import digest, from_json, to_json
from engine.core.hours import Window
from engine.core.outcome import Consequence, Need
from engine.core.sequence import Formula, Gap, Sequence, Step, Unit
from engine.core.workspace import Caps, Workspace
from tests.support.factories import outbound_7x3x21, sequence
from tests.support.strategies import sequences

ANY_SEQUENCE = st.from_type(Sequence)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=30)
@given(ANY_SEQUENCE | sequences())
def test_a_sequence_is_read_back_as_it_was(plan: Sequence) -> None:
    assert from_json(Sequence, to_json(plan)) == plan


@settings(max_examples=30)
@given(ANY_SEQUENCE)
def test_the_text_is_canonical(plan: Sequence) -> None:
    text = to_json(plan)
    assert to_json(from_json(Sequence, text)) == text
    assert json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False) == text


_SHARES = st.floats(0, 1) | st.just(1)


@settings(max_examples=30)
@given(st.builds(Workspace, caps=st.builds(Caps, gap_spread=_SHARES, guessed_share=_SHARES)))
def test_a_workspace_is_read_back_as_it_was(workspace: Workspace) -> None:
    assert from_json(Workspace, to_json(workspace)) == workspace


@settings(max_examples=30)
@given(sequences(), st.randoms())
def test_the_order_in_which_tables_were_written_does_not_matter(plan: Sequence, random: Any) -> None:
    verbs = list(plan.outcomes)
    random.shuffle(verbs)
    reordered = {verb: dict(reversed(list(plan.outcomes[verb].items()))) for verb in verbs}
    assert to_json(replace(plan, outcomes=reordered)) == to_json(plan)


@given(st.lists(st.sampled_from(Need)))
def test_a_set_is_written_in_one_order(needs: list[Need]) -> None:
    one, other = (Consequence(needs=frozenset(order)) for order in (needs, needs[::-1]))
    assert to_json(one) == to_json(other)


@given(st.times(), st.times())
def test_different_times_have_different_texts(one: time, other: time) -> None:
    assert (to_json(Window(one, one)) == to_json(Window(other, other))) == (one == other)


def test_times_are_written_as_people_write_them() -> None:
    assert to_json(Window(time(9), time(17, 30))) == '{"end":"17:30","start":"09:00"}'


def test_a_version_stored_before_texts_had_to_say_what_they_rest_on_leaves_it_to_the_country() -> None:
    stored = json.loads(to_json(outbound_7x3x21()))
    del stored["texts_rest_on"]
    assert from_json(Sequence, json.dumps(stored)) == outbound_7x3x21()
    assert outbound_7x3x21().texts_rest_on is None


def test_chinese_stays_chinese() -> None:
    assert "外呼七步" in to_json(replace(outbound_7x3x21(), title="外呼七步"))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Step, "[]"),
        (Step, "null"),
        (Step, "{}"),
        (Step, '{"key":"a","day":1,"do":"shout"}'),
        (Step, '{"key":"a","day":"1","do":"call"}'),
        (Step, '{"key":"a","day":true,"do":"call"}'),
        (Step, '{"key":"a","day":1,"do":"call","colour":"red"}'),
        (Gap, '{"amount":1.5,"unit":"d"}'),
        (Window, '{"start":"9 o\'clock","end":"12:00"}'),
        (Window, '{"start":540,"end":"12:00"}'),
        (Sequence, "not json"),
    ],
)
def test_json_of_another_shape_is_refused(kind: type[object], text: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        from_json(kind, text)


@given(st.data())
def test_a_damaged_text_is_refused_or_means_another_sequence_but_never_crashes(data: st.DataObject) -> None:
    tree = json.loads(to_json(outbound_7x3x21()))
    places = list(_places(tree))
    put = data.draw(st.sampled_from(places))
    put(data.draw(JSON))
    try:
        read = from_json(Sequence, json.dumps(tree))
    except (TypeError, ValueError):
        return
    assert from_json(Sequence, to_json(read)) == read


def _places(node: Any) -> list[Callable[[Any], None]]:
    """A way to replace every node below this one."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    here: list[Callable[[Any], None]] = [partial(node.__setitem__, key) for key in keys]
    return here + [place for key in keys for place in _places(node[key])]


@given(st.lists(st.text(string.printable)), st.lists(st.text(string.printable)))
def test_a_digest_tells_texts_apart_and_where_one_ends(one: list[str], other: list[str]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)


def test_a_digest_is_the_same_on_every_machine() -> None:
    assert digest("a", "é") == "7109eab322e40417f68c2324b32fc46083de5559b26afa84ad8bec35a870d871"


def test_any_change_of_a_sequence_changes_its_text() -> None:
    plan = sequence()
    changed = [
        replace(plan, title="Another"),
        replace(plan, formula=Formula(9, 9, 9)),
        replace(plan, respond_within=Gap(5, Unit.MINUTE)),
        replace(plan, allow=frozenset({"customer"})),
        replace(plan, steps=(replace(plan.steps[0], redial=1),)),
    ]
    assert len({to_json(p) for p in (plan, *changed)}) == 1 + len(changed)
