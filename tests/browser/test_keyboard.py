"""A morning at the keyboard: no mouse, no page load, every key of the help."""

import pytest

from tests.browser.chromium import Page
from tests.support.world import World

pytestmark = pytest.mark.browser

NAME = "document.querySelector('#panel-name').textContent.trim()"
HOSTILE = "<script>document.title='caught'</script><img src=x onerror=\"document.title='caught'\">"


def name(page: Page) -> str:
    return str(page.run(NAME))


def to(page: Page, person: str) -> None:
    """Down the queue until this person is shown."""
    for _ in range(40):
        if name(page) == person:
            return
        before = name(page)
        page.press("j")
        page.wait_for(
            f"{NAME} !== {before!r} || document.querySelector('.rows:last-of-type li:last-child [aria-current]')"
        )
    raise AssertionError(f"{person} is not in the queue")


def rows(page: Page) -> list[str]:
    found: list[str] = page.run("[...document.querySelectorAll('#queue .name b')].map(one => one.textContent)")
    return found


def is_clean(page: Page) -> bool:
    """Nothing was refused by the policy or thrown by the script, and nothing was asked of anybody else."""
    assert page.complaints == []
    foreign = [url for url in page.requests if not url.startswith(("http://127.0.0.1:", "data:", "about:"))]
    assert foreign == []
    return True


def test_the_arrows_and_j_and_k_walk_through_the_queue(page: Page) -> None:
    names = rows(page)
    assert name(page) == names[0]
    for key, expected in (("j", names[1]), ("ArrowDown", names[2]), ("k", names[1]), ("ArrowUp", names[0])):
        page.press(key)
        page.wait_for(f"{NAME} === {expected!r}")
    for key in "jjj":  # faster than the server answers
        page.press(key)
    page.wait_for(f"{NAME} === {names[3]!r}")
    assert page.run("document.querySelector('.row[aria-current]').textContent.includes('Tom Okafor')")
    assert is_clean(page)


def test_one_key_completes_shows_the_next_and_u_takes_it_back(page: Page, world: World) -> None:
    to(page, "Tom Okafor")
    page.press("n")
    page.wait_for("document.querySelector('.toast')")
    assert page.run("document.querySelector('.toast span').textContent") == "No answer: Tom Okafor"
    page.wait_for(f"{NAME} === 'Daniel Cho'")
    page.wait_for("document.querySelector('.progress b').textContent === '1 / 18'")
    assert "Tom Okafor" not in rows(page)
    page.press("u")
    page.wait_for(f"{NAME} === 'Tom Okafor'")
    page.wait_for("document.querySelector('.progress b').textContent === '0 / 18'")
    assert world.rows("task", prospect_id=world.people["Tom Okafor"])[-1].status == "open"
    assert is_clean(page)


def test_an_outcome_that_needs_more_asks_in_place(page: Page, world: World) -> None:
    to(page, "Marta Silva")
    page.press("t")
    page.type("asked for spring")
    page.press("Escape")
    page.press("l")
    page.wait_for("document.activeElement.id === 'reason'")
    page.type("budget")
    page.press("Enter")
    page.wait_for("document.querySelector('.toast')")
    row = world.rows("task", prospect_id=world.people["Marta Silva"])[0]
    assert (row.status, row.outcome) == ("done", "not_now")
    assert row.answer == {"reason": "budget", "note": "asked for spring"}
    assert is_clean(page)


def test_escape_leaves_a_question_and_keeps_the_note(page: Page) -> None:
    to(page, "Marta Silva")
    page.press("t")
    page.type("half a thought")
    page.press("Escape")
    page.press("c")
    page.wait_for("document.activeElement.id === 'at'")
    page.press("Escape")
    page.wait_for("!document.querySelector('.ask')")
    page.press("k")
    page.wait_for(f"{NAME} !== 'Marta Silva'")
    page.press("j")
    page.wait_for(f"{NAME} === 'Marta Silva'")
    assert page.run("document.querySelector('#note').value") == "half a thought"


