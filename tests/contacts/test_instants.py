from zoneinfo import ZoneInfo

import pytest

from engine.contacts.cells import Cell
from engine.contacts.instants import Order, order_of, read_instant
from tests.support.contact_files import codes, read_text

BERLIN = ZoneInfo("Europe/Berlin")


def read(text: str, order: Order = Order.DAY_FIRST) -> str | None:
    instant, _ = read_instant(Cell("Created", text), order, BERLIN)
    return instant.isoformat() if instant else None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-10-15 15:10", "2026-10-15T15:10:00+02:00"),
        ("2026/01/19 20:04", "2026-01-19T20:04:00+01:00"),
        ("2026年1月9日 8:05", "2026-01-09T08:05:00+01:00"),
        ("２０２６/1/9", "2026-01-09T00:00:00+01:00"),
        ("2026-01-19T20:04:31Z", "2026-01-19T20:04:31+00:00"),
        ("2026-01-19T20:04:31.123+0800", "2026-01-19T20:04:31+08:00"),
        ("31.12.2026 09:00", "2026-12-31T09:00:00+01:00"),
        ("31/12/2026", "2026-12-31T00:00:00+01:00"),
        ("12/31/2026", "2026-12-31T00:00:00+01:00"),
        ("1/31/2026, 3:04 PM", "2026-01-31T15:04:00+01:00"),
        ("1/31/2026 12:04 am", "2026-01-31T00:04:00+01:00"),
    ],
)
def test_dates_are_read_as_exports_write_them(written: str, meant: str) -> None:
    assert read(written) == meant


@pytest.mark.parametrize("written", ["yesterday", "2026-13-01", "30.02.2026", "45678", "2026-01-01 25:00"])
def test_what_is_no_date_is_told(written: str) -> None:
    instant, (problem,) = read_instant(Cell("Created", written), Order.DAY_FIRST, BERLIN)
    assert (instant, problem.reason_code) == (None, "date_unreadable")


def test_one_telling_date_decides_the_column() -> None:
    assert order_of(["03/04/2026", "03/25/2026"], "DE") is Order.MONTH_FIRST
    assert order_of(["03/04/2026", "25/03/2026"], "US") is Order.DAY_FIRST
    assert read("03/04/2026", Order.MONTH_FIRST) == "2026-03-04T00:00:00+01:00"


def test_without_a_telling_date_the_countrys_custom_holds_and_is_told() -> None:
    (row,) = read_text("Name,Email,Create Date\nA,a@x.example,03/04/2026\n").rows
    assert row.received_at is not None
    assert (row.received_at.month, codes(row)) == (3, ["date_ambiguous"])


def test_a_column_of_both_kinds_proves_nothing_and_each_doubt_is_told() -> None:
    header = "Name,Email,Create Date\n"
    rows = read_text(header + "A,a@x.example,25/03/2026\nB,b@x.example,03/25/2026\nC,c@x.example,03/04/2026\n").rows
    assert [codes(row) for row in rows] == [[], [], ["date_ambiguous"]]
