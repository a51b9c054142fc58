from collections.abc import Iterator

import pytest

from engine.store.database import Database
from tests.support import rows
from tests.support.databases import opened


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """With one row in every table."""
    made = opened(database_url)
    with made.write() as connection:
        rows.fill(connection)
    yield made
    made.close()


@pytest.fixture
def other(database: Database) -> Iterator[Database]:
    """The same database as another process sees it."""
    made = Database(database.url, durable=False)
    yield made
    made.close()
