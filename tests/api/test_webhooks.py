"""The doors as providers knock at them: over HTTP, without a token, with a signature."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from api.routes import webhooks as routes
from engine.operations.incoming import webhooks
from engine.operations.incoming.webhooks import Knock
from tests.api.desk import Desk, is_problem, open_desk
from tests.support.webhooks import parse_knock, sendgrid_event, sendgrid_knock, status_knock, text_knock, with_doors
from tests.support.world import World

NAME = "Marta Silva"
RAW = b"From: marta.silva@example.com\r\nTo: tom@example.com\r\nSubject: Re: orders\r\n\r\nTuesday works.\r\n"


@pytest.fixture
def doors(day: World) -> Iterator[Desk]:
    day.ctx = with_doors(day.ctx)
    with open_desk(day) as made:
        yield made


def knock_at(desk: Desk, path: str, knock: Knock, **headers: str) -> Response:
    query = f"?{knock.query}" if knock.query else ""
    answer: Response = desk.anyone.post(
        f"/webhooks{path}{query}", content=knock.body, headers={**knock.headers, **headers}
    )
    return answer


def phone_of(desk: Desk) -> str:
    (row,) = desk.world.rows("address", prospect_id=desk.world.people[NAME], kind="phone")[:1]
    value: str = row.value
    return value


def knocks(desk: Desk) -> dict[str, Knock]:
    now, ctx = desk.world.clock(), desk.world.ctx
    return {
        "/sendgrid/events": sendgrid_knock(now, sendgrid_event("open"), sendgrid_event("processed")),
        "/sendgrid/parse": parse_knock(now, RAW, envelope='{"to":["tom@example.com"],"from":"x@example.com"}'),
        "/twilio/status": status_knock(ctx, "sent"),
        "/twilio/sms": text_knock(ctx, "Tuesday works"),
    }


PATHS = ("/sendgrid/events", "/sendgrid/parse", "/twilio/status", "/twilio/sms")


@pytest.mark.parametrize("path", PATHS)
def test_a_signed_webhook_is_stored_and_acknowledged(doors: Desk, path: str) -> None:
    assert knock_at(doors, path, knocks(doors)[path]).status_code == (200 if path == "/twilio/sms" else 204)
    assert len(doors.world.rows("arrival")) == (2 if path == "/sendgrid/events" else 1)


FORGERIES = [(path, change) for path in PATHS for change in ("body", "unsigned")]
FORGERIES += [("/twilio/status", "query"), ("/twilio/sms", "query")]  # SendGrid signs no address


@pytest.mark.parametrize(("path", "change"), FORGERIES)
def test_a_forged_webhook_leaves_no_trace(doors: Desk, path: str, change: str) -> None:
    knock = knocks(doors)[path]
    changed = {
        "body": Knock(knock.headers, knock.body + b"&a=b", knock.url),
        "query": Knock(knock.headers, knock.body, f"{knock.url}{'&' if knock.query else '?'}touch=8"),
        "unsigned": Knock({"content-type": "text/plain"}, knock.body, knock.url),
    }[change]
    answer = knock_at(doors, path, changed)
    assert answer.status_code == (403 if path == "/sendgrid/events" else 503)
    assert doors.world.rows("arrival") == []


def test_a_replay_six_minutes_later_is_refused(doors: Desk) -> None:
    knock = knocks(doors)["/sendgrid/events"]
    doors.world.clock.set(doors.world.clock() + timedelta(minutes=6))
    assert knock_at(doors, "/sendgrid/events", knock).status_code == 403


def test_the_token_opens_no_door(doors: Desk) -> None:
    for path in PATHS:
        assert doors.api.post(f"/webhooks{path}", content=b"[]").status_code in (403, 503)
    assert doors.world.rows("arrival") == []


@pytest.mark.parametrize("path", PATHS)
def test_what_cannot_be_stored_is_not_acknowledged(doors: Desk, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug `acknowledge before storing` would answer 2xx here."""

    def full(*_: Any, **__: Any) -> Any:
        raise OSError("no space left on device")

    monkeypatch.setattr("engine.store.arrivals.store", full)
    answer = knock_at(doors, path, knocks(doors)[path])
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


