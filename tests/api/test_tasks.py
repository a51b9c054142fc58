from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from engine.store import tables
from tests.api.desk import V1, Desk, is_problem


def detail(desk: Desk, name: str) -> Any:
    return desk.get(f"/tasks/{desk.task_of(name)['id']}")


def test_a_task_shows_everything_needed_to_do_it(desk: Desk) -> None:
    found = detail(desk, "Marta Silva")
    assert "Hello Marta, this is Tom Lee" in found["script"]
    assert "<h1>Goal</h1>" in found["script_html"]
    phones = [one for one in found["prospect"]["addresses"] if one["kind"] == "phone"]
    assert [one["is_next"] for one in phones] == [True, False]
    assert found["prospect"]["history"][0]["text"].startswith("Email “")
    assert [one["step"] for one in found["next"]][:2] == ["connect", "proof"]
    assert "call-2" in [one["step"] for one in found["next"]]
    assert [one["at"] for one in found["next"]] == sorted(one["at"] for one in found["next"])


def test_a_task_says_where_a_reps_own_mail_has_no_consent(desk: Desk) -> None:
    assert detail(desk, "Marta Silva")["caution"] is None
    who = desk.world.people["Marta Silva"]
    with desk.world.ctx.database.write() as connection:
        connection.execute(update(tables.prospect).where(tables.prospect.c.id == who).values(country="DE"))
        for table, name in ((tables.touch, "verb"), (tables.task, "kind")):
            hers = update(table).where(table.c.prospect_id == who, table.c[name] == "call")
            connection.execute(hers.values({name: "personal_email"}))
    told = detail(desk, "Marta Silva")
    assert told["caution"].startswith("Germany asks for their consent to mail, and none is on record.")
    page = desk.page.get("/", params={"task": told["task"]["id"]}).text
    assert f'<p class="notice is-warn">{told["caution"]}</p>' in page


def test_outcomes_say_what_they_need_and_where_they_lead(desk: Desk) -> None:
    outcomes = {one["outcome"]: one for one in detail(desk, "Marta Silva")["outcomes"]}
    assert len(outcomes) == 20
    assert outcomes["call_back"]["needs"] == ["at"]
    assert outcomes["call_back"]["leads_to"] == "The same step again at the time you give."
    assert outcomes["interested"]["leads_to"] == "The sequence ends; opens a hand-over to sales."
    assert outcomes["gatekeeper"]["leads_to"] == "The same step again in 2 working days."
    assert outcomes["hung_up"]["leads_to"] == "The plan goes on; at least 2 working days of rest first."
    chinese = desk.get(f"/tasks/{desk.task_of('Marta Silva')['id']}", headers={"X-Touchline-Rep": "wei-zhang"})
    assert {one["outcome"]: one["leads_to"] for one in chinese["outcomes"]}["no_answer"] == "按计划继续。"


def test_a_reply_is_shown_as_it_was_written_and_as_nothing_else(desk: Desk) -> None:
    found = detail(desk, "Jonas Weber")
    assert "the moment is not.<br>Could you call in April?" in found["script_html"]
    assert {one["outcome"] for one in found["outcomes"]} >= {"later", "no_more_contact"}


def test_completing_moves_the_plan_and_answers_with_the_new_etag(desk: Desk) -> None:
    task = desk.task_of("Marta Silva")
    answer = desk.on_task(task, "complete", {"outcome": "no_answer", "note": "rang ten times"})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["status"], told["outcome"], told["closed_by"]) == ("done", "no_answer", "tom-lee")
    assert answer.headers["etag"] == f'"{told["version"]}"'
    assert told["undo_until"] == "2026-03-04T15:17:00Z"
    closed = desk.get(f"/tasks/{task['id']}")
    assert closed["outcomes"] == []
    assert closed["closed"]["answer"] == {"note": "rang ten times"}
    assert closed["prospect"]["history"][0]["detail"] == "rang ten times"


@pytest.mark.parametrize(
    ("body", "field"),
    [({"outcome": "call_back"}, "at"), ({"outcome": "not_interested"}, "reason"), ({"outcome": "sung"}, "outcome")],
)
def test_an_outcome_without_what_it_needs_changes_nothing(desk: Desk, body: Any, field: str) -> None:
    task = desk.task_of("Marta Silva")
    answer = desk.on_task(task, "complete", body)
    assert is_problem(answer, 422, "bad-input")
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert desk.task_of("Marta Silva")["version"] == task["version"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"outcome": ""},
        {"outcome": "call_back", "at": "2026-03-05T10:00:00"},  # without a zone
        {"outcome": "call_back", "at": "tomorrow"},
        {"outcome": "no_answer", "outcom": "x"},
        {"outcome": "no_answer", "note": "x" * 10_001},
        {"outcome": "not_now", "date": "31.3.2026"},
        ["no_answer"],
    ],
)
def test_a_body_of_the_wrong_form_is_refused_by_field(desk: Desk, body: Any) -> None:
    answer = desk.on_task(desk.task_of("Marta Silva"), "complete", body)
    assert is_problem(answer, 422, "invalid-request")
    assert answer.json()["errors"]


