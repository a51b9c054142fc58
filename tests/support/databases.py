"""Databases for tests, of either kind: empty, migrated, or copies of one that somebody has filled."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol, TypeAlias

import pytest

from engine.store import migrations
from engine.store.database import Database
from tests.support import contents
from tests.support.postgres import Cluster

KINDS = ("sqlite", "postgresql")
# Where words, days or mails are the subject, and other tests give the same statements to PostgreSQL.
on_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)


Fill: TypeAlias = Callable[[str], None]
Copy: TypeAlias = Callable[[], str]


class Databases(Protocol):
    """URLs of databases that nobody else uses. `kept` is what each way to fill one has come to."""

    @property
    def kept(self) -> dict[Fill, Copy]: ...

    def empty(self) -> str: ...
    def migrated(self) -> str: ...

    def keep(self, url: str) -> Copy:
        """What is in it now, in a database of its own for each call."""
        ...

    def drop(self, url: str) -> None: ...


@dataclass(frozen=True, slots=True)
class SqliteFiles:
    folder: Path
    kept: dict[Fill, Copy] = field(default_factory=dict)
    _free: list[str] = field(default_factory=list)  # names are used again: see `opened`

    def empty(self) -> str:
        return self._free.pop() if self._free else f"sqlite:///{self.folder / uuid.uuid4().hex}.db"

    def migrated(self) -> str:
        url = self.empty()
        migrate(url)
        return url

    def keep(self, url: str) -> Copy:
        kept = _path_of(url).read_bytes()

        def copy() -> str:
            another = self.empty()
            _path_of(another).write_bytes(kept)
            return another

        return copy

    def drop(self, url: str) -> None:
        path = _path_of(url)
        for one in path.parent.glob(f"{path.name}*"):
            one.unlink()
        self._free.append(url)


@dataclass(frozen=True, slots=True)
class PostgresDatabases:
    """A migrated one is used again when it was dropped, with other contents: whoever changes tables begins with an
    empty one.
    """

    cluster: Cluster
    kept: dict[Fill, Copy] = field(default_factory=dict)
    _free: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    def empty(self) -> str:
        return self.cluster.create()

    def migrated(self) -> str:
        return self._holding(contents.NOTHING)

    def keep(self, url: str) -> Copy:
        return partial(self._holding, contents.read(url))

    def drop(self, url: str) -> None:
        if url in self._taken:
            self._taken.remove(url)
            self._free.append(url)
        else:
            self.cluster.drop(url)

    def drop_all(self) -> None:
        for url in (*self._free, *self._taken):
            self.cluster.drop(url)

    def _holding(self, what: contents.Contents) -> str:
        if not self._free:
            self._free.append(self.cluster.create())
            migrate(self._free[-1])
        url = self._free.pop()
        contents.replace(url, what)
        self._taken.add(url)
        return url


@dataclass
class Shelf:
    """The databases of one kind, with contents that are made once and copied for whoever needs them."""

    databases: Databases
    fill: Fill

    def _another(self) -> str:
        if self.fill not in self.databases.kept:
            url = self.databases.migrated()
            self.fill(url)
            self.databases.kept[self.fill] = self.databases.keep(url)
            self.databases.drop(url)
        return self.databases.kept[self.fill]()

    @contextmanager
    def copy(self) -> Iterator[str]:
        url = self._another()
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


_closed: dict[tuple[str, bool], Database] = {}


class _UsedAgain(Database):
    def __init__(self, url: str, *, durable: bool) -> None:
        super().__init__(url, durable=durable)
        self._key = url, durable

    def close(self) -> None:
        super().close()
        _closed[self._key] = self


def opened(url: str, *, durable: bool = False) -> Database:
    """A Database at an address that was closed before still has all statements compiled, as it has in a process that
    runs for long: a fifth of the work of the tests.
    """
    return _closed.pop((url, durable), None) or _UsedAgain(url, durable=durable)


def migrate(url: str) -> None:
    database = opened(url)
    migrations.upgrade(database)
    database.close()


def _path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
