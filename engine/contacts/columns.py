"""The header line -> which column holds which field, and whose export this is."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.contacts.cells import Cell, clean_line, fold, has_hanzi, is_nothing
from engine.contacts.grid import DELIMITERS, Lines, header_record
from engine.contacts.header_words import FIELD_OF_HEADER, FIELDS, IDENTIFYING, IGNORED, SIGNATURE_SIZE, SIGNATURES
from engine.core.errors import BadInput

# The cells of one row by field; several columns may hold the same field.
Cells = Mapping[str, Sequence[Cell]]

# What `leftover_csv` puts before the original columns; not read again when the mended file comes back.
LEFTOVER_HEADER = ("line", "problem", "advice")
_SHOWN = 30  # headers in an error message


@dataclass(frozen=True, slots=True)
class Columns:
    """`fields` has one entry per header, None where the header is unknown. `skip` leading columns are our own."""

    delimiter: str
    skip: int
    header: tuple[str, ...]
    fields: tuple[str | None, ...]
    format: str

    @property
    def width(self) -> int:
        return self.skip + len(self.header)

    def by_header(self) -> dict[str, str]:
        return {header: field for header, field in zip(self.header, self.fields, strict=True) if field}

    def unknown(self) -> tuple[str, ...]:
        return tuple(header for header, field in zip(self.header, self.fields, strict=True) if field is None)


def cells_by_field(raw: Sequence[str], columns: Columns) -> Cells:
    cells: dict[str, list[Cell]] = {}
    for header, field, value in zip(columns.header, columns.fields, raw, strict=True):
        if field:
            cells.setdefault(field, []).append(Cell(header, value))
    return cells


def first_cell(cells: Cells, field: str) -> Cell | None:
    """The first cell of the field that says anything."""
    return next((cell for cell in cells.get(field, ()) if not is_nothing(cell.value)), None)


def line_of(cells: Cells, field: str) -> str:
    cell = first_cell(cells, field)
    return clean_line(cell.value) if cell else ""


def recognise(lines: Lines, mapping: Mapping[str, str], *, name: str) -> Columns:
    _check_fields(mapping, name)
    if lines.start == len(lines.texts):
        raise BadInput(f"{name}: there is nothing but empty lines. The first line must name the columns.")
    candidates = [lines.declared_delimiter] if lines.declared_delimiter else DELIMITERS
    readings = [_columns(lines, delimiter, mapping) for delimiter in candidates]
    best = max(readings, key=_plausibility)
    _check_headers(best, mapping, name)
    if not IDENTIFYING & set(best.fields):
        raise BadInput(_hopeless(best, name), header=best.header)
    return best


def _plausibility(columns: Columns) -> tuple[int, int]:
    return sum(field is not None for field in columns.fields), len(columns.header)


def _columns(lines: Lines, delimiter: str, mapping: Mapping[str, str]) -> Columns:
    cells = tuple(clean_line(cell) for cell in header_record(lines, delimiter).cells)
    skip = len(LEFTOVER_HEADER) if cells[: len(LEFTOVER_HEADER)] == LEFTOVER_HEADER else 0
    header = _without_empty_end(cells[skip:])
    chosen = {_key(column): field for column, field in mapping.items()}
    fields = tuple(chosen.get(_key(cell)) or _field_of(cell) for cell in header)
    return Columns(delimiter, skip, header, fields, "mapped" if mapping else _format(header))


def _key(header: str) -> str:
    return fold(header) or clean_line(header)


def _without_empty_end(header: tuple[str, ...]) -> tuple[str, ...]:
    while header and not header[-1]:
        header = header[:-1]
    return header


def _field_of(header: str) -> str | None:
    """`Email 2` and `电话1` are further columns of the same field."""
    word = fold(header)
    return FIELD_OF_HEADER.get(word) or FIELD_OF_HEADER.get(word.rstrip("0123456789"))


def _format(header: Sequence[str]) -> str:
    words = {fold(cell) for cell in header}
    scores = {system: len(words & signature) for system, signature in SIGNATURES.items()}
    system = max(scores, key=lambda candidate: scores[candidate])
    if scores[system] >= SIGNATURE_SIZE:
        return system
    known = [cell for cell in header if _field_of(cell)]
    return "chinese" if sum(map(has_hanzi, known)) * 2 > len(known) else "generic"


def _check_fields(mapping: Mapping[str, str], name: str) -> None:
    for header, field in mapping.items():
        if field not in FIELDS:
            near = difflib.get_close_matches(field, FIELDS, n=1)
            meant = f" Did you mean `{near[0]}`?" if near else ""
            known = ", ".join(sorted(FIELDS))
            raise BadInput(
                f"{name}: the mapping gives column `{header}` to `{field}`, which is no field.{meant}"
                f" Fields are: {known}."
            )


def _check_headers(columns: Columns, mapping: Mapping[str, str], name: str) -> None:
    """A mapped column that is not there may be the one that holds the opt-outs: never guess."""
    present = {_key(cell) for cell in columns.header}
    missing = [header for header in mapping if _key(header) not in present]
    if missing:
        raise BadInput(
            f"{name}: the mapping names {_quoted(missing)}, but the file's columns are {_quoted(columns.header)}."
            " Correct the header in the mapping, or take it out."
        )


def _hopeless(columns: Columns, name: str) -> str:
    return (
        f"{name}: no column for a name, an email address or a phone among {_quoted(columns.header)}."
        " The first line must be the header. If it is, say what its columns hold with a mapping such as"
        f" `{{Kontakt: full_name, E-Post: email}}` (`{IGNORED}` leaves a column out)."
    )


def _quoted(headers: Sequence[str]) -> str:
    return ", ".join(f"`{header[:40]}`" for header in headers[:_SHOWN]) + (" ..." if len(headers) > _SHOWN else "")
