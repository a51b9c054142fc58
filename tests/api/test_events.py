from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from engine.store import tables
from tests.api.desk import Desk, is_problem


def tell(desk: Desk, kind: str, **body: Any) -> Response:
    return desk.post(f"/events/{kind}", {"id": "fact-1"} | body)


def marta(desk: Desk) -> int:
    return desk.world.people["Marta Silva"]


def enrollment(desk: Desk, name: str = "Marta Silva") -> Any:
    return desk.world.rows("enrollment", prospect_id=desk.world.people[name])[-1]


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("replies", {"text": "Tuesday works."}, "replied"),
        ("opt-outs", {"text": "please stop"}, "opted_out"),
        ("complaints", {}, "complaint"),
        ("meetings", {"meeting_at": "2026-03-06T15:00:00+01:00", "title": "Demo"}, "meeting_booked"),
        ("out-of-office", {"until": "2026-09-01"}, "long_absence"),
    ],
)
def test_what_ends_a_sequence_ends_it(desk: Desk, kind: str, body: Any, reason: str) -> None:
    answer = tell(desk, kind, prospect_id=marta(desk), **body)
    assert answer.status_code == 200
    assert answer.json() == {"event_id": answer.json()["event_id"], "is_new": True, "is_applied": True}
    assert (enrollment(desk).status, enrollment(desk).end_reason) == ("stopped", reason)


def test_a_reply_is_on_the_reps_screen_with_its_words(desk: Desk) -> None:
    tell(desk, "replies", prospect_id=marta(desk), text="Tuesday works.", subject="Re: orders")
    task = desk.task_of("Marta Silva")
    assert (task["kind"], task["level"]) == ("triage", 2)
    assert desk.get(f"/tasks/{task['id']}")["script"] == "Tuesday works."


def test_an_absence_pauses_until_two_working_days_after_it(desk: Desk) -> None:
    tell(desk, "out-of-office", prospect_id=marta(desk), until="2026-03-10")
    found = desk.get(f"/enrollments/{enrollment(desk).id}")
    assert found["enrollment"]["status"] == "paused"
    assert found["pauses"][0]["words"] == "out of office"
    assert found["pauses"][0]["resume_at"].startswith("2026-03-12")


def test_a_hard_bounce_kills_the_address_a_soft_one_does_not(desk: Desk) -> None:
    tell(desk, "bounces", prospect_id=marta(desk), is_hard=False)
    assert not desk.world.rows("suppression", reason="bounced")[1:]
    tell(desk, "bounces", id="fact-2", prospect_id=marta(desk), is_hard=True, detail="550 5.1.1")
    addresses = {row.value: row.dead_reason for row in desk.world.rows("address", prospect_id=marta(desk))}
    assert addresses["marta.silva@example.com"] == "bounced"


def test_a_click_brings_the_call_forward(desk: Desk) -> None:
    mail = desk.world.rows("touch", prospect_id=marta(desk), status="sent")[0]
    assert tell(desk, "clicks", touch_id=mail.id).status_code == 200
    assert desk.task_of("Marta Silva")["level"] == 5


def test_deliveries_and_mails_by_hand_are_kept(desk: Desk) -> None:
    mail = desk.world.rows("touch", prospect_id=marta(desk), status="sent")[0]
    assert tell(desk, "deliveries", touch_id=mail.id).status_code == 200
    assert desk.world.rows("touch", id=mail.id)[0].delivered_at is not None
    assert tell(desk, "hand-sent", id="fact-2", prospect_id=marta(desk), subject="as promised").status_code == 200
    history = desk.get(f"/prospects/{marta(desk)}")["history"]
    assert "A rep wrote by hand" in [entry["text"] for entry in history]


def test_the_same_fact_twice_is_one_fact(desk: Desk) -> None:
    first = tell(desk, "replies", prospect_id=marta(desk), text="Yes").json()
    second = tell(desk, "replies", prospect_id=marta(desk), text="Yes").json()
    assert second == {"event_id": first["event_id"], "is_new": False, "is_applied": True}
    other = tell(desk, "replies", prospect_id=marta(desk), text="Yes", source="another-system").json()
    assert other["event_id"] != first["event_id"]


def test_a_person_is_found_by_our_mail_or_by_their_address(desk: Desk) -> None:
    touch = desk.world.rows("touch", prospect_id=marta(desk), status="sent")[0]
    message = desk.world.rows("message", touch_id=touch.id)[0]
    assert tell(desk, "replies", message_id=message.message_id, text="a").status_code == 200
    assert tell(desk, "replies", id="2", email="Marta.Silva+news@example.com", text="b").status_code == 200
    phone = next(row.value for row in desk.world.rows("address", prospect_id=marta(desk), kind="phone"))
    assert tell(desk, "replies", id="3", phone=phone, channel="sms", text="c").status_code == 200
    assert len(desk.world.rows("event", prospect_id=marta(desk), kind="replied")) == 3


