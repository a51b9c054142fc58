"""What stopped by itself is seen and released over HTTP: a restored backup, breakers, held touches, a quarantine."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from engine.store import plans, tables
from tests.api.desk import Desk, is_problem


def write(desk: Desk, statement: Any) -> None:
    with desk.world.ctx.database.write() as connection:
        connection.execute(statement)


def test_a_restored_backup_is_released_once(desk: Desk) -> None:
    assert desk.get("/recovery")["is_held"] is False
    now = desk.world.clock()
    with desk.world.ctx.database.write() as connection:
        plans.hold_for_recovery(connection, since=now, note="214 touches were sent after this backup")
    assert desk.get("/recovery")["note"] == "214 touches were sent after this backup"
    assert desk.post("/recovery/release").json()["is_held"] is False
    assert is_problem(desk.post("/recovery/release"), 409, "conflict")
    assert desk.world.rows("audit", action="release", subject="workspace")[0].actor == "tom-lee"


def test_a_breaker_is_listed_and_released_once(desk: Desk) -> None:
    now = desk.world.clock()
    row = {"scope": "domain", "key": "example.com", "level": "stop", "reason": "complaints", "detail": "3 of 90"}
    write(desk, insert(tables.breaker).values(**row, at=now, resume_at=now + timedelta(days=7)))
    (shown,) = desk.get("/breakers")
    assert (shown["scope"], shown["key"], shown["detail"]) == ("domain", "example.com", "3 of 90")
    assert desk.post(f"/breakers/{shown['id']}/release").json() == {"touches": 0}
    assert desk.get("/breakers") == []
    assert is_problem(desk.post(f"/breakers/{shown['id']}/release"), 409, "conflict")
    assert is_problem(desk.post("/breakers/99/release"), 404, "not-found")


def hold_as_stale(desk: Desk) -> int:
    row = next(row for row in desk.world.rows("touch", status="scheduled") if row.verb == "email")
    stale = update(tables.touch).where(tables.touch.c.id == row.id).values(status="held", reason="stale")
    write(desk, stale)
    return int(row.id)


def test_what_is_stale_is_approved_or_refused_together(desk: Desk) -> None:
    one = hold_as_stale(desk)
    assert desk.post("/held/approve", {"reason": "stale", "sequence": "no-such"}).json() == {"touches": 0}
    assert desk.post("/held/approve", {"reason": "stale"}).json() == {"touches": 1}
    assert desk.world.rows("touch", id=one)[0].status == "scheduled"
    two = hold_as_stale(desk)
    assert desk.post("/held/refuse", {}).json() == {"touches": 1}
    assert desk.world.rows("touch", id=two)[0].status == "expired"
    assert is_problem(desk.post("/held/approve", {"reason": "paused"}), 422, "bad-input")


def quarantine(desk: Desk) -> list[int]:
    """Every mail that is to leave next, whoever's it is."""
    rows = [row for row in desk.world.rows("touch", status="scheduled") if row.verb == "email"]
    put = {"status": "quarantined", "reason": "workers_died"}
    for row in rows:
        write(desk, update(tables.touch).where(tables.touch.c.id == row.id).values(**put))
    return [row.id for row in rows]


def test_what_was_quarantined_is_released_over_http(desk: Desk) -> None:
    one, *_ = quarantine(desk)
    assert desk.post(f"/doubts/{one}/release").json() == {"touch_id": one}
    assert desk.world.rows("touch", id=one)[0].status == "scheduled"


def test_what_was_quarantined_is_released_on_the_page(desk: Desk) -> None:
    set_apart, shown = quarantine(desk), desk.page.get("/").text
    one = next(touch for touch in set_apart if f"/doubts/{touch}/release" in shown)
    assert desk.page.post(f"/doubts/{one}/release").status_code == 200
    assert desk.world.rows("touch", id=one)[0].status == "scheduled"


def test_the_status_tells_all_in_one_and_agrees_with_the_lists(desk: Desk) -> None:
    found = desk.get("/status")
    assert (found["is_applied"], found["is_sending"], found["is_held"]) == (True, True, False)
    assert found["is_running"] is True
    for one in found["reps"]:
        queue = desk.get("/queue", params={"rep": one["rep"]})
        assert (one["due"], one["overdue"]) == (queue["total"], queue["overdue"])
    live = {one["key"]: one["live_enrollments"] for one in desk.get("/sequences")}
    told = {one["sequence"]: one["pending"] + one["active"] + one["paused"] for one in found["live"]}
    assert told == {key: people for key, people in live.items() if people}
    assert sum(one["paused"] for one in found["live"]) == len(desk.world.rows("enrollment", status="paused"))
    since = desk.world.clock() - timedelta(hours=24)
    ended = [row for row in desk.world.rows("touch") if row.ended_at and row.ended_at >= since]
    assert found["done"]["mails"] == sum(row.status == "sent" and row.verb == "email" for row in ended) > 0
    assert found["done"]["by_people"] == sum(row.status == "done" for row in ended) > 0
    waiting = found["waiting"]
    assert waiting["doubts"] == len(desk.world.rows("touch", status="in_doubt")) == 1
    assert waiting["replies_to_triage"] == len(desk.world.rows("task", kind="triage", status="open")) == 2
    first = min(row.due_at for row in desk.world.rows("touch", status="scheduled") if row.verb == "email")
    assert found["next_touch"]["at"].startswith(f"{first:%Y-%m-%dT%H:%M:%S}")


def test_the_status_counts_what_is_held_by_its_cause_but_not_what_a_pause_holds(desk: Desk) -> None:
    assert desk.world.rows("touch", status="held", reason="paused")
    before = {one["reason"]: one["touches"] for one in desk.get("/status")["waiting"]["held"]}
    hold_as_stale(desk)
    assert {one["reason"]: one["touches"] for one in desk.get("/status")["waiting"]["held"]} == before | {"stale": 1}
    assert "paused" not in before
    desk.world.clock.set(desk.world.clock() + timedelta(minutes=2))
    assert desk.get("/status")["is_running"] is False
