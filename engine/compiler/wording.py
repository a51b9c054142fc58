"""What pydantic found wrong with the shape of a file, in the words of somebody who sells for a living."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from engine.compiler.document import Document, Path
from engine.compiler.problems import MOST_PROBLEMS, Complaint, Problem, did_you_mean, listed, nearest
from engine.compiler.shape import Shape
from engine.compiler.words import LATER, shown


@dataclass(frozen=True, slots=True)
class ShapeError:
    """A pydantic error at a path of the document."""

    path: Path
    kind: str
    value: Any
    context: dict[str, Any]
    is_about_key: bool


def shape_errors(failure: ValidationError) -> list[ShapeError]:
    return [_shape_error(detail) for detail in failure.errors(include_url=False)]


def _shape_error(detail: ErrorDetails) -> ShapeError:
    location = detail["loc"]
    about_key = bool(location) and location[-1] == "[key]"
    path = tuple(part for part in location if not (isinstance(part, str) and part.startswith("\0")))
    kind = detail["type"]
    return ShapeError(
        path[:-1] if about_key else path,
        kind,
        detail["input"],
        detail.get("ctx", {}),
        about_key or kind in ("extra_forbidden", "not-supported"),
    )


def in_words(errors: Sequence[ShapeError], root: type[Shape], document: Document) -> tuple[Problem, ...]:
    """A value that was refused as a YAML trap and a key missing because it is misspelt are not reported twice."""
    worth = [error for error in errors if not document.is_spoiled(error.path)][: MOST_PROBLEMS + 1]
    misspelt = {path for error in worth if (path := _meant(error, errors, root))}
    return tuple(
        document.problem(error.path, _complaint(error, root), at_key=error.is_about_key)
        for error in worth
        if not (error.kind == "missing" and error.path in misspelt)
    )


def _meant(error: ShapeError, errors: Sequence[ShapeError], root: type[Shape]) -> Path | None:
    """The path of the missing key that an unknown key was meant to be."""
    if error.kind != "extra_forbidden":
        return None
    around = error.path[:-1]
    near = nearest(str(error.path[-1]), _fields(root, around))
    missing = (*around, near or "")
    return missing if any(other.kind == "missing" and other.path == missing for other in errors) else None


def _complaint(error: ShapeError, root: type[Shape]) -> Complaint:
    context = error.context
    if {"message", "expected", "advice"} <= context.keys():
        return Complaint(error.kind, context["message"], context["expected"], context["advice"])
    match error.kind:
        case "missing":
            return _missing(error, root)
        case "extra_forbidden":
            return _unknown_key(error, root)
        case "literal_error":
            return _unknown_value(error)
        case "string_type":
            return _wrong_type(error, "text", _quoted(error.value))
    return _by_table(error)


def _missing(error: ShapeError, root: type[Shape]) -> Complaint:
    key = str(error.path[-1])
    found = _fields(root, error.path[:-1]).get(key)
    example = found.examples[0] if found and found.examples else "..."
    description = (found.description if found else None) or "a value"
    expected = description[:1].lower() + description[1:].rstrip(".")
    return Complaint("missing-key", f'the key "{key}" is missing', expected, f"add {key}: {example}")


def _unknown_key(error: ShapeError, root: type[Shape]) -> Complaint:
    key = str(error.path[-1])
    known = [name for name, found in _fields(root, error.path[:-1]).items() if not _is_later(found)]
    advice = did_you_mean(key, known, "correct it, or remove it")
    return Complaint("unknown-key", f"the key {shown(key)} is not known here", listed(known), advice)


def _unknown_value(error: ShapeError) -> Complaint:
    known = re.findall(r"'([^']*)'", error.context["expected"])
    value = error.value
    advice = did_you_mean(value, known, "write one of these") if isinstance(value, str) else "write one of these"
    return Complaint("unknown-value", f"{shown(value)} is not known here", listed(known), advice)


def _wrong_type(error: ShapeError, expected: str, advice: str) -> Complaint:
    what = f'"{error.path[-1]}"' if error.path and isinstance(error.path[-1], str) else "this"
    return Complaint("wrong-type", f"{what} is {shown(error.value)}", expected, advice)


def _quoted(value: object) -> str:
    return "write text" if isinstance(value, (list, dict)) else f'put it in quotes: "{shown(value)}"'


_TYPES = {
    "int_type": ("a whole number", "write digits only, without quotes"),
    "int_from_float": ("a whole number", "write it without a decimal point"),
    "float_type": ("a number", "write digits, without quotes"),
    "bool_type": ("true or false", "write one of them, without quotes"),
    "list_type": ("a list", "write [a, b], or one item per line after a hyphen"),
    "dict_type": ("a mapping of keys", "write key: value pairs"),
    "model_type": ("a mapping of keys", "write key: value pairs"),
}

_LIMITS = {
    "greater_than_equal": ("{value} is too small", "at least {ge}", "write {ge} or more"),
    "less_than_equal": ("{value} is too large", "at most {le}", "write {le} or less"),
    "string_too_short": ("the text is empty", "some text", "write it, or leave the key out"),
    "string_too_long": ("the text is too long", "at most {max_length} characters", "shorten it"),
    "too_short": ("the list is empty", "at least one item", "write one"),
    "too_long": ("the list is too long", "at most {max_length} items", "split it"),
}


def _by_table(error: ShapeError) -> Complaint:
    if error.kind in _TYPES:
        return _wrong_type(error, *_TYPES[error.kind])
    if error.kind in _LIMITS:
        known = {**error.context, "value": shown(error.value)}
        message, expected, advice = (part.format(**known) for part in _LIMITS[error.kind])
        return Complaint("out-of-range", message, expected, advice)
    return Complaint("bad-value", f"{shown(error.value)} cannot stand here", "another value", "see the language's page")


def _fields(root: type[Shape], path: Path) -> dict[str, FieldInfo]:
    """The keys that may stand in the mapping at that path."""
    shapes = [root]
    for part in path:
        below = [
            shape for each in shapes if (found := _own(each).get(str(part))) for shape in _shapes(found.annotation)
        ]
        shapes = below or shapes  # a list's index and a free key lead to the same shapes
    return {key: found for shape in shapes for key, found in _own(shape).items()}


def _is_later(found: FieldInfo) -> bool:
    return LATER in found.metadata


def _own(shape: type[Shape]) -> dict[str, FieldInfo]:
    return {found.alias or name: found for name, found in shape.model_fields.items()}


def _shapes(annotation: Any) -> Iterator[type[Shape]]:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield annotation
    for argument in get_args(annotation):
        yield from _shapes(argument)
