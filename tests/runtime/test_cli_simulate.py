"""`touchline simulate`: from the files alone to tables, JSON, CSV and a page."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from engine.runtime.cli.main import USAGE
from engine.runtime.files import shipped
from tests.support.terminal import Ran, Typed, typed

SEQUENCES = shipped() / "sequences"
FILE = """\
simulation: two-groups
title: Two <groups> & more
from: "2026-03-02"
days: 21
reps: [tom-lee, wei-zhang]
leads:
  - {sequence: outbound-7x3x21, per_day: 6, reps: [tom-lee]}
  - {sequence: call-in-cn, per_day: 3, reps: [wei-zhang]}
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Typed:
    """In a folder without any database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOUCHLINE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    ran = typed(monkeypatch, capsys)

    def at(*words: object) -> Ran:
        return ran("simulate", *words, "--folder", SEQUENCES)

    return at


def control(people: int) -> list[object]:
    return ["every-day", "--people", people, "--reps", 1, "--tasks", 80, "--plan", "fixed", "--no-stops",
            "--days", 45, "--from", "2026-03-02"]  # fmt: skip


def test_the_control_prints_its_peak_beside_the_engines_own(run: Typed) -> None:
    shown = run(*control(200))
    assert (shown.code, shown.err) == (0, "")
    told = re.search(r"By fixed dates ([\d,]+) tasks would be overdue at the peak.*own plan ([\d,]+)\.", shown.out)
    assert told is not None, shown.out
    fixed, own = (int(number.replace(",", "")) for number in told.groups())
    assert 1275 <= fixed <= 1725
    assert own < 200


def test_a_table_that_is_written_to_a_file_is_whole(run: Typed) -> None:
    shown = run("outbound-7x3x21", "--people", 20, "--reps", "tom-lee,ana-diaz", "--from", "2026-03-02", "--days", 5)
    assert "…" not in shown.out
    (head,) = [line for line in shown.out.splitlines() if "usual: opportunities (13%)" in line]
    assert "usual: won (6% of them)" in head


def test_json_has_all_of_it_and_csv_a_row_for_each_rep_and_day(run: Typed) -> None:
    words = ["outbound-7x3x21", "--people", 20, "--reps", "tom-lee,ana-diaz", "--from", "2026-03-02", "--days", 10]
    found = json.loads(run(*words, "--json").out)
    assert set(found) == {"conclusion", "figures", "control", "rates"}
    assert [rep["rep"] for rep in found["figures"]["reps"]] == ["tom-lee", "ana-diaz"]
    assert found["rates"]["outbound"]["reply"] == 0.02
    rows = list(csv.DictReader(io.StringIO(run(*words, "--csv").out)))
    done = sum(int(row["done"]) for row in rows)
    assert done == sum(day["done"] for rep in found["figures"]["reps"] for day in rep["days"]) > 0


def test_the_same_seed_gives_the_same_bytes_in_any_process(run: Typed, tmp_path: Path) -> None:
    words = ["call-in-15", "--people", "30", "--reps", "2", "--from", "2026-03-02", "--json", "--seed"]
    typed_in = ["touchline", "simulate", *words, "7", "--folder", str(SEQUENCES)]
    code = f"import sys; sys.argv = {typed_in!r}; from engine.runtime.cli.main import main; main()"
    environment = {**os.environ, "PYTHONHASHSEED": "2"}
    there = subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, check=True, capture_output=True)
    here = run(*words, "7").out
    assert there.stdout.decode() == here
    assert run(*words, "8").out != here


def test_a_file_is_simulated_and_what_is_typed_goes_before_it(run: Typed, tmp_path: Path) -> None:
    file = tmp_path / "two.yaml"
    file.write_text(FILE, encoding="utf-8")
    figures = json.loads(run(file, "--json").out)["figures"]
    assert (figures["days"], figures["start"], figures["expected"]["leads"]) == (21, "2026-03-02", 135)
    assert [(one["rep"], one["sequence"]) for one in figures["paces"]] == [
        ("tom-lee", "outbound-7x3x21"),
        ("wei-zhang", "call-in-cn"),
    ]
    shorter = json.loads(run(file, "--days", 5, "--minutes", 100, "--json").out)["figures"]
    assert (shorter["days"], shorter["reps"][0]["minutes_per_day"]) == (5, 100)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["outbound-7x3x12"], 'did you mean "outbound-7x3x21"?'),
        (["two-wave", "--reps", "tom"], 'did you mean "tom-lee"?'),
        (["two-wave", "--people", "3", "--per-day", "3"], "say --people or --per-day, not both"),
        (["two-wave", "--reps", "0"], "--reps 0: a team of standard reps has 1 to 1000"),
        (["two-wave", "--reps", "9" * 5000], "a team of standard reps has 1 to 1000"),
        (["missing.yaml"], "missing.yaml cannot be read"),
        (["two-wave", "--html", "gone/page.html"], "--html gone/page.html: there is no folder gone; make it first"),
        (["two-wave", "--html", "."], "--html . is a folder; name a file in it, such as report.html"),
    ],
)
def test_what_cannot_be_simulated_is_said_with_what_to_do(run: Typed, words: list[str], told: str) -> None:
    shown = run(*words)
    assert shown.code == 1
    assert told in " ".join(shown.err.split())


@pytest.mark.parametrize(
    "words",
    [
        ["--from", "9999-12-31"],
        ["--from", "0001-01-01"],
        ["--per-day", 10**30],
        ["--seed", 10**15],
        ["--people", 0],
    ],
)
def test_numbers_and_days_beyond_all_reason_are_wrong_usage(run: Typed, words: list[object]) -> None:
    shown = run("two-wave", *words)
    assert (shown.code, "Invalid value" in shown.err) == (USAGE, True)


def test_the_last_days_that_may_be_asked_for_can_be_played(run: Typed) -> None:
    for day in ("2199-12-31", "1970-01-01"):
        found = json.loads(
            run("two-wave", "--people", 1, "--from", day, "--days", 3, "--json", "--seed", 10**15 - 1).out
        )
        assert found["figures"]["start"] == day


def test_a_file_with_mistakes_is_told_by_line_and_column(run: Typed, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(FILE.replace("call-in-cn", "call-in-ch"), encoding="utf-8")
    shown = run(file)
    assert shown.code == 1
    assert 'bad.yaml:8:16: error: there is no sequence "call-in-ch"' in shown.err.replace("\n", "")


class _Page(HTMLParser):
    """What stands in the page; every element is closed by its own end."""

    VOID = frozenset({"meta"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def of(self, tag: str) -> list[dict[str, Any]]:
        return [attributes for name, attributes in self.tags if name == tag]


def in_chinese(folder: Path) -> Path:
    """The shipped files, of a company that works in Chinese."""
    made = folder / "sequences"
    made.mkdir()
    for path in SEQUENCES.rglob("*.yaml"):
        copy = made / path.relative_to(SEQUENCES)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(path.read_text(encoding="utf-8").replace("\nlocale: en\n", "\nlocale: zh\n"), encoding="utf-8")
    return made


def test_the_report_stands_alone_and_says_what_the_figures_say(run: Typed, tmp_path: Path) -> None:
    file, html = tmp_path / "two.yaml", tmp_path / "out.html"
    file.write_text(FILE, encoding="utf-8")
    found = json.loads(run(file, "--html", html, "--json").out)
    page = _Page(html.read_text(encoding="utf-8"))
    assert page.open == []
    assert "Two <groups> & more" in page.words
    assert set(found["conclusion"]) <= set(page.words)
    assert f"{found['figures']['expected']['leads']:,}" in page.words
    reps = found["figures"]["reps"]
    for rep in reps:
        assert rep["name"] in page.words
    assert f"rep-days over capacity, of {sum(rep['working_days'] for rep in reps)}" in page.words
    assert not page.of("script")
    assert not page.of("link")
    assert not page.of("img")
    assert not any(name in ("style", "src", "href") for _, attributes in page.tags for name in attributes)
    charts = [one for one in page.of("svg") if one.get("role") == "img"]
    named = {one["id"] for tag in ("title", "desc") for one in page.of(tag) if "id" in one}
    assert len(charts) >= 6
    assert all(set(one["aria-labelledby"].split()) <= named for one in charts)
    assert len(page.of("details")) >= 4


def test_a_chinese_workspace_is_answered_in_chinese(
    run: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = tmp_path / "out.html"
    words = ["--people", 30, "--days", 12, "--from", "2026-03-02", "--templates", SEQUENCES.parent / "templates"]
    monkeypatch.setattr(f"{__name__}.SEQUENCES", in_chinese(tmp_path))
    shown = run("call-in-cn", *words, "--html", html)
    assert shown.code == 0, shown
    assert "每天可持续开始 16 位新客户" in shown.out
    assert "逐日" in shown.out
    page = _Page(html.read_text(encoding="utf-8"))
    assert page.of("html")[0]["lang"] == "zh-CN"
    assert "每日到期工作" in page.words
    letters = set("".join(page.words[page.words.index("结论") :]))
    assert {"假", "设"} <= letters
