"""A contact file of any shape -> a ContactFile: one row per data row, none lost, each with what is wrong with it."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from zoneinfo import ZoneInfo

from engine.contacts.columns import Columns, recognise
from engine.contacts.decoding import decode
from engine.contacts.grid import Record, data_records, split_lines
from engine.contacts.instants import Order, order_of
from engine.contacts.row_reading import Setting, read_row
from engine.contacts.rows import ContactFile, ContactRow, ImportDefaults
from engine.contacts.stages import folded_aliases

_NONE: Mapping[str, str] = MappingProxyType({})


def read_contact_file(
    data: bytes,
    *,
    name: str,
    defaults: ImportDefaults,
    mapping: Mapping[str, str] | None = None,
    stage_aliases: Mapping[str, str] = _NONE,
    progress: Callable[[int, int], None] | None = None,
) -> ContactFile:
    """`mapping` gives headers to fields (`header_words.FIELDS`) and goes before what is recognised; `stage_aliases`
    gives the words of other systems to the workspace's stages. `progress` is told (rows read, rows in all). Raises
    BadInput if the file as a whole is hopeless.
    """
    text, encoding = decode(data, name=name)
    lines = split_lines(text)
    columns = recognise(lines, mapping or _NONE, name=name)
    records = list(data_records(lines, columns.delimiter, columns.width))
    setting = Setting(
        columns=columns,
        defaults=defaults,
        zone=ZoneInfo(defaults.zone),
        stage_words=folded_aliases(stage_aliases),
        date_order=_date_order(records, columns, defaults.country),
        encoding=encoding,
    )
    return ContactFile(
        name=name,
        encoding=encoding,
        delimiter=columns.delimiter,
        format=columns.format,
        header=columns.header,
        columns=MappingProxyType(columns.by_header()),
        unknown_headers=columns.unknown(),
        rows=tuple(_rows(records, setting, progress)),
    )


def _rows(records: list[Record], setting: Setting, progress: Callable[[int, int], None] | None) -> Iterator[ContactRow]:
    for done, record in enumerate(records, start=1):
        yield read_row(record, setting)
        if progress is not None:
            progress(done, len(records))


_DATES = ("received_at", "consent_at")


def _date_order(records: list[Record], columns: Columns, country: str | None) -> Order:
    places = [columns.skip + at for at, field in enumerate(columns.fields) if field in _DATES]
    fitting = [record.cells for record in records if len(record.cells) == columns.width]
    return order_of((cells[at] for cells in fitting for at in places), country)
