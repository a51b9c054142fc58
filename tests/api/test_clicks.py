"""The public address of tracked links: it leads where the mail said, and nowhere else, whatever is asked."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from engine.store import tables
from tests.api.desk import Desk

TARGET = "https://acme.example/价格?a=1&b=%2F#top"
ID = "AbCdEfGhIjKlMnOpQrSt_-"
BROWSER = {"User-Agent": "Mozilla/5.0 Firefox/133.0", "Accept-Language": "en"}
UNSEEN = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
EVIL = "https://evil.example/"


@pytest.fixture
def linked(desk: Desk) -> Desk:
    (touch, *_) = desk.world.rows("touch", status="sent")
    row = {"id": ID, "touch_id": touch.id, "url": TARGET, "created_at": touch.ended_at}
    with desk.world.ctx.database.write() as connection:
        connection.execute(insert(tables.tracked_link).values(**row))
    desk.world.clock.set(desk.world.clock() + timedelta(minutes=10))
    return desk


def test_a_link_leads_to_its_target_without_login_and_leaves_no_trace_behind_it(linked: Desk) -> None:
    answer = linked.anyone.get(f"/c/{ID}", headers=BROWSER)
    assert answer.status_code == 302
    assert answer.headers["location"] == "https://acme.example/%E4%BB%B7%E6%A0%BC?a=1&b=%2F#top"
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "set-cookie" not in answer.headers
    assert linked.world.rows("tracked_link")[0].visited_at == linked.world.clock()


def test_head_leads_there_too_and_is_no_click(linked: Desk) -> None:
    assert linked.anyone.head(f"/c/{ID}", headers=BROWSER).status_code == 302
    assert linked.world.rows("tracked_link")[0].visited_at is None
    assert [row.kind for row in linked.world.rows("event", provider="link")] == ["machine_clicked"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_link_is_only_followed(linked: Desk, method: str) -> None:
    assert linked.anyone.request(method, f"/c/{ID}").status_code in (404, 405)


ATTEMPTS = [
    f"/c/{quote(EVIL, safe='')}", f"/c/{EVIL}", "/c//evil.example", "/c/\\evil.example", "/c/%2F%2Fevil.example",
    f"/c/?url={EVIL}", f"/c?url={EVIL}", f"/c/{ID[:-1]}", f"/c/{ID}A", f"/c/{ID.lower()}", f"/c/{ID}/{EVIL}",
    "/c/..%2Fx", "/c/javascript:alert(1)", f"/c/{'A' * 22}", f"/c/{'A' * 5000}", "/c/%00", "/c/%F0%9F%98%80",
]  # fmt: skip


@pytest.mark.parametrize("path", ATTEMPTS)
def test_an_unknown_link_leads_nowhere(linked: Desk, path: str) -> None:
    answer = linked.anyone.get(path, headers=BROWSER)
    assert answer.status_code >= 400
    assert "location" not in answer.headers


WORDS = st.sampled_from(["url", "u", "to", "next", "redirect", "target", "link", "r"])
PLACES = st.sampled_from(
    [EVIL, "//evil.example", "/\\evil.example", "javascript:alert(1)", "data:text/html,x", "%0d%0aX:1"]
)


@UNSEEN
@given(words=st.lists(st.tuples(WORDS, PLACES | st.text(max_size=30)), max_size=4), header=PLACES)
def test_nothing_in_a_request_moves_the_target(linked: Desk, words: list[tuple[str, str]], header: str) -> None:
    headers = {**BROWSER, "Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Original-URL": header}
    answer = linked.anyone.get(
        f"/c/{ID}", params=[(word, place.replace("\0", "")) for word, place in words], headers=headers
    )
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("https://acme.example/")
    assert "evil" not in answer.headers["location"]
