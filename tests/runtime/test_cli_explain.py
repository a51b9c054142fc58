"""`touchline explain` and `touchline forecast`, in the language of whoever asks."""

import csv
import io

import orjson
import pytest

from engine.runtime.cli.main import USAGE
from tests.support.terminal import Touchline
from tests.support.world import World


def test_an_enrollment_is_explained_with_what_comes_next(day: World, touchline: Touchline) -> None:
    (greg,) = day.rows("enrollment", prospect_id=day.people["Greg Lindqvist"])
    told = touchline("explain", greg.id)
    assert "Greg Lindqvist at Fjord Logistics in outbound-7x3x21: paused" in told
    assert "Paused since Wed 4 Mar 15:42: paused by a rep. It goes on when somebody resumes it." in told
    assert f"what would change it: Resume it. touchline enrollment resume {greg.id}" in told
    assert "It is held: the enrollment is paused." in told
    assert "A forecast, as if it were resumed now" in told
    found = orjson.loads(touchline("explain", greg.id, "--json"))
    assert found["next"][-1]["step"] == "close"


@pytest.mark.usefixtures("day")
def test_a_person_is_named_and_told_of_in_the_language_of_the_rep(touchline: Touchline) -> None:
    told = touchline("explain", "--prospect", "李明", "--rep", "wei-zhang")
    assert "李明（华东精密），序列 call-in-cn：进行中（编号" in told
    assert "已限制在法规允许的时间内（中国）" in told
    for raw in ("active", "scheduled", "queued", "done", "skipped", "China"):
        assert raw not in told.replace("touchline done", "")
    assert "按 Asia/Shanghai 的当地时间：本人的时区。" in told
    assert "仅为预测" in told
    in_english = touchline("explain", "--prospect", "李明", "--rep", "tom-lee")
    assert "Day 1 is Tue 3 Mar: it began on Mon 2 Mar 21:00" in in_english


def test_one_touch_is_explained_alone(day: World, touchline: Touchline) -> None:
    (doubt,) = day.rows("touch", status="in_doubt")
    told = touchline("explain", "--touch", doubt.id)
    assert "Nobody can say whether it left" in told
    assert f"touchline doubts settle {doubt.id} --sent" in told
    assert orjson.loads(touchline("explain", "--touch", doubt.id, "--json"))["touch"]["status"] == "in_doubt"


@pytest.mark.usefixtures("day")
def test_what_is_to_be_explained_must_be_said(touchline: Touchline) -> None:
    assert "one of them" in touchline("explain", code=1)
    assert "one of them" in touchline("explain", 1, "--touch", 2, code=1)
    assert "there is no enrollment 999" in touchline("explain", 999, code=1)
    assert "nobody is called 'Zoe'" in touchline("explain", "--prospect", "Zoe", code=1)
    assert "there is no enrollment 0" in touchline("explain", 0, code=1)


@pytest.mark.usefixtures("day")
def test_the_next_days_are_told_exported_and_limited_to_one_rep(
    touchline: Touchline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHLINE_REP", "wei-zhang")
    assert "此预测假设无人回应" in touchline("forecast", "--rep", "tom-lee", "--days", 1)
    monkeypatch.delenv("TOUCHLINE_REP")
    told = touchline("forecast", "--rep", "tom-lee", "--days", 5)
    assert "Tom Lee: 80 tasks, 330 minutes a day" in told
    assert "mails of tom.lee@northgate.example.com" in told
    assert "Nobody answers in this forecast" in told
    assert "Wei" not in told
    found = orjson.loads(touchline("forecast", "--json"))
    assert len(found["reps"]) == 4
    rows = list(csv.DictReader(io.StringIO(touchline("forecast", "--rep", "tom-lee", "--csv", raw=True))))
    tom = next(one for one in found["reps"] if one["rep"] == "tom-lee")
    assert [row["tasks"] for row in rows] == [*(str(day["tasks"]) for day in tom["days"]), *[""] * 14]
    box = next(one for one in found["mailboxes"] if one["rep"] == "tom-lee")
    of_mails = [(row["mailbox"], row["day"], row["mails"], row["cap"]) for row in rows if row["mailbox"]]
    assert of_mails == [(box["mailbox"], day["day"], str(day["mails"]), str(day["most"])) for day in box["days"]]
    assert "there is no rep 'nobody'" in touchline("forecast", "--rep", "nobody", code=1)
    touchline("forecast", "--days", 0, code=USAGE)
    touchline("rep", "leave", "tom-lee", "--to", "ana-diaz")
    assert "tom-lee works here no more; name an active rep" in touchline("forecast", "--rep", "tom-lee", code=1)
