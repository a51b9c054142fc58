"""Brings a database to the newest migration, or back."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.store.database import Database

_BESIDE_PACKAGE = Path(__file__).parents[2] / "alembic"
_IN_WHEEL = Path(__file__).parents[1] / "share" / "alembic"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_BESIDE_PACKAGE if _BESIDE_PACKAGE.is_dir() else _IN_WHEEL))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    _move(database, command.upgrade, revision)


def downgrade(database: Database, revision: str) -> None:
    _move(database, command.downgrade, revision)


def _move(database: Database, act: Callable[[Config, str], None], revision: str) -> None:
    config = _config()
    with database.remake() as connection:
        config.attributes["connection"] = connection
        act(config, revision)


def is_at_head(database: Database) -> bool:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
