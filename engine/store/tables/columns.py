"""Shorthands for the table definitions."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Table, Text, text
from sqlmodel import Field, SQLModel

from engine.store.types import Id, UtcDateTime

_JSON = JSON(none_as_null=True)
# For tables from which the newest row may be deleted: whoever still holds its id must find nothing, not another row.
# SQLite would give that id out again; PostgreSQL never does.
IDS_GIVEN_ONCE = {"sqlite_autoincrement": True}


def key() -> Any:
    return Field(default=None, primary_key=True, sa_type=Id)


def reference(column: str, *, nullable: bool = False, index: bool = False) -> Any:
    if nullable:
        return Field(default=None, foreign_key=column, nullable=True, index=index, sa_type=Id)
    return Field(foreign_key=column, nullable=False, index=index, sa_type=Id)


def instant(*, nullable: bool = False) -> Any:
    return Field(default=None, nullable=True, sa_type=UtcDateTime) if nullable else Field(sa_type=UtcDateTime)


def json_column() -> Any:
    return Field(default=None, nullable=True, sa_type=_JSON)


def long_text(default: str | None = "") -> Any:
    return Field(default=default, nullable=default is None, sa_type=Text)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """The states of the core tables, repeated where SQL can refuse a wrong one."""
    allowed = ", ".join(f"'{value}'" for value in sorted(values))
    return CheckConstraint(f"{column} IN ({allowed})", name=f"{column}_is_known")


def quoted(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def table_of(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
