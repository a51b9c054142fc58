"""Rows that two may want to insert at the same moment."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.connection import Connection, Record


def insert_unless_there(
    connection: Connection,
    table: Table,
    row: Mapping[str, Any],
    *,
    unique: Sequence[str],
    where: ColumnElement[bool] | None = None,
) -> Record | None:
    """The new row; None where one with the same `unique` columns is there already, however recently it came.

    `where` is the condition of a partial index.
    """
    made = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    once = made.values(**row).on_conflict_do_nothing(index_elements=unique, index_where=where)
    return connection.execute(once.returning(table)).one_or_none()
