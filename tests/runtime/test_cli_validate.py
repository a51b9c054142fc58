"""`touchline validate` as its users run it: a process of its own."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from engine.runtime.files import shipped

BAD = Path(__file__).parents[1] / "data" / "sequences_bad"
TOUCHLINE = Path(sys.executable).parent / "touchline"


def touchline(*words: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [str(TOUCHLINE), *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def bad_project(tmp_path: Path) -> Path:
    """Five files with one error each, beside the shipped templates and one that asks for an unknown variable."""
    shutil.copytree(BAD, tmp_path / "sequences")
    shutil.copytree(shipped() / "templates", tmp_path / "templates")
    mail = tmp_path / "templates" / "bad" / "unknown-variable" / "en"
    mail.mkdir(parents=True)
    footer = "{{ company.postal_address }} {{ unsubscribe_url }}"
    (mail / "subject.txt").write_text("A question")
    (mail / "body.txt").write_text(f"Hello,\nyour {{{{ prospect.favourite_colour }}}} van.\n{footer}\n")
    (mail / "body.html").write_text(f"<p>Hello</p><p>{footer}</p>")
    return tmp_path


def test_the_shipped_files_pass() -> None:
    ran = touchline("validate", shipped() / "sequences")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "6 sequences, 0 errors, 0 warnings" in ran.stdout


def test_five_bad_files_give_five_located_errors_in_one_run(bad_project: Path) -> None:
    ran = touchline("validate", "sequences", folder=bad_project)
    located = re.findall(r"^(\S+?):(\d+):(\d+): error: (.+?)$", ran.stderr, flags=re.MULTILINE)
    places = sorted((file.removeprefix("sequences/"), int(line)) for file, line, _, _ in located)
    assert ran.returncode == 1
    assert places == [
        ("bare-interval.yaml", 8),
        ("bomb.yaml", 1),
        ("duplicate-key.yaml", 14),
        ("templates/bad/unknown-variable/en/body.txt", 2),
        ("wrong-formula.yaml", 3),
    ]


@pytest.mark.parametrize(
    ("command", "ending"), [("plan", "1 error; there is no plan"), ("apply", "1 error; nothing was applied")]
)
def test_a_missing_part_of_a_template_is_named_where_it_belongs(tmp_path: Path, command: str, ending: str) -> None:
    shutil.copytree(shipped() / "sequences", tmp_path / "mine" / "sequences")
    shutil.copytree(shipped() / "templates", tmp_path / "mine" / "templates")
    missing = Path("mine", "templates", "outbound", "intro", "en", "body.html")
    (tmp_path / missing).unlink()
    ran = touchline(command, "mine/sequences", folder=tmp_path)
    assert (ran.returncode, ran.stdout) == (1, f"{ending}\n")
    assert ran.stderr.startswith(f"{missing}:1:1: error: email needs body.html")


def test_json_names_every_finding(bad_project: Path) -> None:
    ran = touchline("validate", "sequences", "--json", folder=bad_project)
    findings = orjson.loads(ran.stdout)["findings"]
    assert {one["code"] for one in findings if one["severity"] == "error"} >= {"formula-differs", "yaml-alias"}


@pytest.mark.parametrize("words", [("validate", "--nonsense"), ("no-such-command",), ("sending", "perhaps")])
def test_wrong_usage_is_exit_64(words: tuple[str, ...], tmp_path: Path) -> None:
    assert touchline(*words, folder=tmp_path).returncode == 64


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    ran = touchline("validate", "nowhere", folder=tmp_path)
    assert ran.returncode == 1
    assert "nowhere is no folder" in " ".join(ran.stderr.split())


@pytest.mark.parametrize(("option", "file"), [((), "sequence"), (("--workspace",), "workspace")])
def test_schema_prints_what_the_docs_hold(option: tuple[str, ...], file: str) -> None:
    printed = orjson.loads(touchline("schema", *option).stdout)
    assert printed == orjson.loads((Path(__file__).parents[2] / "docs" / f"{file}.schema.json").read_bytes())
