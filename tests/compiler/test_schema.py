import copy
import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from engine.compiler import (
    compile_sequence,
    policy_schema,
    read_yaml,
    sequence_schema,
    simulation_schema,
    workspace_schema,
)
from tests.compiler.texts import BAD, GOOD, ROOT, SHIPPED, WORKSPACE_TEXT, workspace

Edit = Callable[[dict[str, Any]], object]


def data_of(text: str) -> Any:
    document, problems = read_yaml(text, "f.yaml")
    assert document is not None, problems
    return document.data


def accepts(schema: dict[str, Any], data: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(schema).is_valid(data))


@pytest.mark.parametrize("schema", [sequence_schema(), workspace_schema(), policy_schema(), simulation_schema()])
def test_the_schemas_are_schemas_of_draft_2020_12(schema: dict[str, Any]) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


def test_every_shipped_file_is_valid_by_the_schema() -> None:
    for path in sorted(SHIPPED.glob("*.yaml")):
        schema = workspace_schema() if path.name == "workspace.yaml" else sequence_schema()
        assert accepts(schema, data_of(path.read_text(encoding="utf-8"))), path.name


def test_every_shipped_policy_is_valid_by_its_schema_and_points_to_it() -> None:
    for path in sorted((SHIPPED / "policies").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert accepts(policy_schema(), data_of(text)), path.name
        assert text.startswith("# yaml-language-server: $schema=../../docs/policy.schema.json\n")


def test_the_policy_schema_in_docs_is_current() -> None:
    text = (ROOT / "docs" / "policy.schema.json").read_text(encoding="utf-8")
    assert json.loads(text) == policy_schema()


def test_every_shipped_simulation_and_draft_is_valid_by_its_schema_and_points_to_it() -> None:
    for path in sorted((SHIPPED / "simulations").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        kind = "simulation" if "simulation" in data_of(text) else "sequence"
        assert accepts(simulation_schema() if kind == "simulation" else sequence_schema(), data_of(text)), path.name
        assert text.startswith(f"# yaml-language-server: $schema=../../docs/{kind}.schema.json\n")


def test_the_simulation_schema_in_docs_is_current() -> None:
    text = (ROOT / "docs" / "simulation.schema.json").read_text(encoding="utf-8")
    assert json.loads(text) == simulation_schema()


def test_a_bare_interval_is_invalid_by_the_schema_too() -> None:
    assert not accepts(sequence_schema(), data_of((BAD / "bare-interval.yaml").read_text(encoding="utf-8")))


EDITS: list[Edit] = [
    lambda d: d.update(title="A trial"),
    lambda d: d.update(again="never"),
    lambda d: d.update(again="if_inactive"),
    lambda d: d.update(again={"after": "90d"}),
    lambda d: d.update(again="sometimes"),
    lambda d: d.update(again=90),
    lambda d: d.update(again={"after": 90}),
    lambda d: d["steps"][1].update(after="3h"),
    lambda d: d["steps"][1].update(after={"step": "intro", "gap": "1bd"}),
    lambda d: d["steps"][1].update(after={"step": "intro"}),
    lambda d: d["steps"][1].update(after=3),
    lambda d: d["steps"][1].update(after=["3h"]),
    lambda d: d["steps"][1].update(if_late="wait"),
    lambda d: d["steps"][1].update(if_late={"skip_after": "3bd"}),
    lambda d: d["steps"][1].update(if_late="escalate"),
    lambda d: d["steps"][1].update(if_late="later"),
    lambda d: d["steps"][1].update(if_late={"reassign": "team", "after": "2bd"}),
    lambda d: d["steps"][1].update(if_late={"escalate": "tom-lee"}),
    lambda d: d["steps"][1].update(if_late={"escalate": "manager", "skip_after": "3bd"}),
    lambda d: d["steps"][1].update(if_late={"after": "3bd"}),
    lambda d: d["steps"][1].update(redial=9),
    lambda d: d["steps"][1].update(foo=1),
    lambda d: d["steps"][1].update({"from": "ceo"}),
    lambda d: d["steps"][1].update(day=0),
    lambda d: d["steps"][1].update(day="2"),
    lambda d: d["steps"][1].update(use="../x"),
    lambda d: d["steps"][1].update(key="A b"),
    lambda d: d["steps"][1].update(do="voicemail"),
    lambda d: d["steps"][1].pop("do"),
    lambda d: d.update(steps=[]),
    lambda d: d.update(formula="3x2"),
    lambda d: d.update(formula="3x2x5x3"),
    lambda d: d.update(account={"roles": {}}),
    lambda d: d.update(schedule={"hours": {"mon-fri": ["09:00-12:00"], "sat, sun": []}}),
    lambda d: d.update(schedule={"hours": {"mon-fry": ["09:00-12:00"]}}),
    lambda d: d.update(schedule={"hours": {"mon-fri": ["9-12"]}}),
    lambda d: d.update(schedule={"anchor": "enrolled"}),
    lambda d: d.update(outcomes={"call": {"gatekeeper": {"next": "repeat", "after": "2bd"}}}),
    lambda d: d.update(outcomes={"call": {"gatekeper": {"next": "go_on"}}}),
    lambda d: d.update(outcomes={"email": {}}),
    lambda d: d.update(acknowledge={"do": "email", "use": "a/b"}),
    lambda d: d.update(acknowledge={"do": "call", "use": "a/b"}),
    lambda d: d.update(on_exhausted={"task": "Ask why"}),
    lambda d: d.update(consent={"sms": "express"}),
    lambda d: d.update(consent={"sms": ["express", "request"]}),
    lambda d: d.update(consent={"sms": []}),
    lambda d: d.update(consent={"sms": {"express": True}}),
    lambda d: d.update(consent={"sms": "opt_out"}),
    lambda d: d.update(consent={"fax": "express"}),
    lambda d: d.update(allow=["customer", "friend"]),
]


@pytest.mark.parametrize("edit", EDITS)
def test_the_editor_and_the_compiler_agree(edit: Edit) -> None:
    data = copy.deepcopy(data_of(GOOD))
    edit(data)
    result = compile_sequence(repr(data), "f.yaml", workspace())  # a Python literal of this kind is YAML
    assert accepts(sequence_schema(), data) is (result.sequence is not None), result.problems


def test_every_key_is_described_for_completion() -> None:
    for schema in (sequence_schema(), workspace_schema()):
        for shape in (schema, *schema["$defs"].values()):
            for key, found in shape["properties"].items():
                assert found.get("description"), key


def test_keys_that_are_not_supported_yet_are_not_offered() -> None:
    schema = sequence_schema()
    assert not {"account", "personas", "replies_to", "versions", "on_not_now"} & schema["properties"].keys()
    assert not {"from", "by", "experiment", "variants", "when"} & schema["$defs"]["StepShape"]["properties"].keys()


def test_the_workspace_needs_its_complete_tables_and_a_sequence_only_what_differs() -> None:
    whole = data_of(WORKSPACE_TEXT)
    del whole["outcomes"]["call"]["busy"]
    assert not accepts(workspace_schema(), whole)
    assert "required" not in sequence_schema()["properties"]["outcomes"]


@pytest.mark.parametrize(("name", "schema"), [("sequence", sequence_schema()), ("workspace", workspace_schema())])
def test_the_schemas_in_docs_which_the_shipped_files_point_to_are_current(name: str, schema: dict[str, Any]) -> None:
    path = ROOT / "docs" / f"{name}.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == schema
    files = [path for path in SHIPPED.glob("*.yaml") if (path.stem == "workspace") is (name == "workspace")]
    modeline = f"# yaml-language-server: $schema=../docs/{name}.schema.json\n"
    assert files
    assert all(path.read_text(encoding="utf-8").startswith(modeline) for path in files)
