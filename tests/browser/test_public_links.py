"""What a mail links to, opened in a real browser that runs scripts: looking changes nothing, pressing does."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine.store import tables
from tests.browser.chromium import Browser, Page
from tests.support.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Page]:
    """A browser that has never been here."""
    made = Page(browser)
    made.look()
    yield made
    made.close()


def everything(world: World) -> dict[str, list[Any]]:
    return {name: [tuple(row) for row in world.rows(name)] for name in tables.metadata.tables}


def link_of(world: World, name: str) -> str:
    """The path of the link at the foot of the mail that this person got."""
    touch = world.rows("touch", prospect_id=world.people[name], status="sent")[0]
    payload = world.rows("message", touch_id=touch.id)[0].payload.decode()
    return "/u/" + "".join(payload.split("List-Unsubscribe: <", 1)[1].split(">", 1)[0].split()).rsplit("/u/", 1)[1]


def test_a_browser_that_looks_at_the_link_changes_nothing(stranger: Page, world: World, address: str) -> None:
    before, path = everything(world), link_of(world, "Marta Silva")
    for _ in range(2):
        stranger.go(f"{address}{path}")
        stranger.wait_for("document.querySelector('form button')")
    assert everything(world) == before
    assert stranger.complaints == []
    assert [url for url in stranger.requests if not url.startswith((address, "about:", "data:"))] == []


def test_a_browser_that_presses_the_button_ends_it(stranger: Page, world: World, address: str) -> None:
    path = link_of(world, "Marta Silva")
    stranger.go(f"{address}{path}")
    stranger.wait_for("document.querySelector('form button')")
    stranger.run("document.querySelector('form button').click()")
    stranger.wait_for("!document.querySelector('form button')")
    assert world.rows("enrollment", prospect_id=world.people["Marta Silva"])[-1].end_reason == "opted_out"
