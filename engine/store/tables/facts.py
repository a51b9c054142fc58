"""What reached us and what forbids: events and suppressions."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from engine.store.tables.columns import instant, json_column, key, long_text, one_of, partial_index, reference

EVENT_KINDS = (
    "delivered", "bounced", "soft_bounced", "replied", "auto_replied", "out_of_office", "opted_out", "complained",
    "clicked", "meeting_booked", "hand_sent", "stop_asked",
)  # fmt: skip
SCOPES = ("address", "person", "account", "domain")
CHANNELS = ("all", "email", "phone", "sms", "wechat", "social")


class Event(SQLModel, table=True):
    """An inbound fact, stored before it is acknowledged and applied once: `applied_at` is null until then."""

    __table_args__ = (
        one_of("kind", EVENT_KINDS),
        UniqueConstraint("provider", "dedupe_key"),
        partial_index("ix_event_unapplied", "id", where="applied_at IS NULL"),
    )
    id: int | None = key()
    kind: str
    provider: str
    dedupe_key: str
    prospect_id: int | None = reference("prospect.id", nullable=True, index=True)
    enrollment_id: int | None = reference("enrollment.id", nullable=True)
    touch_id: int | None = reference("touch.id", nullable=True)
    at: datetime = instant()
    received_at: datetime = instant()
    applied_at: datetime | None = instant(nullable=True)
    body: dict[str, Any] | None = json_column()


class Suppression(SQLModel, table=True):
    """Somebody who must not be contacted. `key` is an address's compared form, a domain, or a person's or account's id.

    Never deleted: `lifted_at` ends it, by an audited opt-in, by the undo of the outcome that made it, or by the engine
    when `ends_at` has come.
    """

    __table_args__ = (
        one_of("scope", SCOPES),
        one_of("channel", CHANNELS),
        partial_index("uq_suppression_active", "scope", "key", "channel", where="lifted_at IS NULL", unique=True),
        partial_index("ix_suppression_end", "ends_at", where="ends_at IS NOT NULL AND lifted_at IS NULL"),
    )
    id: int | None = key()
    scope: str
    key: str
    channel: str
    reason: str
    proof: str = long_text()
    source: str
    created_at: datetime = instant()
    ends_at: datetime | None = instant(nullable=True)
    lifted_at: datetime | None = instant(nullable=True)
    lifted_by: str | None = None
    lift_reason: str | None = None
