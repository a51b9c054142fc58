from datetime import UTC, datetime
from typing import Any

import pytest
from httpx import Response

from tests.api.desk import V1, Desk, is_problem

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def fresh(desk: Desk) -> int:
    """Somebody who is in no sequence yet."""
    return desk.world.add_prospect("Ada Example", email="ada@example.com", phone="+12125559000", stage="new")


def enroll(desk: Desk, **body: Any) -> Response:
    return desk.post("/enrollments", {"sequence": "outbound-7x3x21", "reps": ["tom-lee"]} | body)


def running(desk: Desk, name: str) -> Any:
    rows = desk.get("/enrollments", params={"prospect_id": desk.world.people[name], "limit": 200})["items"]
    return rows[-1]


def test_one_person_enters_a_sequence(desk: Desk, fresh: int) -> None:
    answer = enroll(desk, people=[fresh])
    assert answer.status_code == 201
    told = answer.json()
    assert (told["declared"], told["runs"], told["refused"]) == ("7x3x21", {"7x3x21": 1}, [])
    found = desk.get(f"/enrollments/{told['enrolled'][0]['enrollment_id']}")
    assert (found["enrollment"]["status"], found["enrollment"]["batch"]) == ("active", "api")
    assert found["formula"] == "7x3x21"
    assert {touch["step"] for touch in found["touches"]} == {"intro", "call-1", "connect", "personal"}


def test_a_dry_run_says_who_would_be_refused_and_does_nothing(desk: Desk, fresh: int) -> None:
    customer = desk.world.add_prospect(
        "Cus Tomer", email="c@example.com", account={"relationship": "customer"} | company()
    )
    answer = enroll(desk, people=[fresh, customer, 999_999], dry_run=True)
    assert answer.status_code == 200
    told = answer.json()
    assert [one["name"] for one in told["enrolled"]] == ["Ada Example"]
    assert told["reasons"] == {"customer": 1, "unknown_person": 1}
    assert [one["words"] for one in told["refused"]] == ["is a customer", "is not known"]
    assert not desk.world.rows("enrollment", prospect_id=fresh)


def company() -> dict[str, Any]:
    return {"name": "Customer Ltd", "name_key": "customer ltd", "created_at": _EPOCH}


def test_refusals_are_told_in_the_reps_language(desk: Desk) -> None:
    body = {"sequence": "outbound-7x3x21", "people": [999_999], "dry_run": True}
    answer = desk.post("/enrollments", body, X_Touchline_Rep="wei-zhang")
    assert answer.json()["refused"][0]["words"] == "查无此人"


def test_a_filter_enrolls_everybody_it_fits(desk: Desk, fresh: int) -> None:
    told = enroll(desk, filter={"stages": ["new"]}).json()
    assert [one["prospect_id"] for one in told["enrolled"]] == [fresh]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"people": []},
        {"people": [1], "filter": {}},
        {"people": ["x"]},
        {"people": [0]},
        {"people": list(range(1, 10_002))},
        {"people": [1], "dryrun": True},
        {"filter": {"stage": ["new"]}},
    ],
)
def test_an_order_that_cannot_be_read_is_refused(desk: Desk, body: Any) -> None:
    assert is_problem(enroll(desk, **body), 422, "invalid-request")


def test_a_sequence_or_rep_that_is_not_there_is_named(desk: Desk, fresh: int) -> None:
    assert is_problem(enroll(desk, sequence="nowhere", people=[fresh]), 404, "not-found")
    assert is_problem(enroll(desk, reps=["nobody"], people=[fresh]), 404, "not-found")


def test_a_batch_over_the_sequences_limit_is_refused_whole(desk: Desk) -> None:
    answer = enroll(desk, sequence="two-wave", people=list(range(1, 502)))
    assert is_problem(answer, 422, "bad-input")
    assert "at most 500" in answer.json()["detail"]


def test_the_list_is_filtered_and_paged(desk: Desk) -> None:
    everything = desk.get("/enrollments", params={"limit": 200})["items"]
    pages, cursor = [], None
    while True:
        page = desk.get("/enrollments", params={"limit": 7, **({"cursor": cursor} if cursor else {})})
        pages += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == everything
    stopped = desk.get("/enrollments", params={"status": "stopped", "rep": "tom-lee"})["items"]
    assert stopped
    assert {one["status"] for one in stopped} == {"stopped"}
    assert "they replied" in {one["why"] for one in stopped}
    assert is_problem(desk.api.get(f"{V1}/enrollments", params={"status": "sleeping"}), 422, "invalid-request")


