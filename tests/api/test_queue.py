from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from engine.core.ranking import Level, Ranked, rank
from engine.operations.queries import queue
from engine.store import tables
from tests.api.desk import V1, Desk, is_problem


def names(rows: list[Any]) -> list[str]:
    return [row["prospect"]["name"] for row in rows]


def whole(desk: Desk, limit: int, **params: str) -> list[Any]:
    """Every page, one after the other."""
    found, cursor = [], None
    while True:
        page = desk.get("/queue", params={**params, "limit": limit, **({"cursor": cursor} if cursor else {})})
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_the_day_stands_in_the_order_of_rule_19(desk: Desk) -> None:
    rows = desk.get("/queue")["items"]
    assert names(rows) == [
        "Olivia Grant",  # a clock runs
        "Jonas Weber", "Ruth Adeyemi",  # replies
        "Tom Okafor",  # a promise
        "Daniel Cho", "Viktor Sandor",  # a hand-over, a meeting
        "Grace Kim",  # she clicked
        "Hugo Lambert", "Owen Price", "Marta Silva",  # calls, the window that closes soonest first
        "Laura Bennett",  # another step
        "Mina Kovács", "Ines Moreau", "Ana Souza", "Noah Patel",  # overdue
        "Priya Raman", "Sam Whitfield", "Noah Patel",  # research
    ]  # fmt: skip
    assert [row["level"] for row in rows] == sorted(row["level"] for row in rows)
    assert {row["level"] for row in rows} == {1, 2, 3, 4, 5, 6, 7, 8, 10}


def test_every_level_mix_comes_in_the_order_of_the_rule_itself(desk: Desk) -> None:
    now = desk.world.clock()
    wanted = add_tasks(desk, now)
    rows = [row["id"] for row in whole(desk, 7, rep="grace-hill")]
    assert rows == [task.id for task in sorted(wanted, key=lambda task: rank(task, now))]


def add_tasks(desk: Desk, now: datetime) -> list[Ranked]:
    """Sixty open tasks of Grace Hill, of every level, with and without windows and clocks."""
    rep = next(row.id for row in desk.world.rows("rep") if row.key == "grace-hill")
    person = desk.world.people["Mina Kovács"]
    made = []
    with desk.world.ctx.database.write() as connection:
        for number in range(60):
            opens = now + timedelta(minutes=(number * 37) % 300 - 180)
            row = {
                "kind": "call",
                "status": "open",
                "level": list(Level)[number % 10].value,
                "rep_id": rep,
                "prospect_id": person,
                "title": "Call",
                "due_at": now - timedelta(minutes=number % 50),
                "callable_from": opens if number % 3 else None,
                "callable_until": opens + timedelta(hours=2) if number % 3 else None,
                "respond_by": now + timedelta(minutes=(number * 13) % 120 - 60) if number % 4 == 0 else None,
                "tier": number % 3 + 1,
                "lead_at": now - timedelta(days=number % 7),
                "created_at": now,
            }
            identity = connection.execute(insert(tables.task).values(**row).returning(tables.task.c.id)).scalar_one()
            made.append(queue.ranked(next(_stored(connection, identity))))
    return made


def _stored(connection: Any, identity: int) -> Any:
    return iter(connection.execute(tables.task.select().where(tables.task.c.id == identity)))


def test_pages_neither_repeat_nor_miss_anybody_while_new_work_arrives(desk: Desk) -> None:
    first = desk.get("/queue", params={"limit": 5})
    later = [row["id"] for row in whole(desk, 50)[5:]]
    desk.world.clock.set(desk.world.clock() + timedelta(minutes=40))
    add_tasks(desk, desk.world.clock())
    with desk.world.ctx.database.write() as connection:
        connection.execute(tables.task.update().where(tables.task.c.level == 1).values(rep_id=_rep(desk, "tom-lee")))
    rest, cursor = [], first["next_cursor"]
    while cursor:
        page = desk.get("/queue", params={"limit": 5, "cursor": cursor})
        rest += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert [one for one in rest if one in later] == later
    assert len(set(rest)) == len(rest)
    assert not {row["id"] for row in first["items"]} & set(rest)


def _rep(desk: Desk, key: str) -> int:
    return next(int(row.id) for row in desk.world.rows("rep") if row.key == key)


def test_the_link_header_leads_to_the_next_page(desk: Desk) -> None:
    answer = desk.api.get(f"{V1}/queue", params={"limit": 5})
    link = answer.headers["link"]
    assert link.endswith('>; rel="next"')
    following = desk.api.get(link[1 : link.index(">")]).json()
    assert following["items"][0]["id"] == whole(desk, 50)[5]["id"]
    assert "link" not in desk.api.get(f"{V1}/queue", params={"limit": 200}).headers


@pytest.mark.parametrize(("name", "value"), [("limit", "0"), ("limit", "201"), ("limit", "x"), ("cursor", "x" * 501)])
def test_limits_are_checked(desk: Desk, name: str, value: str) -> None:
    answer = desk.api.get(f"{V1}/queue", params={name: value})
    assert is_problem(answer, 422, "invalid-request")
    assert answer.json()["errors"][0]["field"] == name


