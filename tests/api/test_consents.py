"""Consents and opt-ins over HTTP."""

from typing import Any

import pytest

from tests.api.desk import V1, Desk, is_problem

YES = {"channel": "email", "text": "Send me the price list", "source": "web form, 3 March"}


def path(desk: Desk) -> str:
    return f"/prospects/{desk.world.people['Mina Kovács']}/consents"


def test_a_consent_is_recorded_listed_and_withdrawn(desk: Desk) -> None:
    made = desk.post(path(desk), YES)
    assert made.status_code == 201
    body = made.json()
    assert (body["channel"], body["basis"], body["actor"]) == ("email", "express", "tom-lee")
    assert desk.get(path(desk)) == [body]
    after = desk.post(f"{path(desk)}/withdraw", {"channel": "email", "reason": "wrote so"})
    assert after.status_code == 200
    (withdrawn,) = after.json()
    assert (withdrawn["id"], withdrawn["withdrawn_reason"]) == (body["id"], "wrote so")
    bans = desk.get(f"/prospects/{desk.world.people['Mina Kovács']}")["suppressed"]
    assert {"scope": "person", "channel": "email", "reason": "withdrawn"} in bans


@pytest.mark.parametrize(
    "wrong",
    [{"channel": "fax"}, {"basis": "hope"}, {"text": ""}, {"source": " "}, {"at": "2026-03-03"}, {"by": "me"}],
)
def test_a_consent_says_what_when_and_where(desk: Desk, wrong: dict[str, Any]) -> None:
    assert is_problem(desk.post(path(desk), YES | wrong), 422, "invalid-request")
    assert desk.get(path(desk)) == []


def test_nobody_unknown_has_a_consent(desk: Desk) -> None:
    assert is_problem(desk.api.get(f"{V1}/prospects/999999/consents"), 404, "not-found")
    assert is_problem(desk.post("/prospects/999999/consents", YES), 404, "not-found")
    assert is_problem(desk.post("/prospects/999999/consents/withdraw", {"reason": "x"}), 404, "not-found")


def test_a_suppression_is_lifted_by_an_opt_in_with_a_proof_and_by_nothing_else(desk: Desk) -> None:
    made = desk.post("/suppressions", {"scope": "domain", "value": "acme.example", "reason": "legal"}).json()
    lift = f"/suppressions/{made['id']}/lift"
    assert is_problem(desk.post(lift, {"proof": ""}), 422, "invalid-request")
    lifted = desk.post(lift, {"proof": "their counsel wrote on March 3"})
    assert (lifted.json()["lifted_by"], lifted.json()["lift_reason"]) == ("tom-lee", "their counsel wrote on March 3")
    assert is_problem(desk.post(lift, {"proof": "again"}), 409, "conflict")
    assert is_problem(desk.post("/suppressions/999999/lift", {"proof": "x"}), 404, "not-found")
    assert desk.api.delete(f"{V1}/suppressions/{made['id']}").status_code in (404, 405)
