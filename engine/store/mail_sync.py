"""How far each folder of a mailbox has been read."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, insert, select, update

from engine.store.connection import Connection, Record
from engine.store.tables import mail_sync


def one(connection: Connection, mailbox_id: int, folder: str) -> Record | None:
    return connection.execute(select(mail_sync).where(*_is(mailbox_id, folder))).one_or_none()


def of_mailbox(connection: Connection, mailbox_id: int) -> list[Record]:
    wanted = select(mail_sync).where(mail_sync.c.mailbox_id == mailbox_id)
    return list(connection.execute(wanted.order_by(mail_sync.c.folder)))


def put(connection: Connection, mailbox_id: int, folder: str, **values: Any) -> None:
    """`values`: uid_validity, last_uid, synced_at, error."""
    if not connection.execute(update(mail_sync).where(*_is(mailbox_id, folder)).values(**values)).rowcount:
        connection.execute(insert(mail_sync).values(mailbox_id=mailbox_id, folder=folder, **values))


def forget_others(connection: Connection, mailbox_id: int, folders: Collection[str]) -> None:
    """A folder that is read no longer must not make the mailbox look deaf."""
    others = (mail_sync.c.mailbox_id == mailbox_id, mail_sync.c.folder.not_in(list(folders)))
    connection.execute(delete(mail_sync).where(*others))


def _is(mailbox_id: int, folder: str) -> tuple[Any, ...]:
    return mail_sync.c.mailbox_id == mailbox_id, mail_sync.c.folder == folder
