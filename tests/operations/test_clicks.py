"""Tracked links: off unless asked for and allowed, led nowhere but where the mail said, clicked by people alone."""

import email
import email.policy
import random
import re
import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from engine.channels.simulated import RecordingTransport
from engine.core.clicks import Visit
from engine.operations import authoring
from engine.operations.incoming.clicks import follow, settle
from engine.operations.validating import Project
from engine.store import tables
from tests.support.databases import Databases, Shelf, migrate, on_sqlite
from tests.support.world import World, open_world, shipped_project

START = datetime(2026, 3, 4, 15, tzinfo=UTC)
PRICES, CASES = "https://acme.example/prices?a=1&b=2", "https://acme.example/cases"
_SEQUENCE = """
sequence: {key}
title: Links
formula: 1x1x1
audience: {{kind: outbound, locales: [en]}}
schedule: {{days: calendar, hours: {{mon-sun: ["00:00-23:59"]}}}}
again: always
{track}steps:
  - {{key: mail, day: 1, do: email, use: links/mail}}
"""
_FOOT = "{{ company.postal_address }} {{ unsubscribe_url }}"
_TEXTS = {
    "subject.txt": "Prices",
    "body.txt": f"Hello {{{{ prospect.name }}}}: {PRICES} and {CASES}. {_FOOT}",
    "body.html": f'<a href="{PRICES.replace("&", "&amp;")}">p</a> {{{{ prospect.name }}}} <a href="{CASES}">c</a>'
    '<p>{{ company.postal_address }} <a href="{{ unsubscribe_url }}">stop</a></p>',
}
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
_LINK = re.compile(r"https://touch\.example\.com/c/([\w-]+)")


def _fill(url: str) -> None:
    migrate(url)
    world = open_world(url, Path(), START, transports={})
    shipped = shipped_project()
    files = {
        f"{key}.yaml": _SEQUENCE.format(key=key, track=track)
        for key, track in (("tracked", "track: clicks\n"), ("untracked", ""))
    }
    templates = {**shipped.templates, "links/mail": {"en": _TEXTS}}
    authoring.apply(world.ctx, Project({**shipped.sequences, **files}, templates), actor="test")
    world.ctx.database.close()


@pytest.fixture(scope="module")
def shelf(databases: Databases) -> Shelf:
    return Shelf(databases, _fill)


@pytest.fixture
def world(shelf: Shelf) -> Iterator[World]:
    with shelf.copy() as url:
        made = open_world(url, Path(), START, transports={})
        sink = RecordingTransport(made.clock)
        made.ctx = replace(made.ctx, transports={"email": sink, "sms": sink})
        yield made
        made.ctx.database.close()


def mailed(world: World, sequence: str = "tracked", **known: Any) -> tuple[int, str, str]:
    """(person, text, html) of the mail that somebody was sent."""
    clock = {"zone": "America/New_York", "zone_origin": "own"}
    who = world.add_prospect(**{"email": "ada@example.com", **clock, **known})
    if known.get("country", "US") != "US":
        yes = {"channel": "email", "basis": "express", "text": "yes", "source": "form", "actor": "test", "at": START}
        with world.ctx.database.write() as connection:
            connection.execute(insert(tables.consent).values(prospect_id=who, **yes))
    world.enroll(sequence, who)
    world.tick()
    (row,) = world.rows("message")
    parts = list(email.message_from_bytes(row.payload, policy=email.policy.default).walk())
    text, html = (str(part.get_content()) for part in parts if part.get_content_maintype() == "text")
    return who, text, html


def ids(text: str) -> list[str]:
    return _LINK.findall(text)


def visit(world: World, link: str, **more: Any) -> str | None:
    return follow(world.ctx, link, Visit(**{"at": world.clock(), "user_agent": _BROWSER, "language": "en", **more}))


def later(world: World, **more: int) -> None:
    world.clock.set(world.clock() + timedelta(**more))


def events(world: World) -> list[str]:
    return [row.kind for row in world.rows("event")]


@on_sqlite
def test_the_links_of_both_parts_lead_through_us_to_where_they_led(world: World) -> None:
    _, text, html = mailed(world)
    assert ids(text) == ids(html)
    assert [visit(world, link) for link in ids(text)] == [PRICES, CASES]
    assert all(len(link) == 22 for link in ids(text))
    assert PRICES not in text


