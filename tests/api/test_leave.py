"""Leave over HTTP, and where the page tells of it."""

from datetime import timedelta

from engine.core.leave import Leave
from engine.operations import leaves
from tests.api.desk import V1, Desk, is_problem


def test_leave_is_entered_listed_and_cancelled(desk: Desk) -> None:
    today = desk.world.clock().date()
    days = {"from": str(today), "until": str(today + timedelta(days=4))}
    made = desk.post("/leave", {"rep": "ana-diaz", **days, "policy": "delegate", "to": "tom-lee"})
    assert made.status_code == 201
    assert made.json() == desk.get("/leave")[0]
    assert {name: made.json()[name] for name in days} == days
    assert (made.json()["state"], made.json()["source"], made.json()["entered_by"]) == ("away", "api", "tom-lee")
    assert is_problem(desk.post("/leave", {"rep": "tom-lee", **days}), 422, "bad-input")
    assert is_problem(desk.post("/leave", {"rep": "zoe", **days}), 404, "not-found")
    rep = next(one for one in desk.get("/reps") if one["key"] == "ana-diaz")
    assert (rep["away_until"], rep["stands_in"]) == (days["until"], "tom-lee")
    page = desk.page.get("/").text
    assert "Ana Diaz is away until" in page
    cancelled = desk.api.delete(f"{V1}/leave/1")
    assert cancelled.json()["state"] == "cancelled"
    assert is_problem(desk.api.delete(f"{V1}/leave/1"), 409, "conflict")
    assert desk.get("/leave") == []
    assert [one["id"] for one in desk.get("/leave", params={"all": True})] == [1]


def test_somebody_who_leaves_is_succeeded_at_once_and_may_come_back(desk: Desk) -> None:
    desk.world.enroll("call-in-15", desk.world.add_prospect("Ada Asks", phone="+15185550123"), rep="tom-lee")
    desk.world.tick()
    task = desk.task_of("Ada Asks", rep="tom-lee")
    left = desk.post("/reps/tom-lee/departure", {"to": "ana-diaz"})
    assert (left.status_code, left.json()["is_active"]) == (200, False)
    assert desk.task_of("Ada Asks", rep="ana-diaz")["id"] == task["id"]
    assert is_problem(desk.post("/reps/zoe/departure", {}), 404, "not-found")
    assert is_problem(desk.post("/reps/ana-diaz/departure", {"to": "zoe"}), 422, "bad-input")
    assert desk.api.delete(f"{V1}/reps/tom-lee/departure").json()["is_active"] is True
    assert is_problem(desk.api.delete(f"{V1}/reps/tom-lee/departure"), 409, "conflict")


def test_leave_of_the_file_is_changed_in_the_file(desk: Desk) -> None:
    first = desk.world.clock().date() + timedelta(days=7)
    row = leaves.add(desk.world.ctx, "ana-diaz", Leave(first, first), actor="cli", source=leaves.FILE)
    refused = desk.api.delete(f"{V1}/leave/{row.id}")
    assert is_problem(refused, 409, "written-in-file")
    assert refused.json()["title"] == "It stands in a file; change it there"
    assert "stands in workspace.yaml; change it there, and apply" in refused.json()["detail"]
