"""Contact files brought into a world, and everything that it then knows, for comparing."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from engine.operations.importing.files import ImportReport, import_contacts, import_defaults
from engine.store import tables
from tests.support.contact_files import SAMPLES
from tests.support.world import World

EXPORTS = {"apollo_export.csv": "US", "hubspot_export.csv": "US", "call_in_cn.csv": "CN"}
_TRACES = ("import_batch", "audit")
_PEOPLE = ("suppression", "stage_change", "source_ref", "address", "prospect", "account", *_TRACES)


def bring(world: World, data: str | bytes, country: str | None = None, **options: Any) -> ImportReport:
    """Options are those of `import_contacts`; the file is called people.csv unless named."""
    raw = data.encode() if isinstance(data, str) else data
    defaults = import_defaults(world.ctx.workspace(), country=country)
    named: dict[str, Any] = {"name": "people.csv", "actor": "test", "defaults": defaults} | options
    return import_contacts(world.ctx, raw, **named)


def bring_sample(world: World, name: str, **options: Any) -> ImportReport:
    return bring(world, sample(name), EXPORTS[name], name=name, **options)


def sample(name: str) -> bytes:
    return Path(SAMPLES / name).read_bytes()


def table_of(*rows: dict[str, str]) -> str:
    """Rows as a CSV file whose columns are all those that any row names."""
    header = list(dict.fromkeys(column for row in rows for column in row))
    lines = [header, *([row.get(column, "") for column in header] for row in rows)]
    return "".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines)


def outcomes(report: ImportReport) -> list[str]:
    return [row.outcome.value for row in report.rows]


def codes(report: ImportReport) -> list[list[str]]:
    return [[note.reason_code for note in row.notes] for row in report.rows]


def everything(world: World, *, besides: Iterable[str] = _TRACES) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but those."""
    with world.ctx.database.read() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for name, table in tables.metadata.tables.items()
            if name not in besides
        }


def forget_everybody(world: World) -> None:
    with world.ctx.database.write() as connection:
        for name in _PEOPLE:
            connection.execute(delete(tables.metadata.tables[name]))


def values_of(world: World, kind: str) -> list[str]:
    return [row.value for row in world.rows("address", kind=kind)]
