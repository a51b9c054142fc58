from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from engine.contacts.cells import Cell
from engine.contacts.instants import Order
from engine.contacts.opt_ins import OptIn, read_opt_in

BERLIN = ZoneInfo("Europe/Berlin")
DAY = datetime(2026, 2, 1, tzinfo=BERLIN)


def read(consent: str, at: str = "2026-02-01", source: str = "") -> tuple[OptIn | None, list[str]]:
    cells = {
        "consent": [Cell("Consent", consent)],
        "consent_at": [Cell("Consent Date", at)],
        "consent_source": [Cell("Consent Source", source)],
    }
    found, problems = read_opt_in(cells, Order.DAY_FIRST, BERLIN)
    return found, [one.reason_code for one in problems]


@pytest.mark.parametrize(
    ("said", "channels"),
    [
        ("yes", ("email",)),
        ("TRUE", ("email",)),
        ("同意", ("email",)),
        ("Email", ("email",)),
        ("email, SMS", ("email", "sms")),
        ("phone and e-mail", ("email", "phone")),
        ("邮件、短信", ("email", "sms")),
        ("yes; phone", ("email", "phone")),
    ],
)
def test_the_channels_are_those_it_names_and_a_bare_yes_means_mail(said: str, channels: tuple[str, ...]) -> None:
    assert read(said, source="form 12") == (OptIn(channels, DAY, f"Consent: {said}", "form 12"), [])


@pytest.mark.parametrize("said", ["", "no", "FALSE", "未同意", "-"])
def test_a_no_is_no_consent_and_no_problem(said: str) -> None:
    assert read(said) == (None, [])


@pytest.mark.parametrize("said", ["perhaps", "email, fax", "see notes", "asked 3 times"])
def test_a_doubt_is_no_consent(said: str) -> None:
    assert read(said) == (None, ["consent_unclear"])


@pytest.mark.parametrize(
    ("at", "codes"), [("", ["consent_without_date"]), ("spring", ["date_unreadable", "consent_without_date"])]
)
def test_without_a_day_it_is_no_evidence(at: str, codes: list[str]) -> None:
    assert read("yes", at=at) == (None, codes)
