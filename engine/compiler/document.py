"""A YAML text as plain data, where every key and value still knows its line and column."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ruamel.yaml.events import (
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from engine.compiler.events import Mark, mark_of, scan
from engine.compiler.problems import Complaint, Problem, Severity, reported
from engine.compiler.scalars import Scalar, read_plain

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """`spoiled` are the values that were refused as YAML traps: whatever else is wrong with them follows from that."""

    file: str
    data: Any
    values: Mapping[Path, Mark]
    keys: Mapping[Path, Mark]
    spoiled: frozenset[Path] = frozenset()

    def mark(self, path: Path) -> Mark:
        """Line and column of the value, or of the nearest thing around it that is in the file."""
        return self._nearest(path, self.values)

    def key_mark(self, path: Path) -> Mark:
        """Line and column of the key that leads to the value; of the value itself in a list."""
        return self.keys.get(path) or self.mark(path)

    def is_spoiled(self, path: Path) -> bool:
        return any(path[:length] in self.spoiled for length in range(len(path) + 1))

    def problem(
        self, path: Path, complaint: Complaint, *, at_key: bool = False, severity: Severity = "error"
    ) -> Problem:
        line, column = self.key_mark(path) if at_key else self.mark(path)
        return located(self.file, (line, column), complaint, severity)

    def _nearest(self, path: Path, marks: Mapping[Path, Mark]) -> Mark:
        for length in range(len(path), -1, -1):
            if path[:length] in marks:
                return marks[path[:length]]
        return 1, 1


def located(file: str, mark: Mark, complaint: Complaint, severity: Severity = "error") -> Problem:
    return Problem(file, *mark, severity, complaint.code, complaint.message, complaint.expected, complaint.advice)


def read_yaml(text: str, file: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """Plain data of a single YAML document. None when it could not be read at all; a document that comes with
    problems is good for finding further ones, not for use.
    """
    scanned = scan(text)
    if scanned.refusals:
        return None, tuple(located(file, mark, complaint) for mark, complaint in scanned.refusals)
    if not scanned.events:
        return None, (located(file, (1, 1), _EMPTY),)
    composer = _Composer(file, iter(scanned.events))
    data = composer.node((), next(composer.events))
    document = Document(file, data, composer.values, composer.keys, frozenset(composer.spoiled))
    return document, reported(composer.problems)


_EMPTY = Complaint("empty-file", "the file is empty", "keys and values", "write it, or delete the file")
_CONTROL = Complaint(
    "yaml-character", "an escape stands for a character that is no text", "printable text", "remove the escape"
)
_NOT_A_KEY = Complaint("key-not-text", "a list or mapping stands as a key", "a word as key", "write a word")


@dataclass(slots=True)
class _Composer:
    file: str
    events: Iterator[Event]
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    spoiled: set[Path] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def node(self, path: Path, event: Event) -> Any:
        mark = mark_of(event)
        self.values[path] = mark
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        return self._scalar(path, event, mark)

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self.node((*path, len(items)), event))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(path, event)
            if key is None or key in pairs:
                self._skip(next(self.events))
                continue
            self.keys[(*path, key)] = mark_of(event)
            pairs[key] = self._beside_key((*path, key), mark_of(event), next(self.events))
        return pairs

    def _beside_key(self, path: Path, key: Mark, event: Event) -> Any:
        """An empty value is somewhere behind its key, even on the next line: the key is where one looks for it."""
        if isinstance(event, ScalarEvent) and not event.value and event.implicit[0]:
            return self._scalar(path, event, key)
        return self.node(path, event)

    def _key(self, path: Path, event: Event) -> str | None:
        """The key as text; None for what cannot be one. A repeated key is reported, and its first value stays."""
        if not isinstance(event, ScalarEvent):
            self._complain(event, _NOT_A_KEY)
            self._skip(event)
            return None
        key = _value(event)
        if isinstance(key, Complaint):
            self._complain(event, key)
        elif not isinstance(key, str):
            self._complain(event, _key_not_text(event.value))
        written = _written(event)
        if first := self.keys.get((*path, written)):
            self._complain(event, _duplicate(written, first))
        return written

    def _scalar(self, path: Path, event: Event, mark: Mark) -> Scalar:
        assert isinstance(event, ScalarEvent)  # noqa: S101 - an alias never gets here, scan() refuses it
        value = _value(event)
        if not isinstance(value, Complaint):
            return value
        self.problems.append(located(self.file, mark, value))
        self.values[path] = mark
        self.spoiled.add(path)
        return _written(event)

    def _skip(self, event: Event) -> None:
        depth = 0
        while True:
            if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                depth += 1
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                depth -= 1
            if depth == 0:
                return
            event = next(self.events)

    def _complain(self, event: Event, complaint: Complaint) -> None:
        self.problems.append(located(self.file, mark_of(event), complaint))


def _value(event: ScalarEvent) -> Scalar | Complaint:
    value: str = event.value
    if event.implicit[0]:
        return read_plain(value)
    return _CONTROL if any(_is_no_text(character) for character in value) else value


def _written(event: ScalarEvent) -> str:
    """The characters of the scalar; a lone half of a surrogate pair, which nothing can print, as a question mark."""
    text: str = event.value
    return text.encode(errors="replace").decode()


def _is_no_text(character: str) -> bool:
    return (character < " " and character not in "\n\t\r") or "\ud800" <= character <= "\udfff"


def _key_not_text(written: str) -> Complaint:
    return Complaint("key-not-text", f"the key {written[:60]} is no text", "a word as key", f'write "{written[:60]}"')


def _duplicate(key: str, first: Mark) -> Complaint:
    return Complaint(
        "duplicate-key",
        f'the key "{key[:60]}" stands here a second time (first at {first[0]}:{first[1]})',
        "each key once",
        "delete one of the two, or rename it",
    )
