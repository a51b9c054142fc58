"""Every migration goes up and down with data in every table, on both databases."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, inspect, select

from engine.store import migrations, touches
from engine.store.connection import Record
from engine.store.database import Database
from engine.store.tables import metadata
from tests.support import rows

TOUCH = metadata.tables["touch"]


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    made = Database(empty_url, durable=False)
    yield made
    made.close()


def _tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def _contents(connection: Connection) -> dict[str, list[Record]]:
    return {table.name: list(connection.execute(select(table))) for table in metadata.sorted_tables}


def test_there_is_a_row_for_every_table() -> None:
    assert set(rows.ROWS) == set(metadata.tables)


def test_migrations_go_up_and_down_to_nothing_and_up_again_with_data_in_every_table(database: Database) -> None:
    kept = []
    for _ in range(2):
        migrations.upgrade(database)
        assert migrations.is_at_head(database)
        assert _tables(database) == set(metadata.tables)
        with database.write() as connection:
            rows.fill(connection)
            kept.append(_contents(connection))
        migrations.downgrade(database, "base")
        assert _tables(database) == set()
        assert not migrations.is_at_head(database)
    assert all(len(found) == 1 for found in kept[0].values())
    assert kept[0] == kept[1]


def test_the_migrations_make_exactly_the_tables_that_the_statements_use(database: Database) -> None:
    migrations.upgrade(database)
    with database.read() as connection:
        difference = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    assert difference == []


def test_the_migrations_make_exactly_the_checks_that_the_tables_declare(database: Database) -> None:
    """Alembic compares no checks; the words in them are the states of core."""
    migrations.upgrade(database)
    with database.read() as connection:
        look = inspect(connection)
        made = {
            check["name"]: _words(check["sqltext"])
            for name in metadata.tables
            for check in look.get_check_constraints(name)
        }
    assert made == _declared_checks()


def _declared_checks() -> dict[str | None, set[str]]:
    checks = (one for table in metadata.sorted_tables for one in table.constraints if isinstance(one, CheckConstraint))
    return {str(check.name): _words(str(check.sqltext)) for check in checks}


def _words(check: str) -> set[str]:
    return set(re.findall(r"'(\w+)'", check))


def test_what_was_stored_comes_back_as_it_was(database: Database) -> None:
    migrations.upgrade(database)
    with database.write() as connection:
        rows.fill(connection)
    with database.read() as connection:
        found = _contents(connection)
    for name, expected in rows.ROWS.items():
        row = found[name][0]._asdict()
        assert {column: row[column] for column in expected} == dict(expected), name


def test_touches_keep_their_rows_and_rules_when_their_table_is_made_anew(database: Database) -> None:
    migrations.upgrade(database, "0001")
    first = _rules_of_touches(database)
    migrations.upgrade(database)
    with database.write() as connection:
        rows.fill(connection)
        kept = connection.execute(select(TOUCH)).all()
    assert _rules_of_touches(database) == first
    migrations.downgrade(database, "0001")
    assert _rules_of_touches(database) == first
    migrations.upgrade(database)
    assert _rules_of_touches(database) == first
    with database.read() as connection:
        assert connection.execute(select(TOUCH)).all() == kept


def _rules_of_touches(database: Database) -> list[list[str]]:
    with database.read() as connection:
        look = inspect(connection)
        told: list[list[Any]] = [
            look.get_columns("touch"),
            look.get_check_constraints("touch"),
            look.get_unique_constraints("touch"),
            look.get_foreign_keys("touch"),
            [_index(one) for one in look.get_indexes("touch")],
        ]
    return [sorted(map(repr, some)) for some in told]


def _index(found: Any) -> tuple[object, ...]:
    where = {name: str(value) for name, value in found["dialect_options"].items()}
    return found["name"], found["column_names"], bool(found["unique"]), where


def test_the_number_of_a_touch_is_given_out_once_though_the_newest_was_removed(database: Database) -> None:
    migrations.upgrade(database, "0001")
    migrations.upgrade(database)
    with database.write() as connection:
        rows.fill(connection)
        row = {name: value for name, value in rows.ROWS["touch"].items() if name != "id"}
        gone = touches.add(connection, row | {"step": "second", "lane": "second"})
        touches.remove(connection, [gone])
        assert touches.add(connection, row | {"step": "third", "lane": "third"}) > gone
