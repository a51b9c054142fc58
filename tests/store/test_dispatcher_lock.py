import subprocess
import sys
from pathlib import Path

import pytest

from engine.core.errors import AnotherDispatcher
from engine.store.database import Database
from engine.store.dispatcher_lock import only_dispatcher

_HOLD = """
import sys
from engine.store.database import Database
from engine.store.dispatcher_lock import only_dispatcher

with only_dispatcher(Database(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_dispatcher_of_a_sqlite_file_is_refused_by_the_first_ones_number(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'one.db'}")
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, database.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(AnotherDispatcher, match=f"process {other.pid} already dispatches"),
            only_dispatcher(database),
        ):
            pass
        other.kill()
        other.wait()
        with only_dispatcher(database):  # a dead process holds nothing
            pass


def test_within_one_process_the_lock_is_held_once_and_given_back(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'one.db'}")
    with only_dispatcher(database), pytest.raises(AnotherDispatcher), only_dispatcher(database):
        pass
    with only_dispatcher(database):
        pass


def test_two_sqlite_files_have_two_dispatchers(tmp_path: Path) -> None:
    one, two = (Database(f"sqlite:///{tmp_path / name}.db") for name in ("one", "two"))
    with only_dispatcher(one), only_dispatcher(two):
        pass


def test_postgresql_admits_several_dispatchers() -> None:
    database = Database("postgresql://nobody@nowhere.invalid/none")
    with only_dispatcher(database), only_dispatcher(database):
        pass
