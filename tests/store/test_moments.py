"""What the guard asks about a touch at one moment."""

from sqlalchemy import delete

from engine.store import enrollments, moments
from engine.store.connection import Record
from engine.store.database import Database
from engine.store.tables import message
from tests.support import rows


def _moment(database: Database) -> Record:
    with database.read() as connection:
        found = moments.one(connection, 1)
    assert found is not None
    return found


def test_a_stored_mail_leaves_by_its_own_mailbox_whoever_works_the_person_by_now(database: Database) -> None:
    with database.write() as connection:
        rows.put(connection, "mailbox", id=2, address="grace@example.com", held_reason="535")
        enrollments.set_mailbox(connection, 1, 2)
    told = _moment(database)
    assert (told.mailbox_id, told.mailbox_address, told.mailbox_held) == (1, "tom@example.com", None)
    assert (told.message_id, told.sender) == ("<1@example.com>", "tom@example.com")

    with database.write() as connection:
        connection.execute(delete(message))
    told = _moment(database)
    assert (told.mailbox_id, told.mailbox_address, told.mailbox_held) == (2, "grace@example.com", "535")
    assert told.message_id is None


def test_what_is_not_there_is_nothing(database: Database) -> None:
    with database.read() as connection:
        assert moments.one(connection, 99) is None
        assert moments.of(connection, []) == []
