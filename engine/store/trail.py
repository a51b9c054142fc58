"""The audit trail: what was done, by whom, written with the act itself."""

from datetime import datetime

import orjson
from sqlalchemy import insert

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
    connection.execute(insert(audit).values(**row, detail=orjson.dumps(detail, default=str).decode()))
