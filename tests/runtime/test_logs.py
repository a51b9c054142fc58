import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from engine.runtime.logs import write_plainly


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_what_breaks_is_told_with_its_place_and_without_what_was_at_hand() -> None:
    said = io.StringIO()
    write_plainly(said)
    password = "correct horse"  # noqa: F841 - at hand when it breaks
    try:
        _ = 1 // 0
    except ZeroDivisionError:
        structlog.get_logger().exception("send failed", touch=7)
    assert "send failed" in said.getvalue()
    assert "touch=7" in said.getvalue()
    assert "test_logs.py" in said.getvalue()
    assert "ZeroDivisionError" in said.getvalue()
    assert "horse" not in said.getvalue()


def test_a_tick_that_is_left_out_while_another_lasts_is_no_news() -> None:
    write_plainly(io.StringIO())
    scheduler = logging.getLogger("apscheduler.scheduler")
    assert not scheduler.isEnabledFor(logging.WARNING)
    assert scheduler.isEnabledFor(logging.ERROR)
