"""Puts the parts together: a context from the settings."""

import os
import socket
from collections.abc import Callable
from datetime import datetime

from engine.channels.outbox import MailOutbox, SmsOutbox
from engine.core.errors import NotMigrated
from engine.operations.context import Context
from engine.runtime.clock import wall_clock
from engine.runtime.settings import Settings
from engine.store import migrations
from engine.store.database import Database


def open_context(settings: Settings, *, now: Callable[[], datetime] = wall_clock, is_durable: bool = True) -> Context:
    """Everything leaves to the local outboxes below `settings.data`.

    A SQLite file that does not exist yet is made at the newest migration. Raises NotMigrated for an older database.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.url, durable=is_durable, pool_size=settings.senders + 11)
    if database.path is not None and not database.path.exists():
        database.path.parent.mkdir(parents=True, exist_ok=True)
        migrations.upgrade(database)
    if not migrations.is_at_head(database):
        raise NotMigrated
    return Context(
        database=database,
        now=now,
        transports={
            "email": MailOutbox(settings.data / "outbox" / "mail", durable=is_durable),
            "sms": SmsOutbox(settings.data / "outbox" / "sms", durable=is_durable),
        },
        public_url=settings.public_url,
        secret=settings.secret_value(),
        worker=f"{socket.gethostname()}-{os.getpid()}",
    )
