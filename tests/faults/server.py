"""A PostgreSQL of the bench's own: processes of the engine die, and the server is thrown over as well."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.databases import PostgresDatabases
from tests.support.postgres import cluster


@contextmanager
def postgresql() -> Iterator[PostgresDatabases]:
    with cluster() as made:
        yield PostgresDatabases(made)
