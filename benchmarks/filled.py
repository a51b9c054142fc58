"""A database with many enrollments whose next touch is pending, made inside the database; some of them fall due."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import CTE, ColumnDefault, ColumnElement, Integer, String, cast, func, insert, literal, select, update

from engine.operations import authoring
from engine.operations.context import Context
from engine.runtime.clock import ManualClock
from engine.runtime.files import read_project, shipped
from engine.runtime.settings import Settings
from engine.runtime.wiring import open_context
from engine.store import migrations, tables
from engine.store.connection import Connection
from engine.store.database import Database

NOW = datetime(2026, 3, 4, 16, tzinfo=UTC)  # a Wednesday, 11 o'clock in New York
SEQUENCE = "outbound-7x3x21"
_FAR = NOW + timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Kind:
    """Which step of the sequence is pending for everybody."""

    step: str
    lane: str
    verb: str


CALL = Kind("call-1", "phone", "call")
MAIL = Kind("intro", "auto", "email")
# One pending touch in each lane, as the engine keeps them.
_LANES = (MAIL, CALL, Kind("connect", "social", "linkedin"), Kind("personal", "email-by-rep", "personal_email"))


def open_filled(url: str, folder: Path, *, people: int, mailboxes: int = 1) -> Context:
    """`people`, each with a mail address, a phone number and a touch in each lane, pending for a month from now."""
    database = Database(url)
    migrations.upgrade(database)
    database.close()
    ctx = open_context(Settings(data=folder, database_url=url), now=ManualClock(NOW))
    authoring.apply(ctx, read_project(shipped() / "sequences"), actor="benchmark")
    with ctx.database.write() as connection:
        _fill(connection, people, _add_mailboxes(connection, mailboxes))
    with ctx.database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    return ctx


def make_due(ctx: Context, kind: Kind, first: int, count: int) -> None:
    """That touch of `count` people from this id on is due now."""
    touch = tables.touch
    with ctx.database.write() as connection:
        whose = (touch.c.prospect_id >= first, touch.c.prospect_id < first + count)
        chosen = (*whose, touch.c.step == kind.step)
        connection.execute(update(touch).where(*chosen).values(due_at=NOW - timedelta(minutes=1)))


def _add_mailboxes(connection: Connection, count: int) -> int:
    """The id of the first; the others follow."""
    taken = connection.execute(select(func.max(tables.mailbox.c.id))).scalar_one()
    rows = [
        {"id": taken + one, "rep_id": 1, "address": f"rep{one}@bench.example", "display_name": f"Rep {one}"}
        for one in range(1, count + 1)
    ]
    connection.execute(insert(tables.mailbox), rows)
    return int(taken) + 1


def _fill(connection: Connection, people: int, first_mailbox: int) -> None:
    number = _numbers(people)
    one = number.c.one
    boxes = connection.execute(select(func.count()).where(tables.mailbox.c.id >= first_mailbox)).scalar_one()
    version = connection.execute(
        select(func.max(tables.sequence_version.c.id)).where(tables.sequence_version.c.sequence_key == SEQUENCE)
    ).scalar_one()
    name = literal("Person ") + cast(one, String)
    mail = literal("person") + cast(one, String) + literal("@x") + cast(one, String) + literal(".example")
    person = {
        "id": one, "name": name, "first_name": "Person", "locale": "en", "country": "US", "zone": "America/New_York",
        "zone_origin": "own column", "created_at": NOW,
    }  # fmt: skip
    address = {
        "prospect_id": one,
        "kind": "email",
        "value": mail,
        "key": mail,
        "match_key": mail,
        "quality": "verified",
    }
    phone = literal("+1212") + cast(one + 2_000_000, String)
    second = address | {"kind": "phone", "value": phone, "key": phone, "match_key": phone}
    enrollment = {
        "id": one, "prospect_id": one, "sequence_key": SEQUENCE, "version_id": version, "status": "active", "rep_id": 1,
        "mailbox_id": first_mailbox + one % boxes, "locale": "en", "zone": "America/New_York",
        "zone_origin": "prospect", "day_one": NOW.date(),
        "enrolled_at": NOW, "admitted_at": NOW, "batch": "benchmark", "actor": "benchmark", "rotation": 1,
    }  # fmt: skip
    for table, values in (("prospect", person), ("address", address), ("address", second), ("enrollment", enrollment)):
        _insert(connection, table, values, number)
    for place, kind in enumerate(_LANES):
        _insert(connection, "touch", _touch(one, place * people, kind), number)
    for table in ("prospect", "enrollment", "touch"):
        _number_on(connection, table)


def _touch(one: ColumnElement[int], offset: int, kind: Kind) -> dict[str, Any]:
    return {
        "id": one + offset, "enrollment_id": one, "prospect_id": one, "step": kind.step, "lane": kind.lane,
        "verb": kind.verb, "status": "scheduled", "nominal_date": NOW.date(), "due_date": NOW.date(), "due_at": _FAR,
        "repeat": 0,
    }  # fmt: skip


def _number_on(connection: Connection, table: str) -> None:
    """PostgreSQL counts on from what it gave out itself."""
    if connection.dialect.name != "sqlite":
        greatest = select(func.max(tables.metadata.tables[table].c.id)).scalar_subquery()
        connection.execute(select(func.setval(func.pg_get_serial_sequence(table, "id"), greatest)))


def _numbers(rows: int) -> CTE:
    first = select(literal(1, Integer).label("one")).cte("number", recursive=True)
    return first.union_all(select(first.c.one + 1).where(first.c.one < rows))


def _insert(connection: Connection, name: str, values: dict[str, Any], number: CTE) -> None:
    """Columns that are not given take the defaults that the models have."""
    table = tables.metadata.tables[name]
    for column in table.columns:
        if isinstance(column.default, ColumnDefault) and column.default.is_scalar and column.name not in values:
            values = values | {column.name: column.default.arg}
    columns = [
        value.label(key) if hasattr(value, "label") else literal(value, table.c[key].type).label(key)
        for key, value in values.items()
    ]
    connection.execute(insert(table).from_select(list(values), select(*columns).select_from(number)))
