"""Column types that keep what the databases would lose."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine

# SQLite gives an autoincrementing rowid to INTEGER alone.
Id = BigInteger().with_variant(Integer, "sqlite")


class _AsText(sqlite.DATETIME):
    """SQLite keeps instants as text of one fixed form; `UtcDateTime` writes and reads it itself."""

    def bind_processor(self, dialect: Dialect) -> None:  # noqa: ARG002 - SQLAlchemy's signature
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> None:  # noqa: ARG002 - SQLAlchemy's signature
        return None


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Naive values are refused; what is read back is aware and UTC, on SQLite too (it drops zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(_AsText())  # type: ignore[no-untyped-call]  # SQLAlchemy's own __init__
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone")
        return _text(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return _instant(value) if dialect.name == "sqlite" else value.astimezone(UTC)


@lru_cache(maxsize=4096)
def _text(value: datetime) -> str:
    """Of fixed length, so that text order is the order of time; thousands of rows share a few instants."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


@lru_cache(maxsize=4096)
def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
