"""Signs of life: each worker's last tick, and when webhooks were last taken."""

from datetime import datetime

from sqlalchemy import func, select, update

from engine.store.connection import Connection
from engine.store.inserting import insert_unless_there
from engine.store.tables import heartbeat

WEB = "web"  # whoever takes webhooks


def beat(connection: Connection, worker: str, now: datetime) -> None:
    """Several processes may beat as one worker, and begin at the same moment."""
    if not connection.execute(update(heartbeat).where(heartbeat.c.worker == worker).values(at=now)).rowcount:
        insert_unless_there(connection, heartbeat, {"worker": worker, "at": now}, unique=["worker"])


def last_beat(connection: Connection) -> datetime | None:
    """Of those who send; whoever takes webhooks has a beat of its own."""
    wanted = select(func.max(heartbeat.c.at)).where(heartbeat.c.worker != WEB)
    found: datetime | None = connection.execute(wanted).scalar_one()
    return found


def listening_since(connection: Connection) -> datetime | None:
    """When somebody last took webhooks."""
    wanted = select(heartbeat.c.at).where(heartbeat.c.worker == WEB)
    found: datetime | None = connection.execute(wanted).scalar_one_or_none()
    return found
