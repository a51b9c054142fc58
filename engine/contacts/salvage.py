"""What can still be read from rows that cannot: an opt-out must reach the suppression list even when its row does not
reach the database.
"""

import re
from collections.abc import Sequence

from engine.contacts.addresses import addresses_in
from engine.contacts.cells import clean_line
from engine.contacts.columns import Cells, Columns
from engine.contacts.header_words import OPT_OUT_FIELDS
from engine.contacts.opt_outs import is_clear_yes, says_do_not_contact
from engine.contacts.phones import numbers_in
from engine.contacts.problems import row_problem
from engine.contacts.rows import ContactRow


def salvaged_addresses(cells: Cells) -> tuple[tuple[str, str], ...]:
    """Addresses in cells of a row that reads well but for those cells."""
    return tuple(("email", address) for cell in cells.get("email", ()) for address in addresses_in(cell.value))


def misfit_row(line: int, raw: tuple[str, ...], columns: Columns, countries: Sequence[str]) -> ContactRow:
    """A row whose cells do not fit the header: no cell's meaning is certain, so it is not taken."""
    fatal = row_problem("cells_do_not_fit", found=len(raw), expected=len(columns.header))
    reason, channels = _opt_out(raw, columns)
    return ContactRow(
        line=line,
        raw=raw,
        do_not_contact=reason,
        no_contact_by=channels,
        salvaged=_everything_like_an_address(raw, countries) if reason else (),
        problems=(fatal,),
    )


def _opt_out(raw: Sequence[str], columns: Columns) -> tuple[str | None, frozenset[str]]:
    for cell in raw:
        if says_do_not_contact(cell):
            return clean_line(cell)[:80], frozenset({"any"})
    pieces = (piece for cell in raw for piece in re.split(rf"[\n{re.escape(columns.delimiter)}]", cell))
    flags = {OPT_OUT_FIELDS[field]: header for header, field in columns.by_header().items() if field in OPT_OUT_FIELDS}
    if flags and any(map(is_clear_yes, pieces)):
        return f"{', '.join(flags.values())}: perhaps yes", frozenset(flags)
    return None, frozenset()


def _everything_like_an_address(raw: Sequence[str], countries: Sequence[str]) -> tuple[tuple[str, str], ...]:
    emails = [("email", address) for cell in raw for address in addresses_in(cell)]
    phones = [("phone", number) for cell in raw for number in numbers_in(cell, countries)]
    return tuple(dict.fromkeys([*emails, *phones]))
