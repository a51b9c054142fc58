"""Prospects, sequences, reps, suppressions, the kill switch, doubts and held touches."""

from typing import Any

import pytest

from tests.api.desk import V1, Desk, is_problem


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("kov", ["Mina Kovács"]),
        ("NORTHWIND", ["Mina Kovács"]),
        ("李明", ["李明"]),
        ("华东", ["李明"]),
        ("jonas.weber@", ["Jonas Weber"]),
        ("mina freight", ["Mina Kovács"]),
        ("mina altmark", []),
        ("%", []),
        ("o_n", []),
        ("' OR 1=1 --", []),
        ("harbor & pine", ["Laura Bennett"]),
    ],
)
def test_people_are_found_by_name_company_or_address(desk: Desk, text: str, names: list[str]) -> None:
    found = desk.get("/prospects", params={"q": text})["items"]
    assert [one["name"] for one in found] == names


def test_all_people_come_in_pages_and_by_owner_and_stage(desk: Desk) -> None:
    everybody = desk.get("/prospects", params={"limit": 200})["items"]
    assert len(everybody) == len(desk.world.people)
    first = desk.get("/prospects", params={"limit": 10})
    second = desk.get("/prospects", params={"limit": 10, "cursor": first["next_cursor"]})
    assert [one["id"] for one in (*first["items"], *second["items"])] == [one["id"] for one in everybody[:20]]
    interested = desk.get("/prospects", params={"stage": "interested"})["items"]
    assert [one["name"] for one in interested] == ["Daniel Cho"]
    assert desk.get("/prospects", params={"owner": "tom-lee"})["items"] == []
    assert is_problem(desk.api.get(f"{V1}/prospects", params={"owner": "nobody"}), 404, "not-found")


def test_a_person_has_addresses_bans_and_a_history_in_words(desk: Desk) -> None:
    found = desk.get(f"/prospects/{desk.world.people['Noah Patel']}")
    dead = next(one for one in found["addresses"] if one["kind"] == "email")
    assert (dead["is_usable"], dead["dead_reason"]) == (False, "bounced")
    assert {"scope": "address", "channel": "email", "reason": "bounced"} in found["suppressed"]
    texts = [entry["text"] for entry in found["history"]]
    assert texts[0] == "The mail bounced"
    assert texts[-1] == "Enrolled in Two waves, 2 mails and 2 calls in 10 days"
    assert [entry["at"] for entry in found["history"]] == sorted((e["at"] for e in found["history"]), reverse=True)
    assert is_problem(desk.api.get(f"{V1}/prospects/999999"), 404, "not-found")


def test_a_history_tells_outcomes_stages_and_ends(desk: Desk) -> None:
    texts = [entry["text"] for entry in desk.get(f"/prospects/{desk.world.people['Daniel Cho']}")["history"]]
    assert "Call: interested" in texts
    assert "Stage: – → Interested" in texts
    assert "Outbound, 7 touches, 3 channels, 21 days ended: interested" in texts
    chinese = {"X-Touchline-Rep": "wei-zhang"}
    other = desk.get(f"/prospects/{desk.world.people['Daniel Cho']}", headers=chinese)["history"]
    assert "电话：有意向" in [entry["text"] for entry in other]


def test_sequences_tell_version_and_formula(desk: Desk) -> None:
    found = {one["key"]: one for one in desk.get("/sequences")}
    call_in = found["call-in-15"]
    assert (call_in["formula"], call_in["tasks"], call_in["version"]) == ("15x3x15", 10, 1)
    assert (call_in["live_enrollments"], call_in["is_paused"]) == (1, False)
    assert [step["day"] for step in call_in["steps"]] == sorted(step["day"] for step in call_in["steps"])


def test_reps_are_listed_with_their_zone(desk: Desk) -> None:
    found = {one["key"]: one for one in desk.get("/reps")}
    assert set(found) == {"tom-lee", "ana-diaz", "wei-zhang", "grace-hill"}
    assert (found["wei-zhang"]["zone"], found["wei-zhang"]["locale"]) == ("Asia/Shanghai", "zh")


@pytest.mark.parametrize(
    ("scope", "value", "status"),
    [
        ("person", "Marta Silva", "stopped"),
        ("address", "Marta.Silva+x@EXAMPLE.com", "stopped"),
        ("domain", "harborline.example", "active"),
    ],
)
def test_a_suppression_ends_what_is_live(desk: Desk, scope: str, value: str, status: str) -> None:
    named = str(desk.world.people[value]) if scope == "person" else value
    body = {"scope": scope, "value": named, "reason": "asked by phone"}
    answer = desk.post("/suppressions", body)
    assert answer.status_code == 201
    assert desk.post("/suppressions", body).status_code == 200
    listed = desk.get("/suppressions", params={"limit": 200})["items"]
    assert listed[-1] == answer.json()
    row = desk.world.rows("enrollment", prospect_id=desk.world.people["Marta Silva"])[-1]
    assert row.status == status
    assert desk.world.rows("audit", action="suppress", actor="tom-lee")


def test_a_suppression_by_account_covers_everybody_there(desk: Desk) -> None:
    marta = desk.get("/prospects", params={"q": "Marta"})["items"][0]
    body = {"scope": "account", "value": str(marta["account"]["id"]), "reason": "legal"}
    assert desk.post("/suppressions", body).status_code == 201
    assert desk.get(f"/prospects/{marta['id']}")["suppressed"] == [
        {"scope": "account", "channel": "all", "reason": "legal"}
    ]


