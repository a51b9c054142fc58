"""Text of a contact file -> records of cells, each with the physical line it begins on. Nothing is lost on the way:
a quotation mark that is never closed would swallow the rows below it, and is noticed by that.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.contacts.cells import from_csv_cell

DELIMITERS = (",", ";", "\t", "|")
_SEPARATOR_LINE = re.compile(r"^sep=(.)\r?\n", re.IGNORECASE)  # Excel's own way to name the delimiter
_TELLING_WIDTH = 3  # in a file of two columns every sentence with a comma would look like a row
_PHONE_DIGITS = 7
_LONGEST_LINE = 10_000  # beyond it, pairing quotation marks could take for ever


@dataclass(frozen=True, slots=True)
class Record:
    line: int
    cells: tuple[str, ...]
    has_open_quote: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """The physical lines; `start` is the index of the header's."""

    texts: tuple[str, ...]
    start: int
    declared_delimiter: str | None


def split_lines(text: str) -> Lines:
    texts = tuple(io.StringIO(text, newline=""))
    declared = _SEPARATOR_LINE.match(text)
    start = 1 if declared else 0
    while start < len(texts) and not texts[start].strip(" \t\r\n\0;,|"):
        start += 1
    return Lines(texts, start, declared[1] if declared else None)


def header_record(lines: Lines, delimiter: str) -> Record:
    """The header as it reads with this delimiter."""
    return next(_records(lines.texts, lines.start, delimiter, width=0))


def data_records(lines: Lines, delimiter: str, width: int) -> Iterator[Record]:
    records = _records(lines.texts, lines.start, delimiter, width)
    next(records)
    for record in records:
        if any(cell.strip(" \t\r\n\0\u3000") for cell in record.cells):
            yield _without_empty_tail(record, width)


def _without_empty_tail(record: Record, width: int) -> Record:
    """Spreadsheets add empty cells behind the last column."""
    cells = record.cells
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return Record(record.line, cells, record.has_open_quote)


def _records(texts: tuple[str, ...], start: int, delimiter: str, width: int) -> Iterator[Record]:
    feed = _Feed(texts, start)
    reader = csv.reader(feed, delimiter=delimiter)
    while feed.at < len(texts):
        first = feed.at
        cells = _next_cells(reader)
        if cells is None or _has_swallowed(cells, texts[first : feed.at], delimiter, width):
            feed.at = first + 1
            yield Record(first + 1, _stored(_cells_of_one_line(texts[first], delimiter)), has_open_quote=True)
        else:
            yield Record(first + 1, _stored(cells))


def _stored(cells: list[str]) -> tuple[str, ...]:
    return tuple(from_csv_cell(cell) for cell in cells)


def _next_cells(reader: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(reader)
    except csv.Error:  # a cell beyond 128 KB: an open quote in a large file
        return None


def _has_swallowed(cells: list[str], texts: tuple[str, ...], delimiter: str, width: int) -> bool:
    """An open quote took in what followed: the first line is a whole row by itself, and either the record does not
    fit or a further line is a whole row, too.
    """
    if len(texts) == 1 and len(cells) == width:
        return False
    first, *others = texts
    if not _is_whole_row(first, delimiter, width):
        return False
    return len(cells) != width or any(_has_address(text) and _is_whole_row(text, delimiter, width) for text in others)


def _is_whole_row(text: str, delimiter: str, width: int) -> bool:
    is_long_enough = text.count(delimiter) >= width - 1 >= _TELLING_WIDTH - 1
    return is_long_enough and len(_cells_of_one_line(text, delimiter)) == width


def _has_address(text: str) -> bool:
    return "@" in text or sum(character.isdigit() for character in text) >= _PHONE_DIGITS


def _cells_of_one_line(text: str, delimiter: str) -> list[str]:
    """Splits a line so that a quotation mark without its partner is a character like any other."""
    bare = text.rstrip("\r\n")
    if len(bare) > _LONGEST_LINE:
        return bare.split(delimiter)
    mark = re.escape(delimiter)
    cells = re.finditer(rf'(?:^|(?<={mark}))(?:"((?:[^"]|"")*)"|([^{mark}]*))(?={mark}|$)', bare)
    return [cell[2] if cell[1] is None else cell[1].replace('""', '"') for cell in cells]


class _Feed:
    """Hands lines to the csv reader and can be set back when it read too far."""

    def __init__(self, texts: tuple[str, ...], at: int) -> None:
        self.texts = texts
        self.at = at

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if self.at >= len(self.texts):
            raise StopIteration
        self.at += 1
        return self.texts[self.at - 1]
