"""A file whose shape has been checked. What is wrong is taken out, so that the rest can be judged in the same run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from engine.compiler.document import Document, Path
from engine.compiler.problems import Problem
from engine.compiler.shape import Shape
from engine.compiler.wording import ShapeError, in_words, shape_errors

AnyShape = TypeVar("AnyShape", bound=Shape)
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Draft(Generic[AnyShape]):
    """`lost` are the paths that were taken out; `kept` says which items of a list are left, by their old index."""

    shape: AnyShape
    document: Document
    lost: frozenset[Path]
    kept: Mapping[Path, tuple[int, ...]]
    problems: tuple[Problem, ...]

    def numbered(self, path: Path, items: Sequence[Item]) -> list[tuple[int, Item]]:
        """The items of a list that the file has there, each with its index in the file."""
        if () in self.lost or path[:1] in self.lost:
            return []  # what stands there now is a stand-in
        return list(zip(self.kept.get(path, range(len(items))), items, strict=True))

    def is_intact(self, *path: str | int) -> bool:
        return not any(lost[: len(path)] == path or path[: len(lost)] == lost for lost in self.lost)


def draft(shape: type[AnyShape], document: Document, stand_ins: Mapping[str, Any]) -> Draft[AnyShape]:
    """`stand_ins` must have every required key: they let a file without a title be told about its steps."""
    lost: set[Path] = set()
    problems: tuple[Problem, ...] | None = None
    while True:
        remains = _Remains(frozenset(lost), {})
        data = _with_stand_ins(remains.of(document.data, ()), lost, stand_ins)
        try:
            valid = shape.model_validate(data)
        except ValidationError as failure:
            errors = [remains.restored(error) for error in shape_errors(failure)]
            if problems is None:  # later rounds find consequences only
                problems = in_words(errors, shape, document)
            lost.update(_culprit(error) for error in errors)
        else:
            return Draft(valid, document, frozenset(lost), remains.kept, problems or ())


def shape_problems(shape: type[Shape], document: Document) -> tuple[Problem, ...]:
    try:
        shape.model_validate(document.data)
    except ValidationError as failure:
        return in_words(shape_errors(failure), shape, document)
    return ()


def _with_stand_ins(data: Any, lost: set[Path], stand_ins: Mapping[str, Any]) -> Any:
    if () in lost:
        return dict(stand_ins)
    return {**{key: value for key, value in stand_ins.items() if (key,) in lost}, **data} if lost else data


def _culprit(error: ShapeError) -> Path:
    """What has to go: the value itself, or the mapping around a key that is missing; but never the whole file for
    one missing key, which a stand-in replaces.
    """
    if error.kind == "missing" and len(error.path) > 1:
        return error.path[:-1]
    return error.path


@dataclass(frozen=True, slots=True)
class _Remains:
    lost: frozenset[Path]
    kept: dict[Path, tuple[int, ...]]

    def of(self, data: Any, path: Path) -> Any:
        if not self.lost:
            return data
        if isinstance(data, dict):
            return {key: self.of(value, (*path, key)) for key, value in data.items() if (*path, key) not in self.lost}
        if isinstance(data, list):
            left = tuple(index for index in range(len(data)) if (*path, index) not in self.lost)
            self.kept[path] = left
            return [self.of(data[index], (*path, index)) for index in left]
        return data

    def restored(self, error: ShapeError) -> ShapeError:
        """The error at the path that it has in the file."""
        path: Path = ()
        for part in error.path:
            here = self.kept.get(path)
            path = (*path, here[part] if here is not None and isinstance(part, int) else part)
        return ShapeError(path, error.kind, error.value, error.context, error.is_about_key)
