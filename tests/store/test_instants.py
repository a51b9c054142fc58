"""SQLite drops time zones: 09:00 in New York must not come back as 09:00 of nowhere."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import StatementError

from engine.store.database import Database
from engine.store.tables import prospect
from tests.support.strategies import zones

_INSTANTS = st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=zones())


def _round_trip(database: Database, at: datetime) -> datetime:
    with database.write() as connection:
        connection.execute(update(prospect).values(received_at=at))
    with database.read() as connection:
        found: datetime = connection.execute(select(prospect.c.received_at)).scalar_one()
    return found


def test_an_instant_of_any_zone_comes_back_as_the_same_instant_in_utc(database: Database) -> None:
    found = _round_trip(database, datetime(2026, 3, 4, 9, tzinfo=ZoneInfo("America/New_York")))
    assert found == datetime(2026, 3, 4, 14, tzinfo=UTC)
    assert found.tzinfo is UTC


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=_INSTANTS)
def test_no_zone_and_no_edge_of_its_clocks_moves_an_instant(database: Database, at: datetime) -> None:
    found = _round_trip(database, at)
    assert found == at.astimezone(UTC)
    assert found.utcoffset() == at.astimezone(UTC).utcoffset()


def test_a_naive_instant_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="2026-03-04T09:00:00 has no time zone"):
        _round_trip(database, datetime(2026, 3, 4, 9))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=_INSTANTS, other=_INSTANTS)
def test_the_database_orders_instants_as_time_does(database: Database, at: datetime, other: datetime) -> None:
    _round_trip(database, at)
    with database.read() as connection:
        is_later = connection.execute(select(prospect.c.received_at > other)).scalar_one()
    assert bool(is_later) == (at.astimezone(UTC) > other.astimezone(UTC))
