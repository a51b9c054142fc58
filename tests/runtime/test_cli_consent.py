"""Suppressions and consents in the terminal."""

import csv
import io
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from engine.contacts.cells import from_csv_cell
from engine.runtime.cli import main as cli
from engine.runtime.files import shipped

Run = Callable[..., str]
FORMULA = '=HYPERLINK("https://evil.example","prices")'


def call(*words: object) -> object:
    """The exit code of `touchline` with these words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["touchline", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
    return ended.value.code


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("applied")
    (folder / "people.csv").write_text("Name,Email\nAda Berg,ada@berg.example\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert call("apply", shipped() / "sequences") == 0
        assert call("import", "people.csv") == 0
    return folder


@pytest.fixture
def run(applied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    shutil.copytree(applied, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")

    def run(*words: object, code: object = 0) -> str:
        capsys.readouterr()
        assert call(*words) == code
        told = capsys.readouterr()
        return told.out if code == 0 else told.err

    return run


def test_whoever_is_suppressed_is_listed_and_comes_back_only_by_an_opt_in(run: Run) -> None:
    run("suppress", "Ada+fair@Berg.example", "--reason", "opted_out", "--proof", "told us at the fair")
    (row,) = orjson.loads(run("suppressions", "--json"))
    assert (row["scope"], row["key"], row["proof"]) == ("address", "ada@berg.example", "told us at the fair")
    run("unsuppress", row["id"], code=cli.USAGE)  # no proof
    run("unsuppress", row["id"], "--proof", "signed up again on March 3")
    assert orjson.loads(run("suppressions", "--json")) == []


def test_an_export_holds_no_formula_and_loses_nothing(run: Run) -> None:
    for value in ("a@berg.example", "b@berg.example"):
        run("suppress", value, "--reason", FORMULA, "--proof", "+1 call")
    _, *rows = csv.reader(io.StringIO(run("suppressions", "--csv")))
    assert len(rows) == 2
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
        assert [from_csv_cell(cell) for cell in row[4:6]] == [FORMULA, "+1 call"]


def test_a_word_that_is_no_scope_is_refused_with_the_ones_that_are(run: Run) -> None:
    told = run("suppress", "x", "--reason", "r", "--scope", "planet", code=cli.USAGE)
    assert "address, person, account, domain" in " ".join(told.split())


def test_a_consent_is_granted_listed_and_withdrawn(run: Run) -> None:
    run("consent", "grant", 1, "email", "--text", "yes", "--source", "form", "--at", "2026-03-03T09:00+01:00")
    (row,) = orjson.loads(run("consent", "list", 1, "--json"))
    assert (row["channel"], row["basis"], row["actor"]) == ("email", "express", "cli")
    assert "1 consent of person 1 ended" in run("consent", "withdraw", 1, "--reason", "wrote so")
    assert "withdrawn" in run("consent", "list", 1)
    run("consent", "grant", 1, "email", "--text", "yes", "--source", "form", "--at", "yesterday", code=cli.USAGE)


def test_the_instant_of_a_consent_is_shown_in_the_zone_that_is_named(run: Run) -> None:
    run("consent", "grant", 1, "email", "--text", "yes", "--source", "form", "--at", "2026-03-01T00:00+08:00")
    told = run("consent", "list", 1)
    assert "(America/New_York)" in " ".join(told.split())
    assert "2026-02-28 11:00" in " ".join(told.split())


@pytest.mark.parametrize(
    ("words", "whom"),
    [
        (["Ada@berg.example"], "1 person known by it is stopped"),
        (["berg.example", "--scope", "domain", "--channel", "email"], "1 person known by it is left alone on email"),
        (["bo@berg.example"], "nobody is known by it yet"),
    ],
)
def test_a_suppression_says_whom_it_covers(run: Run, words: list[str], whom: str) -> None:
    assert whom in run("suppress", *words, "--reason", "asked by phone")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["+86 138-0013-8000", "--kind", "phone"], "+8613800138000"),
        (["0086 13800138000", "--kind", "phone"], "+8613800138000"),
        ([" acme.example ", "--scope", "domain"], "acme.example"),
        ([" Bo@Acme.Example"], "bo@acme.example"),
    ],
)
def test_what_a_person_types_is_kept_in_the_form_that_meets_addresses(run: Run, words: list[str], key: str) -> None:
    run("suppress", *words, "--reason", "asked by phone")
    assert [row["key"] for row in orjson.loads(run("suppressions", "--json"))] == [key]


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["acme.example"], "the scope domain"),
        (["+86 138 0013 8000"], "the kind phone"),
        (["13800138000", "--kind", "phone"], "with its country code"),
        (["ada@acme.example", "--scope", "domain"], "expected one like acme.example"),
        ([" "], "say whom"),
    ],
)
def test_an_opt_out_that_could_meet_nobody_is_refused(run: Run, words: list[str], advice: str) -> None:
    assert advice in run("suppress", *words, "--reason", "asked by phone", code=1).replace("\n", " ")
    assert orjson.loads(run("suppressions", "--json")) == []
