"""The rows that were not taken, as a file to mend and import again."""

import csv
import io
from collections.abc import Iterable

from engine.contacts.cells import csv_cell
from engine.contacts.columns import LEFTOVER_HEADER
from engine.contacts.rows import ContactFile, ContactRow


def leftover_csv(file: ContactFile, rejected: Iterable[tuple[ContactRow, str, str]]) -> bytes:
    """Each row with its problem and advice in front of its original cells; `read_contact_file` skips those columns.

    The byte order mark tells spreadsheets that this is UTF-8, and no cell can act as a formula there.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(csv_cell, (*LEFTOVER_HEADER, *file.header)))
    for row, problem, advice in rejected:
        writer.writerow(map(csv_cell, (str(row.line), problem, advice, *row.raw)))
    return text.getvalue().encode("utf-8-sig")
