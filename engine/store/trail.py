"""The audit trail: what was done, by whom, written with the act itself."""

from collections.abc import Sequence
from datetime import datetime

import orjson
from sqlalchemy import func, insert, select

from engine.store.connection import Connection
from engine.store.tables import audit


def record(
    connection: Connection,
    *,
    actor: str,
    action: str,
    subject: str,
    subject_id: object,
    now: datetime,
    **detail: object,
) -> None:
    row = {"at": now, "actor": actor, "action": action, "subject": subject, "subject_id": str(subject_id)}
    connection.execute(_RECORD, {**row, "detail": orjson.dumps(detail, default=str).decode()})


def record_many(
    connection: Connection,
    subjects: Sequence[tuple[str, int]],
    *,
    actor: str,
    action: str,
    now: datetime,
    **detail: object,
) -> None:
    """The same of many (subject, id)."""
    told = {"at": now, "actor": actor, "action": action, "detail": orjson.dumps(detail, default=str).decode()}
    if subjects:
        connection.execute(_RECORD, [told | {"subject": one, "subject_id": str(key)} for one, key in subjects])


_RECORD = insert(audit).inline()  # nobody asks for the new row's id


def count(connection: Connection, *, action: str, subject: str, subject_id: object) -> int:
    """How often this was done to it."""
    same = (audit.c.subject_id == str(subject_id), audit.c.subject == subject, audit.c.action == action)
    return int(connection.execute(select(func.count()).select_from(audit).where(*same)).scalar_one())


def last_at(connection: Connection, *, action: str, subject: str, subject_id: object) -> datetime | None:
    """When this was last done to it."""
    same = (audit.c.subject_id == str(subject_id), audit.c.subject == subject, audit.c.action == action)
    found: datetime | None = connection.execute(select(func.max(audit.c.at)).where(*same)).scalar_one()
    return found
