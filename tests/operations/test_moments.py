"""Days and hours as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.operations.queries.moments import moment, weekday_and_day

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "english", "chinese"),
    [(48, "Sat 9 Jan", "1月9日 周六"), (6 * 365 - 316, "Fri 9 Jan 2032", "2032年1月9日 周五")],
)
def test_a_day_that_might_be_taken_for_one_of_another_year_names_its_own(days: int, english: str, chinese: str) -> None:
    at = NOW + timedelta(days=days)
    assert weekday_and_day(at, "UTC", NOW, "en") == english
    assert weekday_and_day(at, "UTC", NOW, "zh-CN") == chinese


def test_an_hour_of_another_year_does_so_too() -> None:
    assert moment(NOW + timedelta(days=20), "UTC", NOW, "en") == "12 Dec 12:00"
    assert moment(NOW - timedelta(days=400), "UTC", NOW, "en") == "18 Oct 2025 12:00"
