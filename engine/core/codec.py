"""Canonical JSON of core values: the same value is always the same bytes, so its hash is its identity."""

import hashlib
import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(value: object) -> str:
    """Sorted keys, no spaces, defaults written out."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_json(kind: type[T], text: str) -> T:
    """Inverse of `to_json`. Raises TypeError or ValueError for JSON that does not hold that kind of value."""
    made = _build(kind, json.loads(text))
    if not isinstance(made, kind):
        raise TypeError(f"not a {kind.__name__}")
    return made


def digest(*texts: str) -> str:
    """SHA-256 over the texts with their lengths, in hex."""
    state = hashlib.sha256()
    for text in texts:
        data = text.encode()
        state.update(f"{len(data)}:".encode())
        state.update(data)
    return state.hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.init}  # the others follow from them
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, time):
        return value.isoformat("minutes" if value == value.replace(second=0, microsecond=0) else "auto")
    return value.isoformat() if isinstance(value, date) else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _build(kind: Any, data: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return None if data is None else _build(next(a for a in get_args(kind) if a is not type(None)), data)
    if origin is tuple:
        return _build_tuple(get_args(kind), _of_type(list, data))
    if origin is frozenset:
        return frozenset(_build(get_args(kind)[0], item) for item in _of_type(list, data))
    if origin is not None and issubclass(origin, Mapping):
        key, item = get_args(kind)
        return {_build(key, k): _build(item, v) for k, v in _of_type(dict, data).items()}
    if is_dataclass(kind) and isinstance(kind, type):
        return _build_dataclass(kind, _of_type(dict, data))
    return _build_plain(kind, data)


def _build_dataclass(kind: type, data: dict[str, Any]) -> Any:
    unknown = data.keys() - _hints(kind).keys()
    if unknown:
        raise TypeError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    return kind(**{name: _build(_hints(kind)[name], item) for name, item in data.items()})


def _build_tuple(args: tuple[Any, ...], data: Any) -> Any:
    if len(args) == 2 and args[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...] has two arguments
        return tuple(_build(args[0], item) for item in data)
    return tuple(_build(kind, item) for kind, item in zip(args, data, strict=True))


def _build_plain(kind: Any, data: Any) -> Any:
    if kind in (date, time):
        return kind.fromisoformat(data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    if kind is float and type(data) is int:
        return float(data)
    return _of_type(kind, data)


def _of_type(kind: type[T], data: Any) -> T:
    """Exact, because True is no number here."""
    if type(data) is not kind:
        raise TypeError(f"expected {kind.__name__}, found {type(data).__name__}")
    return data