@pytest.mark.parametrize("cursor", ["x", "W10", "é", "bnVsbA", "WyIyMDI2LTAzLTA0IiwxLGZhbHNlLCJ4IiwxLCJ4IiwxXQ"])
def test_a_cursor_that_we_did_not_make_is_refused(desk: Desk, cursor: str) -> None:
    for path in ("/queue", "/prospects", "/doubts"):
        assert is_problem(desk.api.get(V1 + path, params={"cursor": cursor}), 422, "bad-input")


def test_each_row_says_why_in_the_reps_language(desk: Desk) -> None:
    told = {row["prospect"]["name"]: row["why"] for row in desk.get("/queue")["items"]}
    assert told["Olivia Grant"] == "Inbound lead, 2 minutes left to respond"
    assert told["Tom Okafor"] == "Promised call at 09:47, 25 minutes ago"
    assert told["Hugo Lambert"] == "Call of day 2, their window closes at 17:00 (16:12 in Paris now)"
    assert told["Marta Silva"] == "Call of day 2, their window closes at 17:00"
    assert told["Grace Kim"].startswith("They clicked 1 h 10 min ago; call of day 2")
    chinese = desk.get("/queue", params={"rep": "wei-zhang"})
    assert chinese["items"][0]["why"] == "进线线索，响应已超时 1 天"
    assert {row["title"] for row in chinese["items"]} == {"电话", "添加微信"}


def test_a_row_carries_what_a_rep_needs_to_decide(desk: Desk) -> None:
    row = desk.task_of("Hugo Lambert")
    assert row["prospect"]["title"] == "Directeur des opérations"
    assert row["account"]["name"] == "Verrerie du Lac"
    assert row["account"]["tier"] == 2
    assert row["origin"]["sequence"] == "outbound-7x3x21"
    assert (row["origin"]["step"], row["origin"]["day"]) == ("call-1", 2)
    assert (row["zone"], row["local_time"]) == ("Europe/Paris", "16:12")
    assert (
        row["window"] == {"opens_at": "2026-03-04T13:00:00Z", "closes_at": "2026-03-04T16:00:00Z"}
        or row["window"]["closes_at"] == "2026-03-04T16:00:00Z"
    )
    assert row["is_callable_now"] is True
    assert row["is_overdue"] is False
    assert desk.task_of("Olivia Grant")["respond_by"] == "2026-03-04T15:14:00Z"


def test_what_is_late_may_be_done_in_todays_hours_too(desk: Desk) -> None:
    assert desk.task_of("Mina Kovács")["is_overdue"] is True
    assert desk.task_of("Mina Kovács")["is_callable_now"] is True  # 16:12 in Budapest
    assert desk.task_of("Ana Souza")["is_callable_now"] is False  # 12:12 in São Paulo: lunch


def test_a_click_counts_for_a_day(desk: Desk) -> None:
    assert desk.task_of("Grace Kim")["level"] == Level.CLICKED
    with desk.world.ctx.database.write() as connection:
        old = desk.world.clock() - timedelta(hours=25)
        connection.execute(tables.touch.update().where(tables.touch.c.clicked_at.is_not(None)).values(clicked_at=old))
    assert desk.task_of("Grace Kim")["level"] == Level.DUE_CALL


def test_the_day_is_counted_on_the_reps_own_clock(desk: Desk) -> None:
    before = desk.get("/queue/today")
    assert (before["done"], before["skipped"]) == (0, 0)
    assert before["since"] == "2026-03-04T05:00:00Z"
    assert before["left"] == len(whole(desk, 50))
    desk.on_task(desk.task_of("Marta Silva"), "complete", {"outcome": "busy"})
    desk.on_task(desk.task_of("Grace Kim"), "skip", {"reason": "colleague spoke to her"})
    after = desk.get("/queue/today")
    assert (after["done"], after["skipped"], after["left"]) == (1, 1, before["left"] - 2)


def test_a_snoozed_task_is_out_of_the_queue_until_its_time(desk: Desk) -> None:
    task = desk.task_of("Marta Silva")
    until = desk.world.clock() + timedelta(hours=1)
    desk.on_task(task, "snooze", {"until": until.isoformat()})
    assert task["id"] not in [row["id"] for row in whole(desk, 50)]
    desk.world.clock.set(until + timedelta(minutes=1))
    desk.world.tick()
    assert task["id"] in [row["id"] for row in whole(desk, 50)]


def test_nobodys_queue_is_an_error_and_an_empty_one_is_not(desk: Desk) -> None:
    assert is_problem(desk.api.get(f"{V1}/queue", params={"rep": "nobody"}), 404, "not-found")
    assert desk.get("/queue", params={"rep": "ana-diaz"})["items"] == []


def test_instants_are_utc(desk: Desk) -> None:
    found = desk.get("/queue")
    assert datetime.fromisoformat(found["at"]) == desk.world.clock().astimezone(UTC)
    assert all(row["due_at"].endswith("Z") for row in found["items"])
