"""One lived-through day for every test, a client that may do everything, and one that may do nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.desk import Desk, open_desk
from tests.support.busy_day import busy_day
from tests.support.world import World


@pytest.fixture
def day(tmp_path: Path) -> Iterator[World]:
    world = busy_day(tmp_path)
    yield world
    world.ctx.database.close()


@pytest.fixture
def desk(day: World) -> Iterator[Desk]:
    with open_desk(day) as made:
        yield made
