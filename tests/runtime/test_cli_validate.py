"""`touchline validate` and its neighbours; once as users run it, in a process of its own."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from engine.runtime.files import shipped
from tests.support.terminal import Typed, typed

BAD = Path(__file__).parents[1] / "data" / "sequences_bad"


@pytest.fixture
def touchline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    monkeypatch.chdir(tmp_path)
    return typed(monkeypatch, capsys)


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
    command = [str(Path(sys.executable).parent / "touchline"), "validate", str(shipped() / "sequences")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (ran.returncode, "6 sequences, 0 errors" in ran.stdout) == (0, True)
    # What it warns of depends on the day: next year's holidays of China are announced in November.
    assert all("the holidays of CN are known until" in line for line in ran.stderr.splitlines())


@pytest.mark.usefixtures("bad_project")
def test_five_bad_files_give_five_located_errors_in_one_run(touchline: Typed) -> None:
    ran = touchline("validate", "sequences")
    located = re.findall(r"^(\S+?):(\d+):(\d+): error: (.+?)$", ran.err, flags=re.MULTILINE)
    places = sorted((file.removeprefix("sequences/"), int(line)) for file, line, _, _ in located)
    assert ran.code == 1
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
def test_a_missing_part_of_a_template_is_named_where_it_belongs(
    touchline: Typed, tmp_path: Path, command: str, ending: str
) -> None:
    shutil.copytree(shipped() / "sequences", tmp_path / "mine" / "sequences")
    shutil.copytree(shipped() / "templates", tmp_path / "mine" / "templates")
    missing = Path("mine", "templates", "outbound", "intro", "en", "body.html")
    (tmp_path / missing).unlink()
    ran = touchline(command, "mine/sequences")
    assert (ran.code, ran.out) == (1, f"{ending}\n")
    assert ran.err.startswith(f"{missing}:1:1: error: email needs body.html")


def test_a_simulation_that_names_a_rep_who_is_not_there_blocks_nothing_else(touchline: Typed, tmp_path: Path) -> None:
    shutil.copytree(shipped() / "sequences", tmp_path / "sequences")
    shutil.copytree(shipped() / "templates", tmp_path / "templates")
    spring = tmp_path / "sequences" / "simulations" / "spring.yaml"
    spring.write_text(spring.read_text(encoding="utf-8").replace("[tom-lee]", "[tom-leaf]"), encoding="utf-8")
    told = "sequences/simulations/spring.yaml:13:66: {}: there is no rep"
    checked = touchline("validate")
    assert (checked.code, told.format("error") in checked.err.replace("\n", "")) == (1, True)
    assert touchline("db", "upgrade").code == 0
    for command, code in (
        (("plan",), 2),
        (("apply",), 0),
        (("capacity",), 0),
        (("simulate", "two-wave", "--people", 1), 0),
    ):
        ran = touchline(*command)
        assert (ran.code, told.format("warning") in ran.err.replace("\n", "")) == (code, True), ran
    ran = touchline("simulate", "sequences/simulations/spring.yaml")
    assert (ran.code, ran.err.count("there is no rep"), "error" in ran.err) == (1, 1, True)


@pytest.mark.usefixtures("bad_project")
def test_json_names_every_finding(touchline: Typed) -> None:
    findings = orjson.loads(touchline("validate", "sequences", "--json").out)["findings"]
    assert {one["code"] for one in findings if one["severity"] == "error"} >= {"formula-differs", "yaml-alias"}


@pytest.mark.parametrize("words", [("validate", "--nonsense"), ("no-such-command",), ("sending", "perhaps")])
def test_wrong_usage_is_exit_64(touchline: Typed, words: tuple[str, ...]) -> None:
    assert touchline(*words).code == 64


def test_a_folder_that_is_not_there_is_named(touchline: Typed) -> None:
    ran = touchline("validate", "nowhere")
    assert ran.code == 1
    assert "nowhere is no folder" in " ".join(ran.err.split())


@pytest.mark.parametrize(("option", "file"), [((), "sequence"), (("--workspace",), "workspace")])
def test_schema_prints_what_the_docs_hold(touchline: Typed, option: tuple[str, ...], file: str) -> None:
    printed = orjson.loads(touchline("schema", *option).out)
    assert printed == orjson.loads((Path(__file__).parents[2] / "docs" / f"{file}.schema.json").read_bytes())
