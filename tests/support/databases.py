"""Databases for tests, of either kind: empty, migrated, or copies of one that somebody has filled."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import pytest

from engine.store import migrations
from engine.store.database import Database
from tests.support.postgres import Cluster

KINDS = ("sqlite", "postgresql")
on_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)


class Databases(Protocol):
    """URLs of databases that nobody else uses."""

    def empty(self) -> str: ...
    def copy_of(self, template: str) -> str: ...
    def drop(self, url: str) -> None: ...


@dataclass(frozen=True, slots=True)
class SqliteFiles:
    folder: Path

    def empty(self) -> str:
        return f"sqlite:///{self.folder / uuid.uuid4().hex}.db"

    def copy_of(self, template: str) -> str:
        url = self.empty()
        shutil.copyfile(_path_of(template), _path_of(url))
        return url

    def drop(self, url: str) -> None:
        path = _path_of(url)
        for one in path.parent.glob(f"{path.name}*"):
            one.unlink()


@dataclass(frozen=True, slots=True)
class PostgresDatabases:
    cluster: Cluster

    def empty(self) -> str:
        return self.cluster.create()

    def copy_of(self, template: str) -> str:
        return self.cluster.create(template)

    def drop(self, url: str) -> None:
        self.cluster.drop(url)


@dataclass
class Shelf:
    """The databases of one kind, with a template that is filled once and copied for whoever needs one like it."""

    databases: Databases
    fill: Callable[[str], None]

    @cached_property
    def template(self) -> str:
        url = self.databases.empty()
        self.fill(url)
        return url

    @contextmanager
    def copy(self) -> Iterator[str]:
        url = self.databases.copy_of(self.template)
        try:
            yield url
        finally:
            self.databases.drop(url)

    @contextmanager
    def empty(self) -> Iterator[str]:
        url = self.databases.empty()
        try:
            yield url
        finally:
            self.databases.drop(url)


def migrate(url: str) -> None:
    database = Database(url, durable=False)
    migrations.upgrade(database)
    database.close()


def _path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
