"""What goes wrong around the engine is told in one line, with exit code 1."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.runtime.test_cli_validate import TOUCHLINE


def ran(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    named = {f"TOUCHLINE_{name.upper()}": value for name, value in environment.items()}
    return subprocess.run(
        [str(TOUCHLINE), *words],
        cwd=folder,
        env={**os.environ, **named},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("command", ["queue --rep tom-lee", "doctor", "db upgrade"])
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("garbage", "is no database address"),
        ("mysql://root:secret@localhost/x", "is no database address"),
        ("sqlite://", "is no database address"),
        ("postgresql://nobody:secret@127.0.0.1:1/x", "cannot be used"),
        ("sqlite:///notes.txt", "cannot be used"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(tmp_path: Path, command: str, address: str, told: str) -> None:
    (tmp_path / "notes.txt").write_text("this is no database, but a text of more than a few characters" * 20)
    told_by = ran(tmp_path, *command.split(), database_url=address)
    assert told_by.returncode == 1
    assert told in told_by.stderr
    assert len(told_by.stderr.splitlines()) == 1
    assert "secret" not in told_by.stderr + told_by.stdout


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told_by = ran(tmp_path, "queue", "--rep", "tom-lee", data=str(tmp_path / "file" / "data"))
    assert told_by.returncode == 1
    assert "TOUCHLINE_DATA" in told_by.stderr


def test_the_folder_of_contacts_is_its_owners_alone(tmp_path: Path) -> None:
    ran(tmp_path, "sending")
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_a_setting_that_nobody_knows_is_named(tmp_path: Path) -> None:
    told_by = ran(tmp_path, "sending", databaseurl="sqlite:///x.db")
    assert told_by.returncode == 1
    assert "did you mean TOUCHLINE_DATABASE_URL?" in told_by.stderr
