"""What goes wrong around the engine is told in one line, with exit code 1."""

from pathlib import Path

import pytest

from tests.support.terminal import Typed, typed


@pytest.fixture
def touchline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    monkeypatch.chdir(tmp_path)
    return typed(monkeypatch, capsys)


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
def test_a_database_that_cannot_be_used_is_one_line(
    touchline: Typed, monkeypatch: pytest.MonkeyPatch, *, command: str, address: str, told: str
) -> None:
    Path("notes.txt").write_text("this is no database, but a text of more than a few characters" * 20)
    monkeypatch.setenv("TOUCHLINE_DATABASE_URL", address)
    ran = touchline(*command.split())
    assert ran.code == 1
    assert told in ran.err
    assert len(ran.err.splitlines()) == 1
    assert "secret" not in ran.err + ran.out


def test_a_folder_that_cannot_be_made_is_one_line(touchline: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file").write_text("")
    monkeypatch.setenv("TOUCHLINE_DATA", "file/data")
    ran = touchline("queue", "--rep", "tom-lee")
    assert ran.code == 1
    assert "TOUCHLINE_DATA" in ran.err


def test_the_folder_of_contacts_is_its_owners_alone(touchline: Typed) -> None:
    touchline("sending")
    assert Path("data").stat().st_mode & 0o077 == 0


def test_a_setting_that_nobody_knows_is_named(touchline: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHLINE_DATABASEURL", "sqlite:///x.db")
    ran = touchline("sending")
    assert ran.code == 1
    assert "did you mean TOUCHLINE_DATABASE_URL?" in ran.err
