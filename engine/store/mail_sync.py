"""How far each folder of a mailbox has been read."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, insert, select, update

from engine.store.connection import Connection, Record
from engine.store.tables import mail_sync, mailbox


def one(connection: Connection, mailbox_id: int, folder: str) -> Record | None:
    return connection.execute(select(mail_sync).where(*_is(mailbox_id, folder))).one_or_none()


def everywhere(connection: Connection) -> list[Record]:
    """`address`, `folder`, `synced_at`, `error` of whatever is read."""
    columns = (mailbox.c.address, mail_sync.c.folder, mail_sync.c.synced_at, mail_sync.c.error)
    joined = mail_sync.join(mailbox, mailbox.c.id == mail_sync.c.mailbox_id)
    return list(connection.execute(select(*columns).select_from(joined).order_by(mailbox.c.id, mail_sync.c.folder)))


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