def test_a_stop_ends_it_once(desk: Desk) -> None:
    row = running(desk, "Marta Silva")
    answer = desk.post(f"/enrollments/{row['id']}/stop", {"note": "asked by phone"})
    assert answer.status_code == 200
    told = answer.json()["enrollment"]
    assert (told["status"], told["end_reason"], told["end_note"]) == ("stopped", "manual", "asked by phone")
    assert is_problem(desk.post(f"/enrollments/{row['id']}/stop", {}), 409, "not-possible-now")


def test_a_pause_holds_and_a_resume_lets_go(desk: Desk) -> None:
    row = running(desk, "Marta Silva")
    path = f"/enrollments/{row['id']}"
    paused = desk.post(f"{path}/pause", {"note": "trade fair", "resume_at": "2026-03-20T09:00:00Z"}).json()
    assert paused["pauses"][0] == {
        "cause": "rep",
        "words": "paused by a rep",
        "note": "trade fair",
        "resume_at": "2026-03-20T09:00:00Z",
        "since": "2026-03-04T15:12:00Z",
    }
    assert "Marta Silva" not in [one["prospect"]["name"] for one in desk.get("/queue")["items"]]
    assert desk.post(f"{path}/resume").json()["enrollment"]["status"] == "active"
    assert is_problem(desk.post(f"{path}/resume"), 409, "conflict")
    assert desk.task_of("Marta Silva")


def test_a_pause_into_the_past_is_refused(desk: Desk) -> None:
    row = running(desk, "Marta Silva")
    answer = desk.post(f"/enrollments/{row['id']}/pause", {"resume_at": "2026-03-01T09:00:00Z"})
    assert is_problem(answer, 422, "bad-input")
    assert running(desk, "Marta Silva")["status"] == "active"


def test_an_enrollment_that_is_not_there_is_not_there(desk: Desk) -> None:
    assert is_problem(desk.api.get(f"{V1}/enrollments/999999"), 404, "not-found")
    for verb in ("stop", "pause"):
        assert is_problem(desk.post(f"/enrollments/999999/{verb}", {}), 404, "not-found")


def test_a_batch_begins_in_turn_or_is_refused_or_begins_at_once(desk: Desk) -> None:
    them = [desk.world.add_prospect(f"Person {n}", email=f"n{n}@n{n}.example", stage="new") for n in range(40)]
    refused = enroll(desk, people=them, when_too_many="refuse")
    assert is_problem(refused, 409, "too-many")
    assert "days of new work, and a day takes 16" in refused.json()["detail"]
    told = enroll(desk, people=them).json()
    (coming,) = told["newcomers"]
    assert coming["waiting"] == sum(one["begins_at"] is not None for one in told["enrolled"]) > 0
    assert coming["words"].startswith("Tom Lee: ")
    last = told["enrolled"][-1]["enrollment_id"]
    assert desk.get(f"/enrollments/{last}")["enrollment"]["why"].endswith("Tom Lee begins with 16 new people a day")
    begun = desk.post(f"/enrollments/{last}/admit").json()["enrollment"]
    assert (begun["status"], begun["admitted_at"] is not None) == ("active", True)
    assert is_problem(desk.post(f"/enrollments/{last}/admit"), 409, "conflict")
    assert desk.get("/status")["not_begun"][0]["people"] == coming["waiting"] - 1


def test_the_sums_of_what_reps_sustain(desk: Desk) -> None:
    found = desk.get("/capacity")
    leads = {one["sequence"]: (one["leads"], one["by_minutes"]) for one in found["sequences"]}
    assert (leads["call-in-15"], leads["outbound-7x3x21"], leads["call-in-cn"]) == ((8, 8.25), (16, 17.37), (16, 23.57))
    tom = next(one for one in found["reps"] if (one["rep"], one["sequence"]) == ("tom-lee", "two-wave"))
    assert (tom["leads_per_day"], tom["limit"], tom["words"]) == (25, "mails", "by what the mailbox sends")
