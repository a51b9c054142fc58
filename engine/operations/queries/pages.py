"""Pages by keyset: a cursor names the last row that was shown, so a page never moves under its reader."""

import base64
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import orjson

from engine.core.errors import BadInput

LARGEST = 200
Item = TypeVar("Item")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """`next_cursor` is null on the last page."""

    items: tuple[Item, ...]
    next_cursor: str | None


def encode(*key: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def decode(cursor: str, *kinds: Callable[[Any], Any]) -> list[Any]:
    """The parts of a key, each read by its kind. Raises BadInput for anything that `encode` did not write."""
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        return [kind(part) for kind, part in zip(kinds, parts, strict=True)]
    except (NotBase64, orjson.JSONDecodeError, ValueError, TypeError, UnicodeError):
        message = "that cursor is not one of ours; give next_cursor as it was returned, or none for the first page"
        raise BadInput(message, field="cursor") from None


def instant(text: str) -> datetime:
    """For keys of instants. Raises ValueError for one without a zone."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


def id_of(cursor: str | None) -> int:
    """For pages in id order."""
    if cursor is None:
        return 0
    number: int = decode(cursor, int)[0]
    return number


def page_of(rows: Sequence[Row], limit: int, shown: Callable[[Row], Item], key: Callable[[Row], Any]) -> Page[Item]:
    """`rows` holds one more than fits when there is a next page."""
    here = rows[:limit]
    more = encode(key(here[-1])) if len(rows) > limit else None
    return Page(tuple(shown(row) for row in here), more)


def every(ask: Callable[[str | None], Page[Item]]) -> Iterator[Item]:
    """All there is, a page at a time: `ask` is given the cursor."""
    cursor, is_last = None, False
    while not is_last:
        page = ask(cursor)
        yield from page.items
        cursor, is_last = page.next_cursor, page.next_cursor is None
