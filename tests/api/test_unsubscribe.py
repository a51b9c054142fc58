import secrets
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from engine.operations import links
from engine.operations.incoming.unsubscribing import read_link
from engine.store import tables
from tests.api.desk import Desk

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def token(desk: Desk) -> str:
    """The link in the mail that Marta got."""
    person = desk.world.people["Marta Silva"]
    touch = desk.world.rows("touch", prospect_id=person, status="sent")[0]
    payload = desk.world.rows("message", touch_id=touch.id)[0].payload.decode()
    header = payload.split("List-Unsubscribe: <", 1)[1].split(">", 1)[0]
    return "".join(header.split()).rsplit("/u/", 1)[1]


def everything(desk: Desk) -> dict[str, list[Any]]:
    return {name: [tuple(row) for row in desk.world.rows(name)] for name in tables.metadata.tables}


def test_looking_at_the_link_changes_nothing(desk: Desk, token: str) -> None:
    before = everything(desk)
    for _ in range(3):
        page = desk.anyone.get(f"/u/{token}")
        assert page.status_code == 200
    desk.anyone.head(f"/u/{token}")
    assert everything(desk) == before
    assert "Unsubscribe" in page.text
    assert "退订" in page.text
    assert "<script" not in page.text
    assert "Marta" not in page.text
    assert (page.headers["referrer-policy"], page.headers["x-robots-tag"]) == ("no-referrer", "noindex")
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize("query", ["", "?List-Unsubscribe=One-Click", "?_method=POST"])
def test_nothing_but_a_post_changes_anything(desk: Desk, token: str, method: str, query: str) -> None:
    before = everything(desk)
    headers = {"X-HTTP-Method-Override": "POST", "Purpose": "prefetch"}
    desk.anyone.request(method, f"/u/{token}{query}", headers=headers)
    assert everything(desk) == before


def test_a_token_is_for_one_touch_one_address_and_this_purpose(desk: Desk, token: str) -> None:
    secret, key = desk.world.ctx.secret, "marta.silva@example.com"
    touch = int(token.partition(".")[0])
    assert links.is_genuine(secret, token, key)
    assert not links.is_genuine(secret, token, "somebody.else@example.com")
    assert not links.is_genuine(secret, links.unsubscribe_token(secret, touch + 1, key), "other@example.com")
    assert links.unsubscribe_token(secret, touch + 1, key).partition(".")[2] != token.partition(".")[2]
    for other_purpose in (links.reply_tag(secret, touch), f"{touch}.{links.reply_tag(secret, touch)}"):
        assert desk.anyone.post(f"/u/{other_purpose}", data=ONE_CLICK).status_code == 404
    assert len(token.partition(".")[2]) == 22  # 128 bits


def test_one_click_ends_everything_without_login_cookie_or_redirect(desk: Desk, token: str) -> None:
    answer = desk.anyone.post(f"/u/{token}", data=ONE_CLICK)
    assert answer.status_code == 200
    assert not answer.history
    assert "set-cookie" not in answer.headers
    person = desk.world.people["Marta Silva"]
    assert desk.world.rows("enrollment", prospect_id=person)[-1].end_reason == "opted_out"
    scopes = {(row.scope, row.channel) for row in desk.world.rows("suppression", reason="opted_out")}
    assert scopes == {("person", "all"), ("address", "all")}
    assert "unsubscribe link" in desk.world.rows("suppression", scope="person")[0].proof


def test_a_mail_program_of_another_origin_may_press(desk: Desk, token: str) -> None:
    answer = desk.anyone.post(f"/u/{token}", data=ONE_CLICK, headers={"Origin": "https://mail.example"})
    assert answer.status_code == 200
    assert desk.anyone.post(f"/u/{token}").status_code == 200


def test_pressed_twice_it_is_one_fact_and_after_an_opt_in_it_counts_again(desk: Desk, token: str) -> None:
    for _ in range(2):
        desk.anyone.post(f"/u/{token}", data=ONE_CLICK)
    assert len(desk.world.rows("event", kind="opted_out")) == 1
    with desk.world.ctx.database.write() as connection:
        lifted = {"lifted_at": desk.world.clock(), "lifted_by": "test", "lift_reason": "opt-in"}
        connection.execute(tables.suppression.update().values(**lifted))
    desk.world.clock.set(desk.world.clock() + timedelta(minutes=5))
    desk.anyone.post(f"/u/{token}", data=ONE_CLICK)
    assert [row for row in desk.world.rows("suppression", scope="person") if row.lifted_at is None]


def test_the_link_works_after_the_address_is_gone(desk: Desk, token: str) -> None:
    with desk.world.ctx.database.write() as connection:
        connection.execute(tables.address.delete().where(tables.address.c.kind == "email"))
    assert desk.anyone.post(f"/u/{token}", data=ONE_CLICK).status_code == 200


@pytest.mark.parametrize("change", ["x", "", "first", "last", "touch"])
def test_a_changed_token_does_nothing(desk: Desk, token: str, change: str) -> None:
    number, _, seal = token.partition(".")
    swapped = "B" if seal[0] == "A" else "A"
    changed = {
        "x": token + "x",
        "": f"{number}.",
        "first": f"{number}.{swapped}{seal[1:]}",
        "last": f"{number}.{seal[:-2]}{'AA' if seal[-2:] != 'AA' else 'BB'}",
        "touch": f"{int(number) + 1}.{seal}",
    }[change]
    before = everything(desk)
    for answer in (desk.anyone.get(f"/u/{changed}"), desk.anyone.post(f"/u/{changed}", data=ONE_CLICK)):
        assert answer.status_code == 404
    assert everything(desk) == before


def test_guessed_tokens_hit_nothing(desk: Desk, token: str) -> None:
    """The seal is 128 bits wide; these stand for the million that a guesser would try."""
    random, number = Random(7), token.partition(".")[0]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    secret, key = desk.world.ctx.secret, "marta.silva@example.com"
    assert links.is_genuine(secret, token, key)
    guesses = (f"{number}." + "".join(random.choices(letters, k=22)) for _ in range(100_000))
    assert not any(links.is_genuine(secret, guess, key) for guess in guesses)


@pytest.mark.parametrize(
    "odd", ["x", "1", ".x", "1.é", "-1.x", "9" * 30 + ".x", "%00.x", "1.%0d%0a", "0.AAAAAAAAAAAAAAAAAAAAAA"]
)
def test_what_is_no_token_is_answered_alike(desk: Desk, odd: str) -> None:
    assert desk.anyone.get(f"/u/{odd}").status_code == 404
    assert desk.anyone.post(f"/u/{odd}").status_code == 404


def test_another_installations_secret_makes_other_tokens(desk: Desk, token: str) -> None:
    number = int(token.partition(".")[0])
    forged = links.unsubscribe_token(secrets.token_bytes(32), number, "marta.silva@example.com")
    assert read_link(desk.world.ctx, forged) is None


def test_the_link_works_in_a_browser_that_is_signed_in_and_tells_no_origin(desk: Desk, token: str) -> None:
    answer = desk.page.post(f"/u/{token}", data=ONE_CLICK, headers={"Origin": ""})
    assert answer.status_code == 200
    assert [row.kind for row in desk.world.rows("event")][-1] == "opted_out"
