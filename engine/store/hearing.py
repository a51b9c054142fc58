"""When the ways by which answers reach us were last known to work."""

from datetime import datetime

from sqlalchemy import func, select

from engine.store.connection import Connection
from engine.store.tables import arrival, mail_sync


def synced(connection: Connection, mailbox_id: int) -> list[datetime | None]:
    """The last good reading of each folder of a mailbox."""
    wanted = select(mail_sync.c.synced_at).where(mail_sync.c.mailbox_id == mailbox_id)
    return list(connection.execute(wanted).scalars())


def oldest_unread(connection: Connection) -> datetime | None:
    """What has reached us and nobody has read yet."""
    wanted = select(func.min(arrival.c.received_at)).where(arrival.c.status == "waiting")
    found: datetime | None = connection.execute(wanted).scalar_one()
    return found
