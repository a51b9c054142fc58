"""What reached us and what forbids: events and suppressions."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from engine.store.tables.columns import (
    IDS_GIVEN_ONCE,
    instant,
    json_column,
    key,
    long_text,
    one_of,
    partial_index,
    reference,
)

EVENT_KINDS = (
    "delivered", "bounced", "soft_bounced", "replied", "auto_replied", "out_of_office", "opted_out", "complained",
    "clicked", "machine_clicked", "meeting_booked", "hand_sent", "stop_asked", "left_company", "challenged",
    "undelivered", "opted_in", "sender_refused",
)  # fmt: skip
ARRIVAL_STATES = ("waiting", "applied", "ignored", "stuck")
CONSENT_BASES = ("express", "implied", "request", "contract", "opt_out_notice")
CONSENT_CHANNELS = ("email", "sms", "phone")
BREAKER_SCOPES = ("domain", "mailbox", "batch", "channel")
BREAKER_LEVELS = ("alert", "stop")
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


class Arrival(SQLModel, table=True):
    """What reached us from outside, byte for byte: stored before it is acknowledged, read afterwards, in any order.

    `note` says what came of it; `tries` counts readings that broke.
    """

    __table_args__ = (
        one_of("status", ARRIVAL_STATES),
        UniqueConstraint("provider", "dedupe_key"),
        partial_index("ix_arrival_waiting", "id", where="status = 'waiting'"),
        IDS_GIVEN_ONCE,
    )
    id: int | None = key()
    provider: str
    dedupe_key: str
    mailbox_id: int | None = reference("mailbox.id", nullable=True)
    headers: dict[str, Any] | None = json_column()
    body: bytes = Field(sa_type=LargeBinary)
    received_at: datetime = instant()
    status: str = "waiting"
    note: str = long_text()
    tries: int = 0
    applied_at: datetime | None = instant(nullable=True)


class Consent(SQLModel, table=True):
    """Why we may contact somebody by a channel. `text` is the evidence: what they agreed to, in its words.

    Never deleted: `withdrawn_at` ends it. `address_key` limits it to one address.
    """

    __table_args__ = (
        one_of("channel", CONSENT_CHANNELS),
        one_of("basis", CONSENT_BASES),
        partial_index("ix_consent_live", "prospect_id", "channel", where="withdrawn_at IS NULL"),
    )
    id: int | None = key()
    prospect_id: int = reference("prospect.id")
    channel: str
    basis: str
    address_key: str | None = None
    text: str = long_text()
    source: str
    actor: str
    at: datetime = instant()
    expires_at: datetime | None = instant(nullable=True)
    withdrawn_at: datetime | None = instant(nullable=True)
    withdrawn_reason: str | None = None


class Breaker(SQLModel, table=True):
    """A sending domain, a mailbox or an import batch that has done harm, or a channel whose sender is broken.

    `resume_at` ends it where days heal it.
    """

    __table_args__ = (
        one_of("scope", BREAKER_SCOPES),
        one_of("level", BREAKER_LEVELS),
        partial_index("uq_breaker_open", "scope", "key", "level", where="cleared_at IS NULL", unique=True),
    )
    id: int | None = key()
    scope: str
    key: str
    level: str
    reason: str
    detail: str = long_text()
    at: datetime = instant()
    resume_at: datetime | None = instant(nullable=True)
    cleared_at: datetime | None = instant(nullable=True)
    cleared_by: str | None = None
