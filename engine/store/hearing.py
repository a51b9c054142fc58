"""When the ways by which answers reach us were last known to work."""

from datetime import datetime

from sqlalchemy import func, insert, select, update

from engine.store.connection import Connection
from engine.store.tables import arrival, heartbeat, mail_sync

WEB = "web"  # the heartbeat of whoever takes webhooks


def synced(connection: Connection, mailbox_id: int) -> list[datetime | None]:
    """The last good reading of each folder of a mailbox."""
    wanted = select(mail_sync.c.synced_at).where(mail_sync.c.mailbox_id == mailbox_id)
    return list(connection.execute(wanted).scalars())


def listening_since(connection: Connection) -> datetime | None:
    """When somebody last took webhooks."""
    found: datetime | None = connection.execute(
        select(heartbeat.c.at).where(heartbeat.c.worker == WEB)
    ).scalar_one_or_none()
    return found


def listen(connection: Connection, now: datetime) -> None:
    if not connection.execute(update(heartbeat).where(heartbeat.c.worker == WEB).values(at=now)).rowcount:
        connection.execute(insert(heartbeat).values(worker=WEB, at=now))


def oldest_unread(connection: Connection) -> datetime | None:
    """What has reached us and nobody has read yet."""
    wanted = select(func.min(arrival.c.received_at)).where(arrival.c.status == "waiting")
    found: datetime | None = connection.execute(wanted).scalar_one()
    return found
