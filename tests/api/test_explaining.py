"""Why and when, over HTTP and on the page."""

import re

from tests.api.desk import V1, Desk, is_problem


def enrollment_of(desk: Desk, name: str) -> int:
    return int(desk.world.rows("enrollment", prospect_id=desk.world.people[name])[-1].id)


def test_an_enrollment_and_each_of_its_touches_are_explained(desk: Desk) -> None:
    number = enrollment_of(desk, "Emily Hart")
    found = desk.get(f"/enrollments/{number}/explanation")
    assert found["enrollment"]["prospect"]["name"] == "Emily Hart"
    (mail,) = found["touches"]
    assert found["waiting"][0]["step"] == "call-1"
    alone = desk.get(f"/touches/{mail['id']}/explanation")
    assert alone["touch"] == mail
    told = [link["words"] for link in mail["why"]]
    assert "Nobody can say whether it left: nobody knows whether it was sent." in told
    assert mail["changes"][0]["command"].startswith(f"touchline doubts settle {mail['id']}")


def test_the_words_are_those_of_the_rep_who_asks(desk: Desk) -> None:
    number = enrollment_of(desk, "Emily Hart")
    found = desk.get(f"/enrollments/{number}/explanation", headers={"X-Touchline-Rep": "wei-zhang"})
    assert found["why"][0]["words"].startswith("第 1 天为")


def test_what_is_not_there_is_not_explained(desk: Desk) -> None:
    for path in ("/enrollments/99999/explanation", "/touches/99999/explanation"):
        assert is_problem(desk.api.get(V1 + path), 404, "not-found")


def test_the_page_of_a_person_leads_to_why_and_when(desk: Desk) -> None:
    number = enrollment_of(desk, "Greg Lindqvist")
    person = desk.page.get(f"/people/{desk.world.people['Greg Lindqvist']}").text
    assert f'href="/enrollments/{number}"' in person
    page = desk.page.get(f"/enrollments/{number}").text
    assert "Paused since Wed 4 Mar 15:42" in page
    assert f"<code>touchline enrollment resume {number}</code>" in page
    assert "By the clock of Europe/Stockholm: their own." in page
    touches = [int(found) for found in re.findall(r'id="touch-(\d+)"', page)]
    explained = desk.get(f"/enrollments/{number}/explanation")["touches"]
    assert touches == [touch["id"] for touch in explained]
    assert len(touches) > 1
    assert desk.page.get("/enrollments/99999").status_code == 404
    desk.page.post("/rep", data={"rep": "wei-zhang"})
    assert "按 Europe/Stockholm 的当地时间" in desk.page.get(f"/enrollments/{number}").text


def test_a_rep_sees_the_days_of_their_own_and_a_manager_those_of_the_team(desk: Desk) -> None:
    mine = desk.get("/forecast", params={"days": 5})
    assert [one["rep"] for one in mine["reps"]] == ["tom-lee"]
    assert [one["rep"] for one in mine["mailboxes"]] == ["tom-lee"]
    assert len(mine["reps"][0]["days"]) == 5
    refused = desk.api.get(V1 + "/forecast", params={"rep": "wei-zhang"})
    assert is_problem(refused, 403, "out-of-scope")
    led = desk.get("/forecast", headers={"X-Touchline-Rep": "grace-hill"})
    assert {one["rep"] for one in led["reps"]} == {"tom-lee", "ana-diaz", "wei-zhang", "grace-hill"}
    one = desk.get("/forecast", headers={"X-Touchline-Rep": "grace-hill"}, params={"rep": "wei-zhang"})
    assert [row["rep"] for row in one["reps"]] == ["wei-zhang"]
    assert is_problem(desk.api.get(V1 + "/forecast", params={"rep": "nobody"}), 404, "not-found")
    assert desk.api.get(V1 + "/forecast", params={"days": 0}).status_code == 422


def test_the_forecast_is_drawn_and_told_in_a_table(desk: Desk) -> None:
    page = desk.page.get("/forecast").text
    assert "Nobody answers in this forecast" in page
    assert "Tasks of Tom Lee by day" in page
    assert '<rect class="bar-call"' in page
    assert "tom.lee@northgate.example.com" in page
    assert "Ana Diaz by day" not in page
    days = desk.get("/forecast")["reps"][0]["days"]
    assert all(f"<td>{day['tasks']}</td>" in page for day in days)
    assert "style=" not in page
    assert ">limit 80</text>" in page
    assert '<span class="off">Tom Lee does not work on that weekday</span>' in page
    desk.page.post("/rep", data={"rep": "wei-zhang"})
    assert "此预测假设无人回应" in desk.page.get("/forecast").text
