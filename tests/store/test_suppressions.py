"""One question for many people: which active suppressions cover them, by whatever scope?"""

import threading
import time
from collections.abc import Iterator

import pytest

from engine.core.consent import Cover
from engine.store import suppressions
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.tables import suppression
from tests.support import rows
from tests.support.rows import NOW

_WHY = {"reason": "opted_out", "proof": "", "source": "test"}


def _add(connection: Connection, scope: str, key: str, channel: str = "all") -> int | None:
    return suppressions.add(connection, scope=scope, key=key, channel=channel, now=NOW, **_WHY)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """Ada (1) at Acme, domain acme.example, with ada@example.com; Bo (2) alone, with a telephone."""
    with database.write() as made:
        rows.put(made, "prospect", id=2, account_id=None, name="Bo")
        phone = {"kind": "phone", "value": "+12125550100", "key": "+12125550100", "match_key": "+12125550100"}
        rows.put(made, "address", id=2, prospect_id=2, domain=None, **phone)
        made.execute(suppression.delete())
        yield made


@pytest.mark.parametrize(
    ("scope", "key"),
    [
        ("person", "1"),
        ("account", "1"),
        ("address", "ada@example.com"),
        ("domain", "example.com"),
        ("domain", "acme.example"),
    ],
)
def test_a_suppression_covers_those_whom_its_scope_names_and_nobody_else(
    connection: Connection, scope: str, key: str
) -> None:
    _add(connection, scope, key, "email")
    assert suppressions.covering(connection, [1, 2]) == {1: [Cover(scope, "email", "opted_out", key)]}


def test_a_number_that_two_people_share_is_closed_for_both(connection: Connection) -> None:
    shared = {"kind": "phone", "value": "+12125550100", "key": "+12125550100", "match_key": "+12125550100"}
    rows.put(connection, "address", id=3, prospect_id=1, domain=None, **shared)
    _add(connection, "address", "+12125550100")
    assert set(suppressions.covering(connection, [1, 2])) == {1, 2}


@pytest.mark.parametrize(("scope", "key"), [("person", "3"), ("account", "2"), ("address", "ada"), ("domain", "e.com")])
def test_what_only_looks_alike_covers_nobody(connection: Connection, scope: str, key: str) -> None:
    _add(connection, scope, key)
    assert suppressions.covering(connection, [1, 2]) == {}


def test_the_same_suppression_twice_is_one(connection: Connection) -> None:
    assert _add(connection, "person", "1") is not None
    assert _add(connection, "person", "1") is None
    assert len(suppressions.active(connection)) == 1


def test_a_lifted_one_covers_nobody_keeps_who_lifted_it_and_may_be_made_again(connection: Connection) -> None:
    first = _add(connection, "person", "1")
    assert first is not None
    assert suppressions.lift(connection, first, actor="tom", reason="asked to", now=NOW)
    assert not suppressions.lift(connection, first, actor="eve", reason="again", now=NOW)
    assert suppressions.covering(connection, [1]) == {}
    assert _add(connection, "person", "1") not in (None, first)


def test_thousands_of_people_are_asked_about_at_once(connection: Connection) -> None:
    _add(connection, "person", "2")
    assert set(suppressions.covering(connection, range(1, 40_001))) == {2}


def test_two_who_suppress_the_same_address_at_once_make_one_row(database: Database, other: Database) -> None:
    """Two people share a number, and both say no to two workers."""
    first_is_in, added = threading.Event(), []

    def add(mine: Database, pause: float) -> None:
        with mine.write() as connection:
            added.append(_add(connection, "address", "+12125550100"))
            first_is_in.set()
            time.sleep(pause)

    first = threading.Thread(target=add, args=(database, 0.2))
    first.start()
    assert first_is_in.wait(10)
    add(other, 0)
    first.join()
    assert sorted(one is not None for one in added) == [False, True]
    with database.read() as connection:
        assert len(suppressions.active(connection, after=1)) == 1
