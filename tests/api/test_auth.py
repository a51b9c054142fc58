import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from engine.core.errors import BadInput
from tests.api.desk import TOKEN, V1, Desk, is_problem, open_desk
from tests.support.world import World

OPEN = {"/healthz", "/readyz", "/u/{token}", "/c/{link_id}"}
SIGNED = "/webhooks/"  # these ask for a signature instead: tests/api/test_webhooks.py


def operations(desk: Desk) -> list[tuple[str, str]]:
    document: dict[str, Any] = desk.get("/openapi.json")
    return [(method, path) for path, methods in document["paths"].items() for method in methods]


def test_every_operation_but_the_open_ones_needs_the_token(desk: Desk) -> None:
    found = operations(desk)
    closed = [(method, path) for method, path in found if path not in OPEN and not path.startswith(SIGNED)]
    assert len(closed) > 30
    for method, path in closed:
        answer = desk.anyone.request(method, re.sub(r"{\w+}", "1", path))
        assert is_problem(answer, 401, "token-needed"), (method, path)
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "given", ["Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", "Bearer é"]
)
def test_a_wrong_token_opens_nothing(desk: Desk, given: str) -> None:
    answer = desk.anyone.get(f"{V1}/reps", headers={"Authorization": given.encode()})
    assert is_problem(answer, 401, "token-needed")


def test_an_address_that_does_not_exist_says_so_only_to_those_with_a_token(desk: Desk) -> None:
    assert is_problem(desk.anyone.get("/api/v1/nowhere"), 401, "token-needed")
    assert is_problem(desk.api.get("/api/v1/nowhere"), 404, "not-found")


def test_an_app_without_a_token_is_refused(day: World) -> None:
    with pytest.raises(BadInput):
        create_app(day.ctx, "")


def test_a_browser_without_a_session_is_sent_to_the_login(desk: Desk) -> None:
    answer = desk.anyone.get("/people/3", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/people/3")


def test_the_printed_address_signs_in_and_leaves_the_token_behind(desk: Desk) -> None:
    answer = desk.anyone.get("/login", params={"token": TOKEN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    assert desk.anyone.get("/", headers={"Accept": "text/html"}).status_code == 200


def test_over_https_the_cookie_never_leaves_it(desk: Desk) -> None:
    answer = desk.anyone.get("https://testserver/login", params={"token": TOKEN})
    assert "Secure" in answer.headers["set-cookie"]


def test_a_wrong_token_at_the_login_sets_no_cookie(desk: Desk) -> None:
    answer = desk.anyone.post("/login", data={"token": "guess"}, headers={"Origin": "http://testserver"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\r\nb", ""])
def test_the_login_never_leads_to_another_site(desk: Desk, wanted: str) -> None:
    answer = desk.anyone.get("/login", params={"token": TOKEN, "next": wanted})
    assert answer.headers["location"] == "/"


def test_eight_idle_hours_end_a_session(desk: Desk) -> None:
    clock = desk.world.clock
    clock.set(clock() + timedelta(hours=7))
    assert "Olivia Grant" in desk.page.get("/").text
    clock.set(clock() + timedelta(hours=7))
    assert "Olivia Grant" in desk.page.get("/").text
    clock.set(clock() + timedelta(hours=9))
    assert "Olivia Grant" not in desk.page.get("/").text


@pytest.mark.parametrize("session", ["", ".", "1", "9999999999.", f"9999999999.{'0' * 64}", "nan.0", "1.2.3"])
def test_a_made_up_session_opens_nothing(desk: Desk, session: str) -> None:
    answer = desk.anyone.get(f"{V1}/reps", headers={"Cookie": f"touchline_session={session}"})
    assert is_problem(answer, 401, "token-needed")


def test_another_token_ends_every_session(desk: Desk) -> None:
    cookie = desk.page.cookies["touchline_session"]
    with open_desk(desk.world) as again:
        again.anyone.cookies.set("touchline_session", cookie)
        assert again.anyone.get("/", headers={"Accept": "text/html"}).status_code == 200
    changed = create_app(desk.world.ctx, "another-token")
    with TestClient(changed, cookies={"touchline_session": cookie}) as client:
        assert client.get(f"{V1}/reps").status_code == 401


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://testserver.evil.example", "", None])
def test_another_site_cannot_act_with_our_cookie(desk: Desk, origin: str | None) -> None:
    del desk.page.headers["origin"]
    headers = {"Origin": origin} if origin is not None else {}
    task = desk.task_of("Olivia Grant")
    form = {"version": str(task["version"]), "outcome": "no_answer"}
    answer = desk.page.post(f"/tasks/{task['id']}/complete", data=form, headers=headers)
    assert is_problem(answer, 403, "foreign-origin")
    assert is_problem(desk.page.put(f"{V1}/sending", json={"is_on": False}, headers=headers), 403, "foreign-origin")
    assert desk.get("/sending") == {"is_on": True}


def test_the_cookie_reads_and_acts_on_the_api_from_our_own_origin(desk: Desk) -> None:
    assert desk.page.get(f"{V1}/queue").json()["rep"] == "tom-lee"
    assert desk.page.put(f"{V1}/sending", json={"is_on": False}).status_code == 200


def test_signing_out_forgets_the_cookie(desk: Desk) -> None:
    desk.page.post("/logout")
    assert "touchline_session" not in desk.page.cookies


def test_a_rep_that_nobody_is_cannot_act(desk: Desk) -> None:
    task = desk.task_of("Olivia Grant")
    answer = desk.on_task(task, "claim", X_Touchline_Rep="nobody")
    assert is_problem(answer, 422, "bad-input")
    assert answer.json()["errors"][0]["field"] == "X-Touchline-Rep"
    assert "tom-lee" in desk.get("/queue")["rep"]


def test_who_acts_must_be_said(desk: Desk) -> None:
    del desk.api.headers["x-touchline-rep"]
    assert is_problem(desk.post("/tasks/1/claim", If_Match="*"), 422, "bad-input")
    assert is_problem(desk.api.get(f"{V1}/queue"), 422, "bad-input")
    assert desk.api.get(f"{V1}/queue", params={"rep": "wei-zhang"}).status_code == 200


def test_a_rep_who_has_left_takes_no_more_decisions(desk: Desk) -> None:
    with desk.world.ctx.database.write() as connection:
        connection.exec_driver_sql("UPDATE rep SET is_active = 0 WHERE key = 'ana-diaz'")
    assert is_problem(desk.post("/tasks/1/claim", If_Match="*", X_Touchline_Rep="ana-diaz"), 422, "bad-input")
