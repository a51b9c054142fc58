"""Worlds for the tests of operations, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.operations.machine_setting import fill
from tests.support.databases import Databases, Shelf
from tests.support.importing import forget_everybody
from tests.support.world import World, make_world, open_world

MORNING = datetime(2026, 3, 4, 13, tzinfo=UTC)


def apply_shipped(url: str) -> None:
    make_world(url, Path(), MORNING, transports={}).ctx.database.close()


@pytest.fixture(scope="session")
def applied(databases: Databases) -> Shelf:
    """Worlds to which the shipped sequences were applied: done once, as it takes most of a second."""
    return Shelf(databases, apply_shipped)


@pytest.fixture
def world(applied: Shelf, tmp_path: Path) -> Iterator[World]:
    """A world of the test's own."""
    with applied.copy() as url:
        made = open_world(url, tmp_path, MORNING)
        yield made
        made.ctx.database.close()


@pytest.fixture(scope="module")
def _world_of_module(applied: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with applied.copy() as url:
        made = open_world(url, tmp_path_factory.mktemp("world"), MORNING)
        yield made
        made.ctx.database.close()


@pytest.fixture
def nobody(_world_of_module: World) -> World:
    """A world without people, for tests that only import: quicker than one of their own."""
    forget_everybody(_world_of_module)
    return _world_of_module


@pytest.fixture(scope="module")
def filled(databases: Databases) -> Shelf:
    """Worlds for the state machine: its sequences applied, and nobody in them yet."""
    return Shelf(databases, fill)
