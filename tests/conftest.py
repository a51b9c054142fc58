"""What all tests share: databases of both kinds, and properties that are not judged by the speed of the machine.

`HYPOTHESIS_PROFILE=deep` looks for hours where the others look for seconds; in CI the examples are always the same.
"""

import os
from collections.abc import Iterator

import pytest
from _pytest.nodeid import coerce_node_id
from hypothesis import settings

from tests.support.databases import KINDS, Databases, PostgresDatabases, Shelf, SqliteFiles, migrate
from tests.support.postgres import Cluster, cluster

settings.register_profile("touchline", deadline=None, database=None, print_blob=True, derandomize="CI" in os.environ)
settings.register_profile("deep", settings.get_profile("touchline"), max_examples=2_000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "touchline"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a group go to one worker by the end of their ids. pytest-xdist 3.8 writes it where pytest 9.2 no longer
    looks, and they went to both.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    for item in items:
        group = item.get_closest_marker("xdist_group")
        if group is not None and not item.nodeid.endswith(f"@{group.args[0]}"):
            item._id = coerce_node_id(f"{item.nodeid}@{group.args[0]}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server. Without one the test fails: half of what is promised would go untested."""
    with cluster() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases(postgres: Cluster) -> Iterator[PostgresDatabases]:
    made = PostgresDatabases(postgres)
    yield made
    made.drop_all()


@pytest.fixture(scope="session", params=KINDS)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Those of either kind stay when pytest goes from one to the other."""
    made: Databases = request.getfixturevalue("sqlite_files" if request.param == "sqlite" else "postgres_databases")
    return made


@pytest.fixture(scope="session")
def migrated(databases: Databases) -> Shelf:
    return Shelf(databases, migrate)


@pytest.fixture
def database_url(migrated: Shelf) -> Iterator[str]:
    """A migrated database of this test's own, once on SQLite and once on PostgreSQL."""
    with migrated.copy() as url:
        yield url


@pytest.fixture
def empty_url(migrated: Shelf) -> Iterator[str]:
    with migrated.empty() as url:
        yield url
