"""The names that other rooms may use for what this room hands out."""

from typing import Any

from sqlalchemy import Connection, Row

Record = Row[*tuple[Any, ...]]

__all__ = ["Connection", "Record"]
