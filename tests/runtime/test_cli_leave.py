"""Leave and leavers at the command line."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.operations.queries.moments import named_day
from engine.runtime.clock import wall_clock
from tests.support.terminal import Touchline
from tests.support.world import World, make_world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("TOUCHLINE_DATA", str(tmp_path))
    made = make_world(f"sqlite:///{tmp_path}/touchline.db", tmp_path, wall_clock())
    yield made
    made.ctx.database.close()


def test_leave_is_entered_listed_and_cancelled(
    world: World, touchline: Touchline, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = world.clock().date()
    span = today - timedelta(days=1), today + timedelta(days=9)
    (first, last), in_words = map(str, span), [named_day(one, "en") for one in span]
    days = ("--from", first, "--until", last)
    assert touchline("leave", "add", "wei-zhang", *days, "--policy", "delegate", "--to", "grace-hill") == (
        f"leave 1: wei-zhang is away from {in_words[0]} to {in_words[1]} (delegate to grace-hill)"
    )
    assert "stands in for wei-zhang" in touchline("leave", "add", "grace-hill", *days, code=1)
    assert "is no day" in touchline("leave", "add", "tom-lee", "--from", "Monday", "--until", last, code=64)
    (listed,) = json.loads(touchline("leave", "list", "--json"))
    assert (listed["rep"], listed["to"], listed["state"]) == ("wei-zhang", "grace-hill", "away")
    assert touchline("leave", "list", "--csv").splitlines()[0].startswith("leave,rep,from,until,policy")
    assert "张伟 is away until" in touchline("queue", "--rep", "grace-hill")
    assert "您休假至" in touchline("queue", "--rep", "wei-zhang")
    assert "由Grace Hill代办" in touchline("queue", "--rep", "wei-zhang")
    assert f"away until {last}" in touchline("rep", "list", "--csv")
    assert f"away until {in_words[1]} grace-hill" in touchline("rep", "list")
    with monkeypatch.context() as hers:
        hers.setenv("TOUCHLINE_REP", "wei-zhang")
        assert f"休假至 {named_day(span[1], 'zh')} grace-hill" in touchline("rep", "list")
        told = touchline("leave", "list")
        assert told.startswith("休假 同事 从 至 方式 接手人 状态 录入于 录入人 1 wei-zhang")
        assert "代办 grace-hill 休假中" in told
    assert touchline("leave", "cancel", "1") == "leave 1 of wei-zhang is cancelled"
    assert "is over already" in touchline("leave", "cancel", "1", code=1)
    assert json.loads(touchline("leave", "list", "--json")) == []
    assert json.loads(touchline("leave", "list", "--all", "--json"))[0]["state"] == "cancelled"


def test_a_rep_leaves_and_comes_back(world: World, touchline: Touchline) -> None:
    world.enroll("outbound-7x3x21", world.add_prospect(email="a@a.example"))
    assert touchline("rep", "leave", "tom-lee", "--to", "ana-diaz").startswith("tom-lee has left; ana-diaz takes over.")
    reps = {row.id: row.key for row in world.rows("rep")}
    assert [reps[row.rep_id] for row in world.rows("enrollment")] == ["ana-diaz"]
    shown = {row["key"]: row["is_active"] for row in json.loads(touchline("rep", "list", "--json"))}
    assert shown["tom-lee"] is False
    assert touchline("rep", "back", "tom-lee") == "tom-lee works here again"
    assert "did not leave by command" in touchline("rep", "back", "tom-lee", code=1)