@on_sqlite
def test_the_way_out_is_never_tracked_and_nothing_is_hidden_in_the_mail(world: World) -> None:
    _, text, html = mailed(world)
    assert "https://touch.example.com/u/" in text
    assert "https://touch.example.com/u/" in html
    assert "<img" not in html


@on_sqlite
@pytest.mark.parametrize(
    ("sequence", "country"),
    [("untracked", "US"), ("tracked", "DE"), ("tracked", "GB"), ("tracked", "AT"), ("tracked", None)],
)
def test_nothing_is_tracked_unasked_or_where_the_law_says_no(world: World, sequence: str, country: str | None) -> None:
    mailed(world, sequence, country=country, zone_origin="default")
    assert len(world.rows("message")) == 1
    assert world.rows("tracked_link") == []


def test_a_persons_click_counts_once_for_each_link(world: World) -> None:
    who, text, _ = mailed(world)
    prices, cases = ids(text)
    later(world, minutes=5)
    visit(world, prices)
    assert settle(world.ctx) == 0
    assert events(world) == []
    later(world, seconds=10)
    world.tick()
    assert events(world) == ["clicked"]
    (touch,) = world.rows("touch", prospect_id=who)
    assert touch.clicked_at == START + timedelta(minutes=5)
    for _ in range(3):
        later(world, minutes=1)
        visit(world, prices)
        world.tick()
    visit(world, cases)
    later(world, seconds=10)
    world.tick()
    assert events(world) == ["clicked", "clicked"]
    assert {row.body["url"] for row in world.rows("event")} == {PRICES, CASES}


def test_who_looks_at_every_link_within_seconds_is_a_program(world: World) -> None:
    _, text, _ = mailed(world)
    later(world, minutes=5)
    for link in ids(text):
        visit(world, link)
        later(world, seconds=2)
    later(world, seconds=20)
    world.tick()
    assert events(world) == ["machine_clicked", "machine_clicked"]
    later(world, hours=1)
    visit(world, ids(text)[0])
    later(world, seconds=10)
    world.tick()
    assert events(world)[-1] == "clicked"


@on_sqlite
@pytest.mark.parametrize(
    "marks", [{"method": "HEAD"}, {"user_agent": "curl/8"}, {"purposes": "prefetch"}, {"language": ""}]
)
def test_what_a_program_does_changes_nothing(world: World, marks: dict[str, str]) -> None:
    who, text, _ = mailed(world)
    later(world, minutes=5)
    assert visit(world, ids(text)[0], **marks) == PRICES
    visit(world, ids(text)[0], **marks)
    later(world, minutes=1)
    world.tick()
    assert events(world) == ["machine_clicked"]
    assert [row.clicked_at for row in world.rows("touch", prospect_id=who)] == [None]


def test_a_scanner_at_the_door_is_none_of_the_persons_clicks(world: World) -> None:
    _, text, _ = mailed(world)
    visit(world, ids(text)[0])  # a moment after it was sent
    later(world, minutes=5)
    world.tick()
    assert events(world) == ["machine_clicked"]
    visit(world, ids(text)[0])
    later(world, seconds=10)
    world.tick()
    assert events(world) == ["machine_clicked", "clicked"]


def test_a_hundred_thousand_guesses_find_nothing(world: World) -> None:
    """And of all 128-bit ids one in 2^128 is right for each link that was ever made."""
    mailed(world)
    dice, alphabet = random.Random(7), string.ascii_letters + string.digits + "-_"
    known = {row.id for row in world.rows("tracked_link")}
    guesses = {"".join(dice.choices(alphabet, k=22)) for _ in range(100_000)}
    assert not guesses & known
    for guess in list(guesses)[:200]:
        assert visit(world, guess) is None
    assert events(world) == []


@on_sqlite
@pytest.mark.parametrize("link", ["\0" * 22, "é" * 22, "../" * 7 + "c", "A" * 22 + "\n"])
def test_what_is_no_link_at_all_is_not_even_looked_up(world: World, link: str) -> None:
    assert visit(world, link) is None
