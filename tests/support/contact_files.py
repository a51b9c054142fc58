"""Contact files for tests: the bundled exports, and small ones written on the spot."""

from collections.abc import Mapping
from pathlib import Path

from engine.contacts.reading import read_contact_file
from engine.contacts.rows import ContactFile, ContactRow, ImportDefaults

SAMPLES = Path(__file__).parents[1] / "data" / "contacts"
US = ImportDefaults(country="US", zone="America/New_York", locale="en")
CN = ImportDefaults(country="CN", zone="Asia/Shanghai", locale="zh")
STAGES: Mapping[str, str] = {
    "Cold": "cold",
    "Replied": "replied",
    "Approaching": "approaching",
    "Do Not Contact": "do_not_contact",
    "NEW": "new",
    "OPEN": "open",
    "IN_PROGRESS": "in_progress",
    "ATTEMPTED_TO_CONTACT": "attempted",
    "UNQUALIFIED": "unqualified",
}


def read_sample(name: str, defaults: ImportDefaults) -> ContactFile:
    data = (SAMPLES / name).read_bytes()
    return read_contact_file(data, name=name, defaults=defaults, stage_aliases=STAGES)


def read_text(text: str, defaults: ImportDefaults = US) -> ContactFile:
    return read_contact_file(text.encode(), name="people.csv", defaults=defaults, stage_aliases=STAGES)


def read_one(defaults: ImportDefaults = US, **cells: str) -> ContactRow:
    """A file of one row; underscores in the names of its columns stand for spaces."""
    header = "\t".join(name.replace("_", " ") for name in cells)
    quoted = "\t".join(f'"{value.replace(chr(34), chr(34) * 2)}"' for value in cells.values())
    (row,) = read_text(f"{header}\n{quoted}\n", defaults).rows
    return row


def codes(row: ContactRow) -> list[str]:
    return [problem.reason_code for problem in row.problems]
