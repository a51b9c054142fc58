"""`column` is one of many ids, handed over as one value: the statement stays the same however many there are.

A list of parameters would be compiled, parsed and planned anew for each length, which costs more than the query.
"""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Dialect, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine


class _Ids(TypeDecorator[Collection[int]]):
    """An array on PostgreSQL, JSON text on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(BigInteger))

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> Any:
        ids = list(value or ())
        return json.dumps(ids) if dialect.name == "sqlite" else ids


class _Among(FunctionElement[Any]):
    name = "among"
    inherit_cache = True
    type = NullType()  # as a Boolean, SQLite would be asked whether it `= 1`, which no index answers


def among(column: ColumnElement[int], ids: Collection[int] | None = None, *, named: str = "ids") -> ColumnElement[bool]:
    """Without `ids` they are given when the statement is run, as its parameter of this name."""
    if ids is None:
        return _Among(column, bindparam(named, type_=_Ids()))
    return _Among(column, bindparam(None, ids, type_=_Ids()))


@compiles(_Among, "postgresql")
def _as_array(element: _Among, compiler: SQLCompiler, **given: Any) -> str:
    column, ids = element.clauses
    return f"{compiler.process(column, **given)} = ANY({compiler.process(ids, **given)})"


@compiles(_Among, "sqlite")
def _as_json(element: _Among, compiler: SQLCompiler, **given: Any) -> str:
    column, ids = element.clauses
    listed = compiler.process(ids, **given)
    return f"{compiler.process(column, **given)} IN (SELECT value FROM json_each({listed}))"  # noqa: S608 - a bound one
