"""The first look at a YAML text: its stream of events, with everything refused that has no place in these files.

Nothing is built here. An alias is refused as an event, so a text whose aliases would unfold into a billion leaves
costs no more than reading it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from engine.compiler.problems import Complaint

LARGEST_BYTES = 256 * 1024
DEEPEST = 20

Mark: TypeAlias = tuple[int, int]
Located: TypeAlias = tuple[Mark, Complaint]

# ruamel.yaml lets these out for a bad escape (`"\U00110000"`) and a bad %YAML version.
_PARSER_SLIPS = (ValueError, AssertionError)


@dataclass(frozen=True, slots=True)
class Scan:
    """The events of the text's nodes, or what speaks against reading it."""

    events: tuple[Event, ...]
    refusals: tuple[Located, ...]


def scan(text: str) -> Scan:
    if len(text.encode(errors="surrogatepass")) > LARGEST_BYTES:
        return Scan((), (((1, 1), _TOO_LARGE),))
    kept: list[Event] = []
    refusals: dict[str, Located] = {}
    try:
        for event, complaint in _judged(text):
            if complaint:
                refusals.setdefault(complaint.code, (mark_of(event), complaint))
            if complaint is _TOO_DEEP:
                break
            kept.append(event)
    except (YAMLError, *_PARSER_SLIPS) as error:
        refusals["yaml-syntax"] = _syntax(error, text, mark_of(kept[-1]) if kept else (1, 1))
    nodes = tuple(event for event in kept if isinstance(event, _NODES))
    return Scan(() if refusals else nodes, tuple(refusals.values()))


_NODES = (ScalarEvent, SequenceStartEvent, SequenceEndEvent, MappingStartEvent, MappingEndEvent)


def mark_of(event: Event) -> Mark:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _judged(text: str) -> Iterator[tuple[Event, Complaint | None]]:
    depth = documents = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, (SequenceStartEvent, MappingStartEvent)):
            depth += 1
        elif isinstance(event, (SequenceEndEvent, MappingEndEvent)):
            depth -= 1
        documents += isinstance(event, DocumentStartEvent)
        yield event, _TOO_DEEP if depth > DEEPEST else _refusal(event, documents)


def _refusal(event: Event, documents: int) -> Complaint | None:
    if isinstance(event, AliasEvent):
        return _ALIAS
    if isinstance(event, DocumentStartEvent):
        if event.version or event.tags:
            return _DIRECTIVE
        return _SECOND_DOCUMENT if documents > 1 else None
    if not isinstance(event, (ScalarEvent, SequenceStartEvent, MappingStartEvent)):
        return None
    if event.anchor:
        return _ANCHOR
    if event.ctag is not None:
        return _TAG
    if isinstance(event, ScalarEvent) and event.value == "<<" and event.implicit[0]:
        return _MERGE
    return None


def _syntax(error: Exception, text: str, last: Mark) -> Located:
    if isinstance(error, ReaderError):
        return _place(text, error.position), _UNPRINTABLE
    if not isinstance(error, MarkedYAMLError):
        return last, _cannot_read("a bad escape or directive")
    mark = error.problem_mark or error.context_mark
    problem = " ".join((error.problem or "cannot be read").split())
    place = (mark.line + 1, mark.column + 1) if mark else last
    return place, _TAB if "'\\t'" in problem else _cannot_read(problem)


def _place(text: str, index: int) -> Mark:
    before = text[:index]
    return before.count("\n") + 1, index - before.rfind("\n")


def _cannot_read(problem: str) -> Complaint:
    return Complaint(
        "yaml-syntax",
        f"this is not YAML: {problem}",
        "keys, values and lists",
        "look here and on the line above for a missing quote, bracket, colon or space",
    )


_TOO_LARGE = Complaint("too-large", "the file is too large", "at most 256 KB", "split it into several files")
_TOO_DEEP = Complaint("too-deep", "the file is nested too deep", f"at most {DEEPEST} levels", "write it flatter")
_ALIAS = Complaint("yaml-alias", "an alias (*name) stands here", "plain values", "write the value out in full")
# The same code, so that a file is told once that names for values are not for it.
_ANCHOR = Complaint("yaml-alias", "an anchor (&name) stands here", "plain values", "write each value out in full")
_TAG = Complaint("yaml-tag", "a tag (!name) stands here", "plain values", "remove the tag")
_MERGE = Complaint("yaml-merge", "a merge key (<<) stands here", "plain keys", "write the keys out in full")
_DIRECTIVE = Complaint("yaml-directive", "a directive (%YAML or %TAG) stands above", "none", "remove the directive")
_SECOND_DOCUMENT = Complaint(
    "yaml-documents", "a second document starts here", "one document in a file", "move it to a file of its own"
)
_TAB = Complaint("yaml-tab", "a tab stands in the indentation", "spaces", "replace the tab by spaces")
_UNPRINTABLE = Complaint(
    "yaml-character", "an unprintable character stands here", "printable text in UTF-8", "delete the character"
)
