"""What has been deployed: the workspace, sequences and their immutable versions."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from engine.store.tables.columns import instant, key, long_text


class WorkspaceRow(SQLModel, table=True):
    """One row. `definition` is canonical JSON; `is_sending` is the kill switch; `leave_revision` is another one
    after each change of the reps' leave.

    `held_since` is set while a restored backup waits for an admin. `epoch` counts such restores: attempts of a later
    one begin above those of an earlier, so what two timelines sent can be told apart.
    """

    __tablename__ = "workspace"
    __table_args__ = (CheckConstraint("id = 1", name="is_single"),)
    id: int | None = key()
    definition: str = long_text()
    hash: str
    is_sending: bool = True
    held_since: datetime | None = instant(nullable=True)
    held_note: str = long_text()
    epoch: int = 0
    leave_revision: str = ""
    applied_at: datetime = instant()


class SequenceRow(SQLModel, table=True):
    __tablename__ = "sequence"
    key: str = Field(primary_key=True)
    title: str
    audience: str
    is_paused: bool = False
    live_version_id: int | None = Field(default=None, nullable=True)
    created_at: datetime = instant()


class SequenceVersion(SQLModel, table=True):
    """`templates` is JSON: {ref: {locale: {part: text}}}. A row is never changed."""

    __tablename__ = "sequence_version"
    __table_args__ = (UniqueConstraint("sequence_key", "number"), UniqueConstraint("sequence_key", "hash"))
    id: int | None = key()
    sequence_key: str = Field(foreign_key="sequence.key")
    number: int
    hash: str
    definition: str = long_text()
    templates: str = long_text()
    source: str = long_text()
    actor: str
    created_at: datetime = instant()


class Heartbeat(SQLModel, table=True):
    """When a worker last finished a tick; its age is checked from outside."""

    worker: str = Field(primary_key=True)
    at: datetime = instant()


class IdempotentAnswer(SQLModel, table=True):
    """The answer to a request with an Idempotency-Key, given again when it is repeated.

    `status` is null while the first request is still at work.
    """

    __tablename__ = "idempotent_answer"
    key: str = Field(primary_key=True)
    request_hash: str
    status: int | None = None
    etag: str | None = None
    body: str = long_text()
    created_at: datetime = instant()


class Audit(SQLModel, table=True):
    """Append-only. Written in the transaction of the act itself."""

    id: int | None = key()
    at: datetime = instant()
    actor: str
    action: str
    subject: str
    subject_id: str = Field(index=True)
    detail: str = long_text()