@pytest.mark.parametrize(
    "who", [{"prospect_id": 999_999}, {"touch_id": 999_999}, {"message_id": "<no@where>"}, {"email": "no@example.com"}]
)
def test_a_fact_about_nobody_is_refused(desk: Desk, who: Any) -> None:
    assert is_problem(tell(desk, "replies", text="x", **who), 404, "not-found")


def test_another_persons_touch_is_refused(desk: Desk) -> None:
    touch = desk.world.rows("touch", prospect_id=desk.world.people["Grace Kim"])[0]
    assert is_problem(tell(desk, "replies", text="x", prospect_id=marta(desk), touch_id=touch.id), 404, "not-found")


@pytest.mark.parametrize(
    "body",
    [
        {"text": "x"},
        {"text": "x", "prospect_id": 1, "email": "a@example.com"},
        {"text": "x", "phone": "0212 5550"},
        {"text": "x", "prospect_id": 1, "at": "2026-03-04T10:00:00"},
        {"text": "x", "prospect_id": 1, "id": ""},
        {"text": "x", "prospect_id": 1, "channel": "pigeon"},
        {"prospect_id": 1},
    ],
)
def test_a_fact_that_cannot_be_read_is_refused(desk: Desk, body: Any) -> None:
    assert is_problem(tell(desk, "replies", **body), 422, "invalid-request")


def test_a_fact_from_the_future_is_refused(desk: Desk) -> None:
    ahead = (desk.world.clock() + timedelta(hours=1)).isoformat()
    assert is_problem(tell(desk, "replies", prospect_id=marta(desk), text="x", at=ahead), 422, "bad-input")


@pytest.fixture
def busy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A send to Marta is under way, and nobody waits long for its end."""
    monkeypatch.setattr("engine.store.locks.STOP_WAIT_SECONDS", 0.05)
    until = desk.world.clock() + timedelta(minutes=1)
    with desk.world.ctx.database.write() as connection:
        of_marta = tables.prospect.c.id == marta(desk)
        connection.execute(tables.prospect.update().where(of_marta).values(calling_until=until))
    return desk


def finish_call(desk: Desk) -> None:
    with desk.world.ctx.database.write() as connection:
        connection.execute(tables.prospect.update().values(calling_until=None))


def test_while_a_send_is_under_way_a_fact_is_stored_and_applied_by_the_tick(busy: Desk) -> None:
    answer = tell(busy, "replies", prospect_id=marta(busy), text="Stop, please.")
    assert (answer.status_code, answer.json()["is_applied"]) == (202, False)
    assert enrollment(busy).status == "active"
    finish_call(busy)
    busy.world.tick()
    assert enrollment(busy).end_reason == "replied"


def test_a_stop_by_hand_during_a_send_is_kept_and_applied_by_the_tick(busy: Desk) -> None:
    answer = busy.post(f"/enrollments/{enrollment(busy).id}/stop", {"note": "she called"})
    assert answer.status_code == 202
    finish_call(busy)
    busy.world.tick()
    row = enrollment(busy)
    assert (row.status, row.end_reason, row.end_note) == ("stopped", "manual", "she called")
    stops = [one for one in busy.world.rows("audit", action="stop") if one.subject_id == str(row.id)]
    assert [one.actor for one in stops] == ["tom-lee"]


def test_an_outcome_during_a_send_is_to_be_tried_again(busy: Desk) -> None:
    answer = busy.on_task(busy.task_of("Marta Silva"), "complete", {"outcome": "no_answer"})
    assert is_problem(answer, 503, "busy")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("replies", {"text": "yes", "source": "mail\0"}, "source"),
        ("clicks", {"at": "0001-01-01T00:00:00Z"}, "at"),
        ("meetings", {"meeting_at": "9999-12-31T23:59:59-12:00"}, "meeting_at"),
        ("out-of-office", {"until": "9999-12-31"}, "until"),
    ],
)
def test_what_could_never_be_applied_is_not_taken(desk: Desk, kind: str, body: Any, field: str) -> None:
    known = desk.world.rows("event")
    answer = tell(desk, kind, prospect_id=marta(desk), **body)
    assert is_problem(answer, 422, "invalid-request")
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert desk.world.rows("event") == known


@pytest.mark.parametrize("text", ["On Tuesday you wrote:\n" * 20_000, "yes\0please"], ids=["a long thread", "a NUL"])
def test_whatever_somebody_wrote_stops_their_sequence(desk: Desk, text: str) -> None:
    assert tell(desk, "replies", prospect_id=marta(desk), text=text).status_code == 200
    assert enrollment(desk).end_reason == "replied"


def test_a_fact_may_name_a_mail_by_an_id_of_any_usual_length(desk: Desk) -> None:
    answer = tell(desk, "replies", message_id=f"<{'x' * 900}@example.com>", text="yes")
    assert is_problem(answer, 404, "not-found")
