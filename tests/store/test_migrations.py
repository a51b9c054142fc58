"""Every migration goes up and down with data in every table, on both databases."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, Table, delete, insert, inspect, select, text

from engine.core.errors import BadInput
from engine.store import migrations
from engine.store.connection import Record
from engine.store.database import Database
from engine.store.tables import metadata
from tests.support import rows
from tests.support.databases import on_sqlite

# Tables from which rows are deleted though their ids have left the process, and what makes one more row of each.
ANOTHER: Mapping[str, Mapping[str, Any]] = {
    "enrollment": {"rotation": 2, "status": "finished", "end_reason": "completed", "ended_at": rows.NOW},
    "touch": {"step": "another", "lane": "another"},
    "task": {"touch_id": None},
    "arrival": {"dedupe_key": "another"},
}
REMADE = [metadata.tables[name] for name in ANOTHER if name != "arrival"]


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


@on_sqlite
def test_a_migration_that_nobody_knows_is_told_with_those_that_there_are(database: Database) -> None:
    for unknown in ("nonsense", "", "-1", "base:head", "heads@x"):
        with pytest.raises(BadInput, match=r"is no migration; there are 0001, .*head, base"):
            migrations.upgrade(database, unknown)
    migrations.upgrade(database)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BadInput, match="at migration 9999, which only a newer Touchline has"):
        migrations.upgrade(database)


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


def test_tables_that_are_made_anew_keep_their_rows_and_rules(database: Database) -> None:
    migrations.upgrade(database, "0001")
    first = _rules(database)
    migrations.upgrade(database, "0002")
    assert all(set(before) <= set(after) for before, after in zip(first, _rules(database), strict=True))
    migrations.upgrade(database)
    with database.write() as connection:
        rows.fill(connection)
        kept = [connection.execute(select(table)).all() for table in REMADE]
    newest = _rules(database)
    migrations.downgrade(database, "0001")
    assert _rules(database) == first
    migrations.upgrade(database)
    assert _rules(database) == newest
    with database.read() as connection:
        assert [connection.execute(select(table)).all() for table in REMADE] == kept


def _rules(database: Database) -> list[list[str]]:
    with database.read() as connection:
        look = inspect(connection)
        told: list[list[Any]] = [
            found
            for table in REMADE
            for found in (
                look.get_columns(table.name),
                look.get_check_constraints(table.name),
                look.get_unique_constraints(table.name),
                look.get_foreign_keys(table.name),
                [_index(one) for one in look.get_indexes(table.name)],
            )
        ]
    return [sorted(map(repr, some)) for some in told]


def _index(found: Any) -> tuple[object, ...]:
    where = {name: str(value) for name, value in found["dialect_options"].items()}
    return found["name"], found["column_names"], bool(found["unique"]), where


def test_what_a_mailbox_has_sent_counts_on_under_the_next_release_and_the_one_before(database: Database) -> None:
    """And what only the send journal knows; a mailbox that has been in use is none that begins."""
    migrations.upgrade(database)
    with database.write() as connection:
        rows.fill(connection)
    migrations.downgrade(database, "0002")
    with database.write() as connection:
        counted = connection.execute(text("SELECT counted_at IS NOT NULL FROM message")).scalar_one()
        connection.execute(text("UPDATE address SET value = 'ada@example.com', quality = 'guessed'"))
    assert counted
    migrations.upgrade(database)
    hand_off, mailbox = metadata.tables["hand_off"], metadata.tables["mailbox"]
    with database.read() as connection:
        known, lost = connection.execute(select(hand_off).order_by(hand_off.c.touch_id.is_(None), hand_off.c.id))
        first_use = connection.execute(select(mailbox.c.first_used_at)).scalar_one()
    assert known[1:] == (1, rows.NOW, 1, "example.com", "unknown", 1, 1, True)
    assert lost[1:] == (None, rows.NOW, 1, "example.com", "unknown", None, None, False)
    assert first_use == rows.NOW


def test_a_number_is_given_out_once_though_the_newest_row_was_removed(database: Database) -> None:
    """What an undo takes back, and what was read long ago: people, audits and journals still name it."""
    migrations.upgrade(database, "0001")
    migrations.upgrade(database)
    with database.write() as connection:
        rows.fill(connection)
        for table in (metadata.tables[name] for name in ANOTHER):
            gone = _add_another(connection, table)
            connection.execute(delete(table).where(table.c.id == gone))
            assert _add_another(connection, table) > gone, table.name


def _add_another(connection: Connection, table: Table) -> int:
    row = {name: value for name, value in rows.ROWS[table.name].items() if name != "id"}
    made = insert(table).values(**{**row, **ANOTHER[table.name]}).returning(table.c.id)
    return int(connection.execute(made).scalar_one())


@on_sqlite
def test_the_migrations_give_ids_out_once_where_the_tables_say_so(database: Database) -> None:
    migrations.upgrade(database)
    with database.read() as connection:
        made = {row.name: row.sql for row in connection.execute(text("SELECT name, sql FROM sqlite_master"))}
    said = {table.name for table in metadata.sorted_tables if table.dialect_options["sqlite"]["autoincrement"]}
    assert {name for name in metadata.tables if "AUTOINCREMENT" in made[name]} == said
