"""The next days, as a rep sees them on a phone."""

import pytest

from tests.browser.chromium import Page

pytestmark = pytest.mark.browser

WIDER = "[...document.querySelectorAll('.scroll')].filter(one => one.scrollWidth > one.clientWidth).length"


def test_on_a_phone_no_table_of_the_forecast_scrolls_sideways(page: Page, address: str) -> None:
    page.look(width=400)
    page.go(f"{address}/forecast")
    assert page.run("document.querySelectorAll('.scroll').length") >= 2
    assert page.run(WIDER) == 0
    assert page.run("document.documentElement.scrollWidth") <= 400
