"""`touchline import` as its users run it, in a folder with an applied workspace."""

import csv
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.runtime.cli import main as cli
from engine.runtime.files import shipped
from tests.support.contact_files import SAMPLES

PEOPLE = "Name,Email,Mobile\nAnna Berg,anna@berg.example,\nBert,,\n"


@dataclass(frozen=True)
class Ran:
    code: object
    out: str
    err: str

    @property
    def json(self) -> Any:
        return orjson.loads(self.out)


Run = Callable[..., Ran]


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
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert call("apply", shipped() / "sequences") == 0
    return folder


@pytest.fixture
def folder(applied: Path, tmp_path: Path) -> Path:
    shutil.copytree(applied, tmp_path, dirs_exist_ok=True)
    (tmp_path / "people.csv").write_text(PEOPLE)
    return tmp_path


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def import_file(*words: object) -> Ran:
        monkeypatch.chdir(folder)
        capsys.readouterr()
        code = call("import", *words)
        told = capsys.readouterr()
        return Ran(code, told.out, told.err)

    return import_file


def test_a_list_is_imported_and_what_is_not_taken_waits_beside_it(run: Run, folder: Path) -> None:
    shutil.copy(SAMPLES / "call_in_cn.csv", folder)
    ran = run("call_in_cn.csv", "--country", "CN")
    assert ran.code == 0
    assert "1000 rows" in ran.out
    assert "add one way to reach this person" in (folder / "call_in_cn.not-taken.csv").read_text(encoding="utf-8-sig")
    assert ran.err == ""  # no progress bar without a terminal


def test_json_tells_what_happened_to_each_row(run: Run) -> None:
    report = run("people.csv", "--json").json
    assert [(row["line"], row["outcome"], row["prospect_id"]) for row in report["rows"]] == [
        (2, "new", 1),
        (3, "not_taken", None),
    ]
    assert report["leftover"] == "people.not-taken.csv"


def test_a_dry_run_leaves_no_file_and_nobody(run: Run, folder: Path) -> None:
    assert run("people.csv", "--dry-run").code == 0
    assert not list(folder.glob("*.not-taken*"))
    assert run("people.csv", "--json").json["counts"]["new"] == 1


def test_a_leftover_file_that_somebody_is_mending_is_not_overwritten(run: Run, folder: Path) -> None:
    run("people.csv")
    left = folder / "people.not-taken.csv"
    mended = left.read_text(encoding="utf-8-sig").replace("Bert,,", "Bert,bert@berg.example,")
    left.write_text(mended, encoding="utf-8-sig")
    report = run("people.csv", "--json").json
    assert left.read_text(encoding="utf-8-sig") == mended
    assert report["leftover"] == "people.not-taken-2.csv"
    assert run(left.name, "--json").json["counts"]["new"] == 1


def test_unusual_columns_are_named_by_a_mapping(run: Run, folder: Path) -> None:
    (folder / "odd.csv").write_text("Kontakt;E-Post\nAnna;anna@berg.example\n")
    (folder / "columns.yaml").write_text("Kontakt: full_name\nE-Post: email\n")
    ran = run("odd.csv", "--mapping", "columns.yaml", "--json")
    assert ran.json["counts"]["new"] == 1


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ("Kontakt: full_name\nKontakt: email\n", "columns.yaml:2:1"),
        ("- Kontakt\n", "a header and its field"),
        ("Kontakt: fullname\n", "Did you mean `full_name`?"),
        ("Nowhere: email\n", "the mapping names `Nowhere`"),
        ("", "columns.yaml:1:1"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_where(run: Run, folder: Path, yaml: str, said: str) -> None:
    (folder / "odd.csv").write_text("Kontakt;Email\nAnna;anna@berg.example\n")
    (folder / "columns.yaml").write_text(yaml)
    ran = run("odd.csv", "--mapping", "columns.yaml")
    assert ran.code == 1
    assert said in ran.err


@pytest.mark.parametrize("words", [("nowhere.csv",), (), ("people.csv", "--county", "CN")])
def test_wrong_usage_is_64(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).code == 64


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("people.csv", "--country", "Narnia"), "is no country"),
        (("people.csv", "--zone", "UTC+8"), "is no time zone"),
        (("people.csv", "--rep", "nobody"), "at work are: "),
        (("people.csv", "--leftover", "no/such/folder.csv"), "the file was imported"),
        (("book.xlsx",), "an Excel workbook"),
    ],
)
def test_what_cannot_be_done_says_why(run: Run, folder: Path, words: tuple[str, ...], said: str) -> None:
    (folder / "book.xlsx").write_bytes(b"PK\x03\x04")
    ran = run(*words)
    assert ran.code == 1
    assert said in ran.err


def test_cells_that_look_like_formulas_are_none_in_the_leftover_file(run: Run, folder: Path) -> None:
    (folder / "people.csv").write_text('Name,Email\n"=cmd()",\n')
    run("people.csv")
    text = (folder / "people.not-taken.csv").read_text(encoding="utf-8-sig")
    assert list(csv.reader(text.splitlines()))[1][3] == "'=cmd()"
