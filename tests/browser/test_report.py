"""The page that `simulate --html` writes, as it is seen on a phone, by night and on paper."""

from collections.abc import Iterator
from datetime import date

import pytest

from engine.operations.simulating.simulate import material_of, simulate
from engine.operations.validating import validate
from engine.runtime.files import read_project, shipped
from engine.runtime.simulate.asking import Typed, for_sequence
from engine.runtime.simulate.report import report
from tests.browser.chromium import Browser, Page

pytestmark = pytest.mark.browser

FIRST = date(2026, 10, 20)  # the 63 days from here end with a Monday, whose name is the longest there is: 12月21日
ASKED = Typed(40, None, FIRST.isoformat(), 63, None, None, False, ("2",), None, None)
OVER = """[...document.querySelectorAll('figure svg *')].filter(one => {
  const box = one.getBoundingClientRect(), card = one.closest('.card').getBoundingClientRect()
  return box.width && (box.right > card.right || box.left < card.left)
}).map(one => one.textContent)"""
SHOWN = "[...document.querySelectorAll('.is-long svg')].filter(one => one.getBoundingClientRect().width).length"
PEAK = "[...document.querySelectorAll('.is-long text.name')].map(one => one.getBoundingClientRect().height)"
LINES = """[...document.querySelectorAll('th, td:not(.is-sentence)')].filter(one => {
  const range = document.createRange()
  range.selectNodeContents(one)
  return new Set([...range.getClientRects()].map(line => Math.round(line.top))).size > 1
}).map(one => one.textContent)"""


@pytest.fixture(scope="module", params=["en", "zh-CN"])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report."""
    files = shipped()
    material = material_of(validate(read_project(files / "sequences", files / "templates"), FIRST))
    assert material is not None
    found = simulate(material, for_sequence("outbound-7x3x21", ASKED, material, FIRST), FIRST, with_control=True)
    page = tmp_path_factory.mktemp("report") / "out.html"
    page.write_text(report(found, "Forty people", request.param), encoding="utf-8")
    return page.as_uri()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    made = Page(browser)
    yield made
    made.close()


def test_at_any_width_the_charts_stay_on_their_cards_and_can_be_read(tab: Page, written: str) -> None:
    for width in (400, 700, 1000, 1280):
        tab.look(width=width)
        tab.go(written)
        tab.run("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert tab.run(OVER) == [], width
        assert tab.run(SHOWN) == 1, width
        assert all(height == 0 or height > 10 for height in tab.run(PEAK)), width
        assert tab.run("document.documentElement.scrollWidth") <= width
        assert tab.run(LINES) == [], width
    assert tab.complaints == []


def test_by_night_the_page_is_dark_and_on_paper_it_is_light(tab: Page, written: str) -> None:
    ink = "getComputedStyle(document.body).color"
    tab.look(dark=True)
    tab.go(written)
    assert tab.run(ink) == "rgb(230, 234, 240)"
    tab.look(dark=True, media="print")
    assert tab.run(ink) == "rgb(29, 39, 51)"
    assert tab.run("getComputedStyle(document.documentElement).colorScheme") == "light"
    cut = "[...document.querySelectorAll('figure')].filter(one => getComputedStyle(one).breakInside !== 'avoid').length"
    assert tab.run(cut) == 0
