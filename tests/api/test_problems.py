from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from engine.operations.queries import team
from engine.store import tables
from tests.api.desk import V1, Desk, is_problem


def test_an_unknown_address_and_method_are_problems(desk: Desk) -> None:
    assert is_problem(desk.api.get(f"{V1}/nowhere"), 404, "not-found")
    answer = desk.api.delete(f"{V1}/queue")
    assert is_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize("body", ["{", "", "null", '"x"', "[1]", '{"is_on": "perhaps"}'])
def test_a_body_that_cannot_be_read_is_a_problem(desk: Desk, body: str) -> None:
    answer = desk.api.put(f"{V1}/sending", content=body, headers={"Content-Type": "application/json"})
    assert is_problem(answer, 422, "invalid-request")
    assert desk.get("/sending") == {"is_on": True}


def test_what_is_not_json_says_so_and_where(desk: Desk) -> None:
    answer = desk.api.put(f"{V1}/sending", content='{"is_on" true}', headers={"Content-Type": "application/json"})
    assert answer.json()["detail"] == "body: not JSON: expecting ':' delimiter at character 9"


def test_a_form_is_no_json(desk: Desk) -> None:
    answer = desk.api.put(f"{V1}/sending", content="is_on=false", headers={"Content-Type": "text/plain"})
    assert is_problem(answer, 422, "invalid-request")


def test_a_body_too_large_is_refused_before_it_is_read(desk: Desk) -> None:
    def endless() -> object:
        for _ in range(20):
            yield b"x" * 100_000

    assert is_problem(desk.api.post(f"{V1}/enrollments", content=b"x" * 1_000_001), 413, "too-large")
    assert is_problem(desk.api.post(f"{V1}/enrollments", content=endless()), 413, "too-large")


def test_every_wrong_field_is_named_at_once(desk: Desk) -> None:
    answer = desk.post("/suppressions", {"scope": "planet", "value": "", "colour": "red"})
    fields = {one["field"]: one["message"] for one in answer.json()["errors"]}
    assert set(fields) == {"scope", "value", "colour", "reason"}
    assert "colour" in answer.json()["detail"]


def test_what_nobody_foresaw_tells_nothing_of_the_inside(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fall(_ctx: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(team, "sequences", fall)
    client = TestClient(desk.api.app, headers=dict(desk.api.headers), raise_server_exceptions=False)
    answer = client.get(f"{V1}/sequences")
    assert is_problem(answer, 500, "unexpected")
    assert "swordfish" not in answer.text
    assert "swordfish" in caplog.text


def test_somebody_who_looks_at_a_page_gets_a_page(desk: Desk) -> None:
    answer = desk.page.get("/people/999999")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "There is no such thing" in answer.text


def test_health_is_asked_without_a_token(desk: Desk) -> None:
    assert desk.anyone.get("/healthz").json() == {"status": "ok"}
    answer = desk.anyone.get("/readyz")
    assert answer.status_code == 200
    names = [check["name"] for check in answer.json()["checks"]]
    assert names == ["database", "migrations", "heartbeat", "clock", "arrivals"]


def _old_beat(desk: Desk) -> None:
    desk.world.clock.set(desk.world.clock() + timedelta(seconds=61))


def _no_beat(desk: Desk) -> None:
    with desk.world.ctx.database.write() as connection:
        connection.execute(tables.heartbeat.delete())


def _old_tables(desk: Desk) -> None:
    with desk.world.ctx.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")


def _no_database(desk: Desk) -> None:
    desk.world.ctx.database.close()
    assert desk.world.ctx.database.path is not None
    desk.world.ctx.database.path.write_bytes(b"this is not a database at all" * 100)


@pytest.mark.parametrize(
    ("harm", "name"),
    [(_old_beat, "heartbeat"), (_no_beat, "heartbeat"), (_old_tables, "migrations"), (_no_database, "database")],
)
def test_readiness_turns_red_and_says_why(desk: Desk, harm: Callable[[Desk], None], name: str) -> None:
    harm(desk)
    answer = desk.anyone.get("/readyz")
    assert answer.status_code == 503
    assert [check["name"] for check in answer.json()["checks"] if not check["is_good"]] == [name]
    assert desk.anyone.get("/healthz").status_code == 200


def test_every_answer_forbids_what_is_not_ours(desk: Desk) -> None:
    for answer in (desk.api.get(f"{V1}/reps"), desk.anyone.get("/login"), desk.anyone.get(f"{V1}/reps")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/?q=%00", "/api/v1/prospects?q=%00", "/api/v1/enrollments?sequence=a%00b"])
def test_a_nul_in_a_query_is_refused(desk: Desk, path: str) -> None:
    answer = desk.api.get(path)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