@pytest.mark.parametrize("path", PATHS)
def test_more_than_the_limit_is_never_held(doors: Desk, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    knock = knocks(doors)[path]
    for limit in ("LARGEST_MAIL", "LARGEST_EVENTS", "LARGEST_FORM"):
        monkeypatch.setattr(webhooks, limit, len(knock.body) - 1)
    assert knock_at(doors, path, knock).status_code == 503
    chunks = {**knock.headers, "transfer-encoding": "chunked"}
    sent = doors.anyone.post(f"/webhooks{path}?{knock.query}", content=iter([knock.body]), headers=chunks)
    assert sent.status_code == 503
    assert doors.world.rows("arrival") == []


def test_a_large_mail_is_taken_though_other_requests_are_small(doors: Desk) -> None:
    knock = parse_knock(doors.world.clock(), RAW + b"x" * 2_000_000)
    assert knock_at(doors, "/sendgrid/parse", knock).status_code == 204
    assert len(doors.world.rows("arrival")[0].body) > 2_000_000


def test_an_old_signature_is_refused_before_the_body_is_read(doors: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: Any) -> bytes:
        raise AssertionError("the body was read")

    knock = parse_knock(doors.world.clock() - timedelta(minutes=6), RAW)
    monkeypatch.setattr(routes, "_body", never)
    assert knock_at(doors, "/sendgrid/parse", knock).status_code == 503


def test_the_raw_mail_is_kept_byte_for_byte(doors: Desk) -> None:
    raw = RAW + bytes(range(256)) + "订单".encode("gb18030")
    knock_at(doors, "/sendgrid/parse", parse_knock(doors.world.clock(), raw, envelope='{"to":["a@b.example"]}'))
    (row,) = doors.world.rows("arrival")
    assert row.body == raw
    assert row.headers == {"recipients": ["a@b.example"]}


def test_a_form_without_the_raw_mail_is_kept_and_says_what_to_switch_on(doors: Desk) -> None:
    now = doors.world.clock()
    knock = parse_knock(now, b"", text="Tuesday works.")
    assert knock_at(doors, "/sendgrid/parse", knock).status_code == 204
    (row,) = doors.world.rows("arrival")
    assert row.body == knock.body
    assert "raw, full MIME" in row.headers["unreadable"]


def test_a_stop_by_text_ends_everything_and_is_confirmed_once(doors: Desk) -> None:
    knock = text_knock(doors.world.ctx, "Please stop texting me", sender=phone_of(doors))
    first, again = (knock_at(doors, "/twilio/sms", knock) for _ in range(2))
    assert first.headers["content-type"].startswith("text/xml")
    assert "no more text messages" in first.text
    assert again.text.endswith("<Response />")
    enrollments = doors.world.rows("enrollment", prospect_id=doors.world.people[NAME])
    assert {row.end_reason for row in enrollments} == {"opted_out"}


def test_a_person_sees_what_is_stuck_and_has_it_read_again(doors: Desk) -> None:
    knock_at(doors, "/sendgrid/events", sendgrid_knock(doors.world.clock(), {"event": "sing", "sg_event_id": "x"}))
    (shown,) = doors.get("/arrivals")["items"]
    assert (shown["provider"], shown["key"], shown["status"]) == ("sendgrid", "x", "stuck")
    assert "sing" in shown["note"]
    assert doors.post(f"/arrivals/{shown['id']}/retry").json() == {"arrival_id": shown["id"]}
    assert is_problem(doors.post("/arrivals/999/retry"), 409, "conflict")
    checks = {check["name"]: check for check in doors.anyone.get("/readyz").json()["checks"]}
    assert checks["arrivals"]["detail"].startswith("1 ")
