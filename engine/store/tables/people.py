"""Who we know and who works for us: teams, reps, mailboxes, accounts, prospects, their addresses and relations."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from engine.core.leave import LeavePolicy
from engine.store.tables.columns import (
    instant,
    json_column,
    key,
    long_text,
    one_of,
    partial_index,
    reference,
)
from engine.store.types import Id

ADDRESS_KINDS = ("email", "phone", "wechat", "linkedin", "maimai")
RELATIONSHIPS = ("prospect", "customer", "open_opportunity", "partner", "competitor")
RELATION_STATES = ("none", "requested", "accepted", "refused", "deleted_us")


class Team(SQLModel, table=True):
    id: int | None = key()
    name: str = Field(unique=True)


class Rep(SQLModel, table=True):
    """`left_at` is set where somebody said that the rep works here no more, whatever the workspace names.

    `successor_id` takes over then; `handed_over_at` is when all of the work had found a new owner.
    """

    id: int | None = key()
    key: str = Field(unique=True)
    name: str
    email: str
    team_id: int = reference("team.id")
    zone: str
    locale: str
    title: str = ""
    phone: str = ""
    aliases: list[str] | None = json_column()
    is_active: bool = True
    left_at: datetime | None = instant(nullable=True)
    successor_id: int | None = reference("rep.id", nullable=True)
    handed_over_at: datetime | None = instant(nullable=True)


class RepLeave(SQLModel, table=True):
    """Days on which a rep is away, `last_day` included. `begins_at` and `ends_at` bound them on the rep's own clock.

    `begun_at` is when the work was put aside or handed on, `ended_at` when what waited had found its days again, or
    there was nothing to do any more. `is_covered`: somebody reads the answers meanwhile.
    """

    __tablename__ = "rep_leave"
    __table_args__ = (
        one_of("policy", LeavePolicy),
        CheckConstraint("first_day <= last_day", name="ends_after_it_begins"),
        CheckConstraint("to_id IS NULL OR to_id <> rep_id", name="stands_in_for_another"),
        partial_index("ix_rep_leave_open", "rep_id", where="ended_at IS NULL"),
    )
    id: int | None = key()
    rep_id: int = reference("rep.id")
    first_day: date
    last_day: date
    policy: str
    to_id: int | None = reference("rep.id", nullable=True)
    source: str
    actor: str
    created_at: datetime = instant()
    begins_at: datetime = instant()
    ends_at: datetime = instant()
    is_covered: bool = True
    begun_at: datetime | None = instant(nullable=True)
    ended_at: datetime | None = instant(nullable=True)
    cancelled_at: datetime | None = instant(nullable=True)


class LineReview(SQLModel, table=True):
    """`at` the latest, the line of those who wait to begin with this rep is planned anew. Nobody who asks for it waits
    for another, so one rep may have several.
    """

    __tablename__ = "line_review"
    __table_args__ = (Index("ix_line_review_at", "at"),)
    id: int | None = key()
    rep_id: int = reference("rep.id", index=True)
    at: datetime = instant()


class Mailbox(SQLModel, table=True):
    """`held_reason` is set while the sender itself is broken. `first_used_at` is set when the first of its hand-offs
    is forgotten.
    """

    id: int | None = key()
    rep_id: int = reference("rep.id", index=True)
    address: str = Field(unique=True)
    display_name: str
    signature: str = long_text()
    held_reason: str | None = None
    is_active: bool = True
    first_used_at: datetime | None = instant(nullable=True)


class MailSync(SQLModel, table=True):
    """How far a mailbox's folder has been read: UIDs up to `last_uid` of that UIDVALIDITY (RFC 9051, 2.3.1.1).

    `synced_at` is the last time that all went well.
    """

    __tablename__ = "mail_sync"
    mailbox_id: int = Field(primary_key=True, foreign_key="mailbox.id", sa_type=Id)
    folder: str = Field(primary_key=True)
    uid_validity: int = Field(default=0, sa_type=Id)
    last_uid: int = Field(default=0, sa_type=Id)
    synced_at: datetime | None = instant(nullable=True)
    error: str = long_text()


class Account(SQLModel, table=True):
    """`name_key` is the name in the form in which two spellings meet; tier 1 is worked first."""

    __table_args__ = (
        one_of("relationship", RELATIONSHIPS),
        partial_index("uq_account_domain", "domain", where="domain IS NOT NULL", unique=True),
    )
    id: int | None = key()
    name: str
    name_key: str = Field(index=True)
    domain: str | None = None
    website: str | None = None
    industry: str | None = None
    employees: str | None = None
    city: str | None = None
    country: str | None = None
    zone: str | None = None
    tier: int = 3
    relationship: str = "prospect"
    owner_id: int | None = reference("rep.id", nullable=True)
    created_at: datetime = instant()


class Prospect(SQLModel, table=True):
    """`calling_until` is the lock that a send holds on SQLite; PostgreSQL locks the row itself."""

    id: int | None = key()
    account_id: int | None = reference("account.id", nullable=True, index=True)
    owner_id: int | None = reference("rep.id", nullable=True, index=True)
    name: str
    first_name: str | None = None
    last_name: str | None = None
    title: str | None = None
    seniority: str | None = None
    department: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None
    locale: str
    zone: str | None = None
    zone_origin: str | None = None
    stage: str | None = None
    source: str | None = None
    message: str | None = long_text(None)
    lists: list[str] | None = json_column()
    received_at: datetime | None = instant(nullable=True)
    last_reply_at: datetime | None = instant(nullable=True)
    quiet_until: datetime | None = instant(nullable=True)
    calling_until: datetime | None = instant(nullable=True)
    created_at: datetime = instant()


class SourceRef(SQLModel, table=True):
    """A person's id where they come from; whoever was merged from several records has several."""

    __tablename__ = "source_ref"
    ref: str = Field(primary_key=True)
    prospect_id: int = reference("prospect.id", index=True)


class Address(SQLModel, table=True):
    """One way to reach a prospect. `key` is the form in which duplicates meet, `match_key` the wider one in which
    opt-outs meet (no plus tag, one form of the domain); lower `rank` is tried first.
    """

    __table_args__ = (
        one_of("kind", ADDRESS_KINDS),
        UniqueConstraint("prospect_id", "kind", "key"),
        partial_index("uq_address_email", "key", where="kind = 'email'", unique=True),
        partial_index("ix_address_other", "key", "kind", where="kind <> 'email'"),
    )
    id: int | None = key()
    prospect_id: int = reference("prospect.id")
    kind: str
    value: str
    key: str
    match_key: str = Field(index=True)
    domain: str | None = None
    rank: int = 0
    quality: str = "unknown"
    label: str = ""
    extension: str = ""
    dead_reason: str | None = None


class Relation(SQLModel, table=True):
    """Where we stand on a network that only people may use (state only)."""

    __table_args__ = (one_of("state", RELATION_STATES), UniqueConstraint("prospect_id", "kind", "our_account"))
    id: int | None = key()
    prospect_id: int = reference("prospect.id")
    kind: str
    our_account: str
    state: str
    changed_at: datetime = instant()


class StageChange(SQLModel, table=True):
    __tablename__ = "stage_change"
    id: int | None = key()
    prospect_id: int = reference("prospect.id", index=True)
    old: str | None = None
    new: str | None = None
    reason: str
    actor: str
    at: datetime = instant()


class ImportBatch(SQLModel, table=True):
    __tablename__ = "import_batch"
    id: int | None = key()
    name: str
    digest: str
    counts: dict[str, int] | None = json_column()
    actor: str
    at: datetime = instant()
