"""What is in a PostgreSQL database of ours, to be put into another: a sixth of the work of copying all its files."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from engine.store.tables import metadata

_TABLES = {table.name: sql.Identifier(table.name) for table in metadata.sorted_tables}  # who is referred to comes first
_WITH_ROWS = sql.SQL(" UNION ALL ").join(
    sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), table)
    for name, table in _TABLES.items()
)
_THROW_OUT = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_READ_COUNTS = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
_SET_COUNTS = """
SELECT setval(sequencename::regclass, coalesce(last, 1), last IS NOT NULL)
FROM pg_sequences LEFT JOIN unnest(%s::text[], %s::bigint[]) AS _ (name, last) ON name = sequencename
"""


@dataclass(frozen=True, slots=True)
class Contents:
    """The rows of each table that has any, and the last number of each sequence that has given any."""

    rows: dict[str, bytes]
    counts: dict[str, int]


NOTHING = Contents({}, {})


def read(url: str) -> Contents:
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        rows = {name: _copied(connection, name) for name in _with_rows(connection)}
        return Contents(rows, dict(connection.execute(_READ_COUNTS).fetchall()))


def replace(url: str, contents: Contents) -> None:
    """It has the tables, and whoever is connected to it is thrown out."""
    with psycopg.connect(url) as connection:
        connection.execute(_THROW_OUT)
        for name in reversed(_with_rows(connection)):
            connection.execute(sql.SQL("DELETE FROM {}").format(_TABLES[name]))
        for name, rows in contents.rows.items():
            with connection.cursor().copy(_copy(name, "FROM STDIN")) as copy:
                copy.write(rows)
        connection.execute(_SET_COUNTS, (list(contents.counts), list(contents.counts.values())))


def _with_rows(connection: psycopg.Connection[Any]) -> list[str]:
    found = {name for (name,) in connection.execute(_WITH_ROWS)}
    return [name for name in _TABLES if name in found]


def _copied(connection: psycopg.Connection[Any], name: str) -> bytes:
    with connection.cursor().copy(_copy(name, "TO STDOUT")) as copy:
        return b"".join(bytes(part) for part in copy)


def _copy(name: str, way: str) -> sql.Composed:
    return sql.SQL("COPY {} " + way + " (FORMAT binary)").format(_TABLES[name])
