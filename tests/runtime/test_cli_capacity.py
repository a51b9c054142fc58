"""How many new people a rep sustains, who begins when, and why not before: as it is told in a terminal."""

import csv
import io
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from engine.operations.queries import people
from engine.runtime.cli.main import USAGE
from engine.runtime.files import shipped
from engine.runtime.wiring import open_context
from tests.support.terminal import Touchline
from tests.support.world import World, make_world

WEDNESDAY = datetime(2026, 3, 4, 13, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """What the command line finds, and the clock that it reads."""
    url = f"sqlite:///{tmp_path}/world.db"
    made = make_world(url, tmp_path, WEDNESDAY)
    monkeypatch.setenv("TOUCHLINE_DATA", str(tmp_path))
    monkeypatch.setenv("TOUCHLINE_DATABASE_URL", url)
    monkeypatch.setattr(open_context, "__kwdefaults__", (open_context.__kwdefaults__ or {}) | {"now": made.clock})
    yield made
    made.ctx.database.close()


def test_the_figures_of_rule_30_are_printed_from_the_files(touchline: Touchline) -> None:
    shown = touchline("capacity", "call-in-15", "outbound-7x3x21", "call-in-cn", "--csv", raw=True)
    rows = {row["sequence"]: row for row in csv.DictReader(io.StringIO(shown))}
    assert {key: (row["tasks"], row["by tasks"], row["by minutes"], row["leads/day"]) for key, row in rows.items()} == {
        "call-in-15": ("10", "8", "8.25", "8"),
        "outbound-7x3x21": ("5", "16", "17.4", "16"),
        "call-in-cn": ("5", "16", "23.6", "16"),
    }
    every = list(csv.DictReader(io.StringIO(shown)))
    assert len(every) == 3 * 4
    assert {(row["new people/day"], row["a day is full"]) for row in every if row["sequence"] == "call-in-15"} == {
        ("8", "by tasks")
    }
    told = touchline("capacity")
    assert "outbound-7x3x21 16 by tasks everybody" in told
    assert "two-wave 25 by what the mailbox sends everybody" in told
    assert "nurture 0 0 4 any any any" in told


def test_one_can_ask_what_would_be_and_about_a_draft(touchline: Touchline) -> None:
    (half,) = orjson.loads(touchline("capacity", "call-in-15", "--tasks", 40, "--json"))["sequences"]
    assert (half["leads"], half["by_minutes"]) == (4, 8.25)
    (short,) = orjson.loads(touchline("capacity", "call-in-15", "--minutes", 200, "--json"))["sequences"]
    assert (short["leads"], short["by_tasks"]) == (5, 8)
    assert "every-day" in touchline("capacity", "every-day")
    touchline("capacity", "--tasks", 10**21, code=USAGE)
    touchline("capacity", "--minutes", 1441, code=USAGE)
    assert "every-day" not in touchline("capacity")
    assert "there is no sequence 'nobody'; the files have: call-in-15," in touchline("capacity", "nobody", code=1)


def test_a_chinese_workspace_reads_what_its_reps_sustain_in_chinese(touchline: Touchline, tmp_path: Path) -> None:
    shutil.copytree(shipped() / "sequences", tmp_path / "sequences")
    shutil.copytree(shipped() / "templates", tmp_path / "templates")
    file = tmp_path / "sequences" / "workspace.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("\nlocale: en\n", "\nlocale: zh-CN\n"), encoding="utf-8")
    told = touchline("capacity", "nurture", "outbound-7x3x21", "--files", tmp_path / "sequences")
    assert "每位同事每天：任务 80，分钟 330。" in told
    assert "outbound-7x3x21 16 按任务数 所有人" in told
    assert "nurture 0 0 4 不限 不限 不限" in told


def test_files_with_errors_are_not_reckoned_with(touchline: Touchline, tmp_path: Path) -> None:
    (tmp_path / "workspace.yaml").write_text("company: Acme\n", encoding="utf-8")
    told = touchline("capacity", "--files", tmp_path, code=1)
    assert f"{tmp_path}/workspace.yaml:1:1: error" in told
    assert "the files have errors; mend them first" in told


def test_who_enrolls_reads_who_begins_when_and_can_decide_otherwise(
    world: World, touchline: Touchline, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [world.add_prospect(f"Person {n}", email=f"p{n}@x{n}.example", phone=f"+121255{n:05}") for n in range(40)]
    order = ("enroll", "outbound-7x3x21", *ids, "--rep", "tom-lee")
    told = touchline(*order, "--dry-run")
    assert "Tom Lee: 16 begin at once, 24 wait, the last until Fri 6 Mar (16 a day, by tasks)" in told
    with monkeypatch.context() as hers:
        hers.setenv("TOUCHLINE_REP", "wei-zhang")
        assert "Tom Lee：16 人立即开始，24 人等待" in touchline(*order, "--dry-run")
    told = touchline(*order, "--when-too-many", "refuse", "--dry-run")
    assert "Tom Lee: 40 are 3 days of new work (16 a day, by tasks), with room for 16 now; the order is" in told
    told = touchline(*order, "--when-too-many", "refuse", code=1)
    assert "enroll 16 now, or let them begin in turn" in told
    report = orjson.loads(touchline(*order, "--json"))
    assert (report["newcomers"][0]["room"], report["newcomers"][0]["limit"]) == (16, "tasks")
    assert "Tom Lee: 24 wait to begin, the next on Thu 5 Mar, the last on Fri 6 Mar" in touchline("status")
    listed = touchline("enrollment", "list", "--status", "pending", "--csv", raw=True)
    (why,) = {row["why"] for row in csv.DictReader(io.StringIO(listed)) if row["id"] == "17"}
    assert why == "begins on Thu 5 Mar: Tom Lee begins with 16 new people a day"
    assert "3月5日 周四 开始：Tom Lee 每天最多开始 16 位新联系人" in _as_wei(monkeypatch, touchline)
    shown = touchline("enrollment", "show", 40)
    assert "begins on Fri 6 Mar: Tom Lee begins with 16 new people a day" in shown
    assert "2026-03-06 intro" in shown
    (entry,) = people.prospect(world.ctx, ids[39], locale="zh").history
    assert entry.detail == "3月6日 周五 开始：Tom Lee 先开始其他联系人"
    assert touchline("enrollment", "admit", 40) == "enrollment 40 begins now"
    assert "only a pending one waits to begin" in touchline("enrollment", "admit", 40, code=1)
    touchline("enrollment", "pause", 39)
    assert '"why": "paused by a rep"' in touchline("enrollment", "list", "--status", "pending", "--json")


def _as_wei(monkeypatch: pytest.MonkeyPatch, touchline: Touchline) -> str:
    """What waits, as it is told to a rep who reads Chinese."""
    with monkeypatch.context() as hers:
        hers.setenv("TOUCHLINE_REP", "wei-zhang")
        return touchline("enrollment", "list", "--status", "pending", "--csv", raw=True)
