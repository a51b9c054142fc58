"""Puts the parts together: a context from the settings."""

import os
import socket
from collections.abc import Callable
from datetime import datetime

from engine.channels.outbox import MailOutbox, SmsOutbox
from engine.core.errors import BadInput, NotMigrated
from engine.operations.context import Context
from engine.runtime.clock import wall_clock
from engine.runtime.settings import Settings
from engine.store import migrations, plans
from engine.store.database import Database
from engine.store.journal import Journal


def open_database(settings: Settings, *, is_durable: bool = True) -> tuple[Database, bool]:
    """The database, and whether it is a SQLite file made this moment.

    Raises BadInput for a folder or an address that cannot be used, Unreachable when nobody answers.
    """
    database = Database(settings.url, durable=is_durable, pool_size=settings.senders + 11)
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)  # contacts and secrets: for this user alone
        if database.path is not None:
            database.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BadInput(f"{problem.filename}: {problem.strerror}; set TOUCHLINE_DATA to a folder of your own") from None
    is_new = database.path is not None and not database.path.exists()
    database.check()
    return database, is_new


def open_context(settings: Settings, *, now: Callable[[], datetime] = wall_clock, is_durable: bool = True) -> Context:
    """Everything leaves to the local outboxes below `settings.data`: whoever sends adds the channels (`ways`).

    A SQLite file that does not exist yet is made at the newest migration. Raises NotMigrated for an older database.
    """
    database, is_new = open_database(settings, is_durable=is_durable)
    if is_new:
        migrations.upgrade(database)
    if not migrations.is_at_head(database):
        raise NotMigrated
    return Context(
        database=database,
        now=now,
        transports={
            "email": MailOutbox(settings.outbox / "mail", durable=is_durable),
            "sms": SmsOutbox(settings.outbox / "sms", durable=is_durable),
        },
        public_url=settings.public_url,
        secret=settings.secret_value(),
        worker=f"{socket.gethostname()}-{os.getpid()}",
        journal=Journal(settings.data / "journal", durable=is_durable),
    )


def mailbox_addresses(database: Database) -> list[str] | None:
    """Those that the applied workspace has; None before one was applied."""
    with database.read() as connection:
        if plans.workspace_row(connection) is None:
            return None
        return [str(row.address) for row in plans.mailboxes(connection)]
