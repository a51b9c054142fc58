"""Brings a database to the newest migration, or back."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.core.errors import BadInput
from engine.store.database import Database

_ENDS = ("head", "base")

_BESIDE_PACKAGE = Path(__file__).parents[2] / "alembic"
_IN_WHEEL = Path(__file__).parents[1] / "share" / "alembic"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_BESIDE_PACKAGE if _BESIDE_PACKAGE.is_dir() else _IN_WHEEL))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Raises BadInput for a revision that nobody knows: the one asked for, or the one the database is at."""
    _move(database, command.upgrade, revision)


def downgrade(database: Database, revision: str) -> None:
    """Raises BadInput as `upgrade` does."""
    _move(database, command.downgrade, revision)


def _move(database: Database, act: Callable[[Config, str], None], revision: str) -> None:
    config = _config()
    known = sorted(script.revision for script in ScriptDirectory.from_config(config).walk_revisions())
    if revision not in {*known, *_ENDS}:
        raise BadInput(f"{revision[:40]!r} is no migration; there are {', '.join((*known, *_ENDS))}")
    present = current(database)
    if present not in {*known, None}:
        raise BadInput(f"the database is at migration {present}, which only a newer Touchline has; run that one")
    with database.remake() as connection:
        config.attributes["connection"] = connection
        act(config, revision)


def current(database: Database) -> str | None:
    """None before the first migration."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_at_head(database: Database) -> bool:
    return current(database) == ScriptDirectory.from_config(_config()).get_current_head()