def test_one_channel_closed_leaves_the_others(desk: Desk) -> None:
    body = {"scope": "person", "value": str(desk.world.people["Marta Silva"]), "channel": "phone", "reason": "asked"}
    assert desk.post("/suppressions", body).status_code == 201
    assert desk.world.rows("enrollment", prospect_id=desk.world.people["Marta Silva"])[-1].status == "active"


@pytest.mark.parametrize(
    "body",
    [
        {"scope": "address", "kind": "phone", "value": "0212 555"},
        {"scope": "address", "value": "nobody"},
        {"scope": "planet", "value": "1"},
        {"scope": "person", "value": ""},
        {"scope": "person", "value": "1", "reason": ""},
    ],
)
def test_a_suppression_of_nothing_is_refused(desk: Desk, body: Any) -> None:
    assert is_problem(desk.post("/suppressions", {"reason": "x"} | body), 422, "invalid-request")


def test_a_person_or_account_is_named_by_number(desk: Desk) -> None:
    for scope in ("person", "account"):
        answer = desk.post("/suppressions", {"scope": scope, "value": "Marta", "reason": "x"})
        assert is_problem(answer, 422, "bad-input")
    unknown = desk.post("/suppressions", {"scope": "person", "value": "999999", "reason": "x"})
    assert is_problem(unknown, 404, "not-found")


def test_the_kill_switch_stops_what_would_leave(desk: Desk) -> None:
    assert desk.get("/sending") == {"is_on": True}
    assert desk.api.put(f"{V1}/sending", json={"is_on": False}).json() == {"is_on": False}
    assert desk.world.rows("audit", action="sending", actor="tom-lee")
    due = desk.world.rows("touch", status="scheduled", verb="email")[0]
    desk.world.clock.set(max(due.due_at, desk.world.clock()))
    desk.world.tick()
    assert desk.world.rows("touch", id=due.id)[0].status == "scheduled"
    assert is_problem(desk.api.put(f"{V1}/sending", json={"on": False}), 422, "invalid-request")


def test_a_doubt_is_shown_with_what_to_do_and_settled_by_a_person(desk: Desk) -> None:
    (doubt,) = desk.get("/doubts")["items"]
    assert doubt["prospect"]["name"] == "Emily Hart"
    assert doubt["why"] == "nobody knows whether it was sent"
    assert "never sent again by itself" in doubt["what_to_do"]
    assert doubt["detail"] == "the server did not answer after the last line of the mail"
    assert doubt["recipient"] == "emily.hart@example.com"
    answer = desk.post(f"/doubts/{doubt['id']}/settle", {"was_sent": True})
    assert answer.json() == {"touch_id": doubt["id"], "was_sent": True}
    assert desk.get("/doubts")["items"] == []
    assert desk.world.rows("touch", id=doubt["id"])[0].status == "sent"
    assert desk.post(f"/doubts/{doubt['id']}/settle", {"was_sent": False}).status_code == 409


def test_a_doubt_that_was_not_sent_is_given_up(desk: Desk) -> None:
    (doubt,) = desk.get("/doubts")["items"]
    desk.post(f"/doubts/{doubt['id']}/settle", {"was_sent": False})
    assert desk.world.rows("touch", id=doubt["id"])[0].status == "skipped"


def test_each_rep_sees_the_doubts_of_their_own_people(desk: Desk) -> None:
    assert desk.get("/doubts", params={"rep": "wei-zhang"})["items"] == []


@pytest.mark.parametrize("path", ["/doubts", "/held"])
def test_a_program_that_names_no_rep_sees_everybodys(desk: Desk, path: str) -> None:
    nobody = {"X-Touchline-Rep": ""}
    everybody = desk.api.get(V1 + path, headers=nobody)
    assert everybody.status_code == 200
    assert {row["rep"] for row in everybody.json()["items"]} == {"tom-lee"}
    assert desk.api.get(V1 + path, headers=nobody, params={"rep": "wei-zhang"}).json()["items"] == []
    assert desk.api.get(V1 + path, headers={"X-Touchline-Rep": "wei-zhang"}).json()["items"] == []
    assert is_problem(desk.api.get(V1 + path, headers=nobody, params={"rep": "no-such"}), 404, "not-found")


def test_held_touches_say_why_and_what_to_do(desk: Desk) -> None:
    rows = desk.get("/held")["items"]
    assert {row["prospect"]["name"] for row in rows} == {"Greg Lindqvist"}
    assert {row["why"] for row in rows} == {"the enrollment is paused"}
    assert {row["what_to_do"] for row in rows} == {"Resume the enrollment when it shall go on."}
    one = desk.get("/held", params={"limit": 1})
    assert [row["id"] for row in one["items"]] == [rows[0]["id"]]
    rest = desk.get("/held", params={"cursor": one["next_cursor"]})["items"]
    assert [row["id"] for row in rest] == [row["id"] for row in rows[1:]]


def test_a_held_touch_is_given_up_with_a_reason_and_leaves_the_list(desk: Desk) -> None:
    touch = desk.get("/held")["items"][0]["id"]
    assert desk.post(f"/held/{touch}/skip", {"reason": ""}).status_code == 422
    assert desk.post(f"/held/{touch}/skip", {"reason": "called instead"}).json() == {"touch_id": touch}
    assert touch not in [row["id"] for row in desk.get("/held")["items"]]
    assert desk.post(f"/held/{touch}/release").status_code == 409