def test_snooze_and_skip_have_a_key_each(page: Page, world: World) -> None:
    to(page, "Marta Silva")
    page.press("z")
    page.wait_for("document.querySelector('[data-ask=snooze]')")
    page.press("1")
    page.wait_for("document.querySelector('.toast')")
    assert page.run("document.querySelector('.toast span').textContent") == "Snoozed until 11:12: Marta Silva"
    to(page, "Laura Bennett")
    page.press("s")
    page.wait_for("document.activeElement.id === 'skip-reason'")
    page.type("wrote to her yesterday")
    page.press("Enter")
    page.wait_for("document.querySelector('.toast span').textContent.startsWith('Skipped')")
    statuses = {row.status for row in world.rows("task", prospect_id=world.people["Laura Bennett"])}
    assert "skipped" in statuses
    assert is_clean(page)


def test_a_refusal_brings_the_task_back_with_its_note(page: Page, world: World) -> None:
    to(page, "Marta Silva")
    task = world.rows("task", prospect_id=world.people["Marta Silva"])[0]
    with world.ctx.database.write() as connection:
        connection.exec_driver_sql("UPDATE task SET version = version + 1 WHERE id = ?", (task.id,))
    page.press("t")
    page.type("typed with care")
    page.press("Escape")
    page.press("n")
    page.wait_for("document.querySelector('#problem:not([hidden])')")
    assert name(page) == "Marta Silva"
    assert "changed by somebody else" in page.run("document.querySelector('#problem').textContent")
    assert page.run("document.querySelector('#note').value") == "typed with care"
    assert "Marta Silva" in rows(page)
    page.press("n")
    page.wait_for("document.querySelector('.toast')")


def test_a_lead_that_comes_in_appears_by_itself(page: Page, world: World) -> None:
    before = len(rows(page))
    mail, phone = "new@example.com", "+12125557777"
    person = world.add_prospect("Brand New", email=mail, phone=phone, zone="America/New_York", zone_origin="own")
    world.enroll("call-in-2x2x1", person)
    world.tick()
    page.wait_for(f"document.querySelectorAll('#queue .row').length > {before}")
    assert "Brand New" in rows(page)
    assert name(page) == "Olivia Grant"  # the one in hand stays


def test_search_help_and_doubts_work_from_the_keyboard(page: Page, world: World) -> None:
    page.press("?")
    page.wait_for("document.querySelector('dialog[open]')")
    page.press("Escape")
    page.wait_for("!document.querySelector('dialog[open]')")
    page.run("document.querySelector('[data-settle] button').click()")
    page.wait_for("!document.querySelector('#doubts')")
    assert world.rows("touch", status="in_doubt") == []
    page.press("/")
    page.type("cho")
    page.press("Enter")
    page.wait_for("document.querySelector('a[href^=\"/people/\"] b')?.textContent === 'Daniel Cho'")
    assert is_clean(page)


def test_hostile_names_run_nothing(page: Page, world: World, address: str) -> None:
    with world.ctx.database.write() as connection:
        for statement in (
            "UPDATE prospect SET name = ?, title = ?, message = ?",
            "UPDATE account SET name = ? || id",
            "UPDATE task SET script = ?, title = ?",
        ):
            connection.exec_driver_sql(statement, (HOSTILE,) * statement.count("?"))
    for path in ("/", "/?q=caught", f"/people/{world.people['Jonas Weber']}"):
        page.go(address + path)
        page.wait_for("document.querySelector('#panel')")
        assert page.run("document.title") != "caught"
        assert page.run("document.querySelectorAll('img').length") == 0
    assert is_clean(page)


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_sticks_out_at_any_width(page: Page, address: str, width: int) -> None:
    for dark in (False, True):
        page.look(width=width, height=800, dark=dark)
        for path in ("/", "/?task=1", "/?q=a", "/login"):
            page.go(address + path)
            wide = page.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, path
    assert is_clean(page)
