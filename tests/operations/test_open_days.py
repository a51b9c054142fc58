"""Whose holidays count: where somebody is, by what is known of them; and when a rep works."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from engine.core.workspace import NamedCalendar, Rep, Workspace
from engine.operations.days.open_days import Place, calendar_for, place_of, working_time
from engine.store.connection import Record
from tests.compiler.texts import workspace
from tests.support.factories import OFFICE_HOURS, hours

TODAY = date(2026, 3, 4)
THANKSGIVING, UNITY_DAY = date(2026, 11, 26), date(2026, 10, 2)
CORPUS_CHRISTI = date(2026, 6, 4)  # a holiday in Bavaria, none in Berlin
AMERICAN: Workspace = replace(workspace(), country="US", zone="America/New_York", region=None, closed=())


def works(day: date, place: Place, where: Workspace = AMERICAN) -> bool:
    return calendar_for(where, place, TODAY).is_workday(day)


def row(**known: Any) -> Record:
    nothing = dict.fromkeys(
        ("home_country", "home_region", "home_zone", "home_zone_origin",
         "account_country", "account_domain", "account_zone")
    )  # fmt: skip
    return cast("Record", SimpleNamespace(**nothing | known))


@pytest.mark.parametrize(
    ("known", "country"),
    [
        ({"home_country": "DE", "account_country": "US"}, "DE"),
        ({"account_country": "DE", "home_zone": "America/New_York", "home_zone_origin": "phone"}, "DE"),
        ({"home_zone": "Europe/Berlin", "home_zone_origin": "phone"}, "DE"),
        ({"home_zone": "Europe/Berlin", "home_zone_origin": "default"}, None),
        ({"home_zone": "America/New_York", "home_zone_origin": "default", "account_zone": "Europe/Berlin"}, "DE"),
        ({}, None),
    ],
)
def test_the_country_is_the_persons_else_the_accounts_else_that_of_a_known_clock(
    known: dict[str, str], country: str | None
) -> None:
    assert place_of(row(**known)).country == country


def test_the_region_of_a_contact_file_closes_its_own_holidays() -> None:
    assert works(CORPUS_CHRISTI, Place("DE", "Berlin"))
    for written in ("Bavaria", "Bayern", "BY"):
        assert not works(CORPUS_CHRISTI, Place("DE", written))


def test_an_unknown_region_keeps_the_days_of_its_country() -> None:
    assert works(CORPUS_CHRISTI, Place("DE", "Rhine area"))
    assert not works(date(2026, 10, 3), Place("DE", "Rhine area"))


def test_without_a_country_or_its_data_the_workspaces_holidays_count() -> None:
    for place in (Place(), Place("XX"), Place(None, "Bayern")):
        assert not works(THANKSGIVING, place)
    bavarian = replace(AMERICAN, country="DE", region="BY")
    assert not works(CORPUS_CHRISTI, Place(), bavarian)
    assert not works(CORPUS_CHRISTI, Place("DE"), bavarian)
    assert works(CORPUS_CHRISTI, Place("DE", "Berlin"), bavarian)


def test_whoever_works_at_an_account_with_a_calendar_follows_it() -> None:
    break_ = NamedCalendar("acme", "Acme", closed=("2026-08-03..2026-08-21",), extra_workdays=("2026-11-26",))
    closed = replace(AMERICAN, closed=("2026-11-26",), account_calendars={"acme.com": break_})
    assert not works(date(2026, 8, 10), Place("US", None, "acme.com"), closed)
    assert works(date(2026, 8, 10), Place("US", None, "other.com"), closed)
    assert works(THANKSGIVING, Place("US", None, "acme.com"), closed), "its own days beat the country's and ours"
    assert not works(THANKSGIVING, Place("US", None, "other.com"), closed)


def test_an_account_may_keep_the_holidays_of_another_place() -> None:
    abroad = replace(AMERICAN, account_calendars={"isar.de": NamedCalendar("isar", "Isar", "DE", "Bayern")})
    assert not works(CORPUS_CHRISTI, Place("US", "TX", "isar.de"), abroad)
    assert works(THANKSGIVING, Place("US", "TX", "isar.de"), abroad)


def test_a_rep_keeps_hours_and_holidays_of_their_own_else_the_workspaces() -> None:
    mornings = hours("08:00-12:00")
    ana = Rep("ana", "Ana", "ana@a.test", "sdr", "Europe/Berlin", "en", country="DE", region="BE", hours=mornings)
    bo = Rep("bo", "Bo", "bo@a.test", "sdr", "America/Chicago", "en")
    team = replace(AMERICAN, hours=OFFICE_HOURS, reps=(ana, bo))
    anas, bos = working_time(team, "ana", TODAY), working_time(team, "bo", TODAY)
    assert (anas.zone.key, anas.hours, bos.zone.key, bos.hours) == (
        "Europe/Berlin", mornings, "America/Chicago", OFFICE_HOURS,
    )  # fmt: skip
    women = date(2027, 3, 8)  # kept in Berlin
    assert (anas.is_workday(women), bos.is_workday(women)) == (False, True)
    assert (anas.is_workday(THANKSGIVING), bos.is_workday(THANKSGIVING)) == (True, False)
    assert working_time(team, "gone", TODAY).zone.key == "America/New_York"


def test_the_same_calendar_is_built_once() -> None:
    first = calendar_for(AMERICAN, Place("DE", "Bayern"), TODAY)
    assert calendar_for(replace(AMERICAN), Place("DE", "Bavaria"), date(2026, 12, 31)) is first
