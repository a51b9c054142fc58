"""A call by a click, over the API and from the page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from engine.channels.twilio.voice import TwilioDialer
from engine.store import tables
from tests.api.desk import Desk, is_problem, open_desk
from tests.support.fake_twilio import FakeTwilio, fake_twilio
from tests.support.webhooks import ACCOUNT, hear_call, voice_knock, with_doors
from tests.support.world import World


@pytest.fixture
def vendor() -> Iterator[FakeTwilio]:
    with fake_twilio() as made:
        yield made


@pytest.fixture
def phones(day: World, vendor: FakeTwilio) -> Iterator[Desk]:
    """The busy day, at an hour at which Marta may be called."""
    ctx = with_doors(day.ctx)
    day.ctx = replace(ctx, dialer=TwilioDialer(replace(ACCOUNT, base_url=vendor.url), ctx.public_url))
    with day.ctx.database.write() as connection:
        connection.execute(update(tables.rep).values(phone="+12125550177"))
    with open_desk(day) as made:
        yield made


def callable_task(desk: Desk) -> int:
    rows = desk.get("/queue", params={"limit": 200})["items"]
    return int(next(row["id"] for row in rows if row["kind"] == "call" and row["is_callable_now"]))


def test_a_click_rings_and_the_tasks_calls_tell_how_it_went(phones: Desk, vendor: FakeTwilio) -> None:
    task = callable_task(phones)
    made = phones.post(f"/tasks/{task}/call")
    assert (made.status_code, made.json()["status"]) == (201, "ringing_rep")
    assert len(vendor.calls) == 1
    call = made.json()["id"]
    hear_call(phones.world.ctx, call, "answered_by", AnsweredBy="machine_start")
    hear_call(phones.world.ctx, call, "prospect", "completed", CallDuration="7")
    (shown,) = phones.get(f"/tasks/{task}/calls")
    assert (shown["status"], shown["seconds"], shown["proposed_outcome"]) == ("completed", 7, "voicemail")


def test_the_line_is_told_what_to_do_over_http(phones: Desk) -> None:
    call = phones.post(f"/tasks/{callable_task(phones)}/call").json()["id"]
    knock = voice_knock(phones.world.ctx, call, "bridge", "in-progress")
    answer = phones.anyone.post(f"/webhooks/twilio/voice?{knock.query}", content=knock.body, headers=knock.headers)
    assert answer.status_code == 200
    assert "<Dial" in answer.text
    forged = phones.anyone.post("/webhooks/twilio/voice?call=999&leg=bridge", content=knock.body, headers=knock.headers)
    assert forged.status_code == 503


def test_the_page_has_a_button_and_shows_how_the_call_stands(phones: Desk, vendor: FakeTwilio) -> None:
    task = callable_task(phones)
    assert f'action="/tasks/{task}/call"' in phones.page.get(f"/?task={task}").text
    shown = phones.page.post(f"/tasks/{task}/call")
    assert shown.status_code == 200
    assert "your phone rings" in shown.text
    again = phones.page.post(f"/tasks/{task}/call")
    assert again.status_code == 409
    assert "one click is one call" in again.text
    assert len(vendor.calls) == 1


def test_who_may_not_be_called_now_is_a_named_refusal(phones: Desk) -> None:
    task = callable_task(phones)
    phones.world.clock.set(datetime(2026, 3, 7, 9, tzinfo=UTC))  # a Saturday morning in Europe, night in America
    assert is_problem(phones.post(f"/tasks/{task}/call"), 409, "conflict")


def test_without_a_dialer_there_is_no_button_and_the_number_stays_a_link(desk: Desk) -> None:
    task = callable_task(desk)
    page = desk.page.get(f"/?task={task}").text
    assert f'action="/tasks/{task}/call"' not in page
    assert 'href="tel:' in page
    assert is_problem(desk.post(f"/tasks/{task}/call"), 409, "conflict")
