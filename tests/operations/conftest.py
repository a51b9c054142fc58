"""A world of its own for each test, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.world import World, make_world

MORNING = datetime(2026, 3, 4, 13, tzinfo=UTC)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(database_url, tmp_path, MORNING)
    yield made
    made.ctx.database.close()
