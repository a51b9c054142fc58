"""Runs migrations on the connection it is given, or on TOUCHLINE_DATABASE_URL."""

import os
from typing import Literal

from alembic import context
from sqlalchemy import Connection
from sqlmodel import AutoString

from engine.store import tables
from engine.store.database import Database
from engine.store.types import UtcDateTime


def _plain_types(kind: str, item: object, _context: object) -> str | Literal[False]:
    """A migration must not change when our column types do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        render_item=_plain_types,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


_given: Connection | None = context.config.attributes.get("connection")
if _given is not None:
    _run(_given)
else:
    with Database(os.environ.get("TOUCHLINE_DATABASE_URL", "sqlite:///data/touchline.db")).write() as _made:
        _run(_made)
