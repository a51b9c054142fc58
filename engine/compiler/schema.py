"""JSON Schemas of the files, for editors: what the shapes say, without the marks of the Python behind them."""

from typing import Any

from engine.compiler.channels_shape import ChannelsShape
from engine.compiler.policy_shape import PolicyShape
from engine.compiler.sequence_shape import SequenceShape
from engine.compiler.shape import Shape
from engine.compiler.simulation_shape import SimulationShape
from engine.compiler.workspace_shape import WorkspaceShape

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def sequence_schema() -> dict[str, Any]:
    """Keys that are not supported yet are not in it: an editor should not offer them."""
    return _schema(SequenceShape, "Touch sequence", "One file of sequences/: whom to reach, when and how.")


def workspace_schema() -> dict[str, Any]:
    return _schema(WorkspaceShape, "Workspace", "sequences/workspace.yaml: what is the company's own.")


def policy_schema() -> dict[str, Any]:
    return _schema(PolicyShape, "Policy", "One file of sequences/policies/: what a country allows, and who says so.")


def simulation_schema() -> dict[str, Any]:
    return _schema(SimulationShape, "Simulation", "One file of sequences/simulations/: what would come, and who works.")


def channels_schema() -> dict[str, Any]:
    return _schema(ChannelsShape, "Channels", "channels.yaml: how each mailbox sends and hears, and other accounts.")


def _schema(shape: type[Shape], title: str, description: str) -> dict[str, Any]:
    found = _cleaned(shape.model_json_schema())
    definitions = {name: _untitled(each) for name, each in found.pop("$defs").items()}
    used = _reached(found, definitions, set())
    kept = {name: each for name, each in definitions.items() if name in used}
    return {"$schema": _DRAFT, **found, "title": title, "description": description, "$defs": kept}


def _untitled(definition: dict[str, Any]) -> dict[str, Any]:
    """Without its title, which is the name of a Python class."""
    return {key: value for key, value in definition.items() if key != "title"}


def _reached(node: Any, definitions: dict[str, Any], seen: set[str]) -> set[str]:
    """The names of the definitions that are referred to from here; those of keys left out are not."""
    children = node if isinstance(node, list) else node.values() if isinstance(node, dict) else ()
    name = str(node.get("$ref", "")).rpartition("/")[2] if isinstance(node, dict) else ""
    if name and name not in seen:
        seen.add(name)
        _reached(definitions[name], definitions, seen)
    for child in children:
        _reached(child, definitions, seen)
    return seen


def _cleaned(node: Any) -> Any:
    """Leaving a key out is written by leaving it out: null is no value in these files."""
    if isinstance(node, list):
        return [_cleaned(item) for item in node]
    if not isinstance(node, dict):
        return node
    if {"type": "null"} in node.get("anyOf", ()):
        (only,) = [option for option in node["anyOf"] if option != {"type": "null"}]
        node = {**only, **{key: value for key, value in node.items() if key != "anyOf"}}
    if "patternProperties" in node:
        node = {**node, "additionalProperties": False}
    return {key: _cleaned(value) for key, value in node.items() if not (key == "default" and value is None)}