VERBS: list[tuple[str, Any]] = [
    ("complete", {"outcome": "no_answer"}),
    ("skip", {"reason": "colleague has called"}),
    ("snooze", {"until": "2026-03-04T18:00:00Z"}),
    ("claim", None),
    ("reassign", {"rep": "ana-diaz"}),
    ("undo", None),
]


@pytest.mark.parametrize(("verb", "body"), VERBS)
def test_without_the_etag_nothing_is_done_to_a_task(desk: Desk, verb: str, body: Any) -> None:
    task = desk.task_of("Marta Silva")
    assert is_problem(desk.post(f"/tasks/{task['id']}/{verb}", body), 428, "if-match-needed")


@pytest.mark.parametrize(("verb", "body"), VERBS)
@pytest.mark.parametrize("etag", ['"99"', 'W/"1"', "x", '""', '"-1"'])
def test_with_another_etag_nothing_is_done_to_a_task(desk: Desk, verb: str, body: Any, etag: str) -> None:
    task = desk.task_of("Marta Silva")
    answer = desk.post(f"/tasks/{task['id']}/{verb}", body, If_Match=etag)
    assert is_problem(answer, 412, "changed-meanwhile")
    assert desk.task_of("Marta Silva") == task


def test_a_star_takes_the_task_as_it_is(desk: Desk) -> None:
    task = desk.task_of("Marta Silva")
    assert desk.post(f"/tasks/{task['id']}/claim", If_Match="*").status_code == 200


def test_two_reps_cannot_complete_one_task(desk: Desk) -> None:
    task = desk.task_of("Marta Silva")
    assert desk.on_task(task, "complete", {"outcome": "busy"}).status_code == 200
    late = desk.on_task(task, "complete", {"outcome": "interested"}, X_Touchline_Rep="ana-diaz")
    assert is_problem(late, 412, "changed-meanwhile")
    assert desk.world.rows("task", id=task["id"])[0].outcome == "busy"


def test_an_outcome_can_be_taken_back_for_five_minutes(desk: Desk) -> None:
    task = desk.task_of("Marta Silva")
    done = desk.on_task(task, "complete", {"outcome": "do_not_contact"}).json()
    assert desk.world.rows("suppression")
    answer = desk.on_task(done, "undo")
    assert answer.json()["status"] == "open"
    assert desk.task_of("Marta Silva")["id"] == task["id"]
    assert all(row.lifted_at for row in desk.world.rows("suppression", scope="person"))


def test_after_five_minutes_or_by_somebody_else_it_cannot(desk: Desk) -> None:
    done = desk.on_task(desk.task_of("Marta Silva"), "complete", {"outcome": "no_answer"}).json()
    assert is_problem(desk.on_task(done, "undo", X_Touchline_Rep="ana-diaz"), 409, "conflict")
    desk.world.clock.set(desk.world.clock() + timedelta(minutes=6))
    assert is_problem(desk.on_task(done, "undo"), 409, "conflict")


def test_a_snooze_into_the_past_is_refused(desk: Desk) -> None:
    answer = desk.on_task(desk.task_of("Marta Silva"), "snooze", {"until": "2026-03-04T10:00:00Z"})
    assert is_problem(answer, 422, "bad-input")
    assert answer.json()["errors"][0]["field"] == "until"


def test_a_claim_keeps_others_away_for_half_an_hour(desk: Desk) -> None:
    mine = desk.on_task(desk.task_of("Marta Silva"), "claim").json()
    assert mine["claimed_until"] == "2026-03-04T15:42:00Z"
    assert is_problem(desk.on_task(mine, "claim", X_Touchline_Rep="ana-diaz"), 409, "conflict")
    desk.world.clock.set(desk.world.clock() + timedelta(minutes=31))
    assert desk.on_task(mine, "claim", X_Touchline_Rep="ana-diaz").json()["claimed_by"] == "ana-diaz"


def test_a_task_handed_on_is_in_the_other_queue(desk: Desk) -> None:
    task = desk.task_of("Marta Silva")
    assert desk.on_task(task, "reassign", {"rep": "ana-diaz"}).status_code == 200
    assert desk.task_of("Marta Silva", rep="ana-diaz")["id"] == task["id"]
    assert is_problem(desk.on_task(task, "reassign", {"rep": "nobody"}, If_Match="*"), 404, "not-found")


def test_a_skip_needs_a_reason(desk: Desk) -> None:
    task = desk.task_of("Marta Silva")
    assert is_problem(desk.on_task(task, "skip", {"reason": "  "}), 422, "invalid-request")
    assert desk.on_task(task, "skip", {"reason": "on holiday"}).json()["status"] == "skipped"


@pytest.mark.parametrize("task_id", ["0", "-1", "x", "99999999999999999999", "999999"])
def test_a_task_that_is_not_there_is_not_there(desk: Desk, task_id: str) -> None:
    answer = desk.api.get(f"{V1}/tasks/{task_id}")
    assert is_problem(answer, *((404, "not-found") if task_id == "999999" else (422, "invalid-request")))


def test_a_closed_task_cannot_be_worked_again(desk: Desk) -> None:
    done = desk.on_task(desk.task_of("Marta Silva"), "complete", {"outcome": "no_answer"}).json()
    assert is_problem(desk.on_task(done, "skip", {"reason": "again"}), 409, "not-possible-now")
