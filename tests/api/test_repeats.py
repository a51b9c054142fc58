"""Idempotency-Key: the same request twice is carried out once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from engine.core.errors import Busy
from engine.operations import repeats
from tests.api.desk import V1, Desk, is_problem

BODY = {"outcome": "no_answer"}


def complete(desk: Desk, task: Any, body: Any = None, key: str = "k-1", **headers: str) -> Any:
    return desk.on_task(task, "complete", body or BODY, Idempotency_Key=key, **headers)


def test_the_same_request_twice_is_carried_out_once_and_answered_alike(desk: Desk) -> None:
    task = desk.task_of("Marta Silva")
    first, second = complete(desk, task), complete(desk, task)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]
    assert second.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers


def test_another_body_rep_or_address_under_the_same_key_is_refused(desk: Desk) -> None:
    task = desk.task_of("Marta Silva")
    complete(desk, task)
    assert is_problem(complete(desk, task, {"outcome": "busy"}), 422, "bad-input")
    assert is_problem(complete(desk, task, X_Touchline_Rep="ana-diaz"), 422, "bad-input")
    assert is_problem(complete(desk, desk.task_of("Grace Kim")), 422, "bad-input")
    assert desk.task_of("Grace Kim")


def test_a_refused_request_may_be_tried_again_under_its_key(desk: Desk) -> None:
    task = desk.task_of("Marta Silva")
    refused = desk.on_task(task, "complete", {"outcome": "call_back"}, Idempotency_Key="k-2")
    assert refused.status_code == 422
    told = {"outcome": "call_back", "at": "2026-03-05T15:00:00Z"}
    assert complete(desk, task, told, key="k-2").status_code == 200


def test_a_key_is_forgotten_after_a_day(desk: Desk) -> None:
    body = {"scope": "domain", "value": "example.net", "reason": "asked for it"}
    assert desk.post("/suppressions", body, Idempotency_Key="k-3").status_code == 201
    assert desk.post("/suppressions", body, Idempotency_Key="k-3").status_code == 201
    desk.world.clock.set(desk.world.clock() + timedelta(hours=25))
    assert desk.post("/suppressions", body, Idempotency_Key="k-3").status_code == 200  # asked anew: it is there
    desk.world.clock.set(desk.world.clock() + timedelta(hours=25))
    assert repeats.forget_old(desk.world.ctx) == 1


def test_while_the_first_is_at_work_the_second_waits(desk: Desk) -> None:
    ctx = desk.world.ctx
    task = desk.task_of("Marta Silva")
    assert repeats.begin(ctx, "k-4", "of-somebody-elses-request") is None
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(complete, desk, task, key="k-4").result()
    assert answer.status_code == 422  # another request altogether
    repeats.end(ctx, "k-4", None)
    assert complete(desk, task, key="k-4").status_code == 200


def test_a_key_whose_process_died_is_free_after_a_minute(desk: Desk) -> None:
    ctx = desk.world.ctx
    assert repeats.begin(ctx, "k-5", "hash") is None
    try:
        repeats.begin(ctx, "k-5", "hash")
    except Busy:
        desk.world.clock.set(desk.world.clock() + timedelta(seconds=61))
        assert repeats.begin(ctx, "k-5", "hash") is None
        return
    raise AssertionError("the second one was let in")


def test_a_key_too_long_is_refused(desk: Desk) -> None:
    assert is_problem(complete(desk, desk.task_of("Marta Silva"), key="x" * 201), 422, "bad-input")


def test_a_replay_still_needs_the_token(desk: Desk) -> None:
    task = desk.task_of("Marta Silva")
    complete(desk, task)
    path = f"{V1}/tasks/{task['id']}/complete"
    answer = desk.anyone.post(path, json=BODY, headers={"Idempotency-Key": "k-1", "If-Match": '"1"'})
    assert is_problem(answer, 401, "token-needed")
