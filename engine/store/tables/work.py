"""What is being done: enrollments, their touches and messages, the tasks of the reps."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from engine.core import enrollment as enrollments
from engine.core import task as tasks
from engine.core import touch as touches
from engine.core.admission import WaitsFor
from engine.core.enrollment import EnrollmentStatus, PauseCause, StopReason
from engine.core.sequence import Verb
from engine.core.task import TaskKind, TaskStatus
from engine.core.touch import TouchStatus
from engine.store.tables.columns import (
    IDS_GIVEN_ONCE,
    instant,
    json_column,
    key,
    long_text,
    one_of,
    partial_index,
    quoted,
    reference,
)
from engine.store.types import Id, UtcDateTime

_LIVE = f"status IN ({quoted(enrollments.LIVE)})"
_OPEN_TOUCH = f"status IN ({quoted(touches.OPEN)})"
_STUCK = quoted((TouchStatus.HELD, TouchStatus.IN_DOUBT, TouchStatus.QUARANTINED))
_OPEN_TASK = f"status IN ({quoted(tasks.OPEN)})"


CALL_STATES = (
    "starting", "ringing_rep", "ringing_prospect", "talking", "completed", "busy", "no_answer", "failed", "cancelled",
)  # fmt: skip
LIVE_CALLS = ("starting", "ringing_rep", "ringing_prospect", "talking")


class Enrollment(SQLModel, table=True):
    """`end_reason` is a StopReason, or what `on_exhausted.reason` names. `executed` is the formula that really ran.

    Ordered at `enrolled_at`, begun at `admitted_at`; `admit_at` is when it is to begin, and `waits_for` why not yet.
    """

    __table_args__ = (
        one_of("status", EnrollmentStatus),
        CheckConstraint(f"status <> 'stopped' OR end_reason IN ({quoted(StopReason)})", name="stop_has_reason"),
        CheckConstraint("(status IN ('stopped', 'finished')) = (ended_at IS NOT NULL)", name="end_has_instant"),
        CheckConstraint(f"waits_for IS NULL OR waits_for IN ({quoted(WaitsFor)})", name="waits_for_is_known"),
        CheckConstraint("status <> 'pending' OR (admit_at IS NOT NULL AND waits_for IS NOT NULL)", name="wait_has_end"),
        CheckConstraint("status IN ('pending', 'stopped') OR admitted_at IS NOT NULL", name="begun_has_instant"),
        UniqueConstraint("prospect_id", "sequence_key", "rotation"),
        partial_index("uq_enrollment_live", "prospect_id", where=_LIVE, unique=True),
        partial_index("ix_enrollment_mailbox", "mailbox_id", where="status = 'active'"),
        partial_index("ix_enrollment_admit", "admit_at", where="status = 'pending'"),
        partial_index("ix_enrollment_line", "rep_id", where="status = 'pending'"),
        Index("ix_enrollment_begun", "rep_id", "admitted_at"),
        IDS_GIVEN_ONCE,
    )
    id: int | None = key()
    prospect_id: int = reference("prospect.id")
    sequence_key: str = Field(foreign_key="sequence.key", index=True)
    version_id: int = reference("sequence_version.id")
    rotation: int = 1
    status: str
    end_reason: str | None = None
    end_note: str | None = None
    rep_id: int = reference("rep.id")
    mailbox_id: int | None = reference("mailbox.id", nullable=True)
    locale: str
    zone: str
    zone_origin: str
    day_one: date
    enrolled_at: datetime = instant()
    admit_at: datetime | None = instant(nullable=True)
    waits_for: str | None = None
    admitted_at: datetime | None = instant(nullable=True)
    ended_at: datetime | None = instant(nullable=True)
    executed: str | None = None
    batch: str = Field(index=True)
    actor: str


class Pause(SQLModel, table=True):
    """One cause of a pause; the enrollment is active again when none is left."""

    __table_args__ = (
        one_of("cause", PauseCause),
        UniqueConstraint("enrollment_id", "cause"),
        partial_index("ix_pause_resume", "resume_at", where="resume_at IS NOT NULL"),
    )
    id: int | None = key()
    enrollment_id: int = reference("enrollment.id")
    cause: str
    note: str = ""
    resume_at: datetime | None = instant(nullable=True)
    created_at: datetime = instant()


class Touch(SQLModel, table=True):
    """One step due for one enrollment. `attempt` is the fence, `tries` counts real calls.

    `reason` says why it waits, is held, or ended otherwise than sent or done. Delivered to replied are monotone facts.
    """

    __table_args__ = (
        one_of("status", TouchStatus),
        one_of("verb", Verb),
        CheckConstraint("status NOT IN ('held', 'skipped', 'cancelled') OR reason IS NOT NULL", name="no_has_name"),
        CheckConstraint(
            f"({_OPEN_TOUCH} AND ended_at IS NULL) OR (NOT {_OPEN_TOUCH} AND ended_at IS NOT NULL)",
            name="end_has_instant",
        ),
        CheckConstraint("status <> 'sending' OR lease_until IS NOT NULL", name="sending_has_lease"),
        UniqueConstraint("enrollment_id", "step", "repeat"),
        partial_index("uq_touch_lane", "enrollment_id", "lane", where=_OPEN_TOUCH, unique=True),
        partial_index("uq_touch_sending", "prospect_id", where="status = 'sending'", unique=True),
        partial_index("ix_touch_due", "due_at", where="status = 'scheduled'"),
        partial_index("ix_touch_lease", "lease_until", where="status = 'sending'"),
        partial_index("ix_touch_late", "late_at", where="status = 'queued' AND late_at IS NOT NULL"),
        partial_index("ix_touch_stuck", "status", where=f"status IN ({_STUCK})"),
        partial_index("ix_touch_complained", "complained_at", where="complained_at IS NOT NULL"),
        partial_index("ix_touch_clicked", "prospect_id", "clicked_at", where="clicked_at IS NOT NULL"),
        IDS_GIVEN_ONCE,
    )
    id: int | None = key()
    enrollment_id: int = reference("enrollment.id")
    prospect_id: int = reference("prospect.id", index=True)
    step: str
    repeat: int = 0
    lane: str
    verb: str
    status: str
    reason: str | None = None
    detail: str | None = None
    nominal_date: date
    due_date: date
    due_at: datetime = instant()
    callable_from: datetime | None = instant(nullable=True)
    callable_until: datetime | None = instant(nullable=True)
    late_at: datetime | None = instant(nullable=True)
    respond_by: datetime | None = instant(nullable=True)
    is_promised: bool = False
    address_id: int | None = reference("address.id", nullable=True)
    reserved_by: str | None = None
    reserved_until: datetime | None = instant(nullable=True)
    attempt: int = 0
    tries: int = 0
    lease_until: datetime | None = instant(nullable=True)
    outcome: str | None = None
    provider_id: str | None = None
    ended_at: datetime | None = instant(nullable=True)
    delivered_at: datetime | None = instant(nullable=True)
    bounced_at: datetime | None = instant(nullable=True)
    clicked_at: datetime | None = instant(nullable=True)
    complained_at: datetime | None = instant(nullable=True)
    replied_at: datetime | None = instant(nullable=True)


class Message(SQLModel, table=True):
    """The rendered bytes of an automatic touch: a retry sends these again, with the instant of its first intent."""

    touch_id: int = Field(primary_key=True, foreign_key="touch.id", sa_type=Id)
    channel: str
    message_id: str = Field(unique=True)
    mailbox_id: int | None = reference("mailbox.id", nullable=True)
    sender: str
    recipient: str
    subject: str = ""
    text: str = long_text()
    locale: str
    payload: bytes = Field(sa_type=LargeBinary)
    intent_at: datetime = instant()
    segments: int | None = None
    cost: str | None = None


class HandOff(SQLModel, table=True):
    """A unit of every cap that it counts for: a message that was taken or may have been, or work in a rep's queue.

    Without a `touch_id` only the send journal knows of it. `provider` is the way out, null for the work of people;
    `account_id` null where the rules of a company do not hold. Kept as long as a cap can ask for it, so these are no
    references but names.
    """

    __tablename__ = "hand_off"
    __table_args__ = (
        partial_index("ix_hand_off_mailbox", "mailbox_id", "at", where="mailbox_id IS NOT NULL"),
        partial_index("ix_hand_off_domain", "domain", "at", where="domain IS NOT NULL"),
        partial_index("ix_hand_off_account", "account_id", "at", where="account_id IS NOT NULL"),
        Index("ix_hand_off_prospect", "prospect_id", "at"),
        Index("ix_hand_off_at", "at"),
    )
    id: int | None = key()
    touch_id: int | None = Field(default=None, foreign_key="touch.id", nullable=True, unique=True, sa_type=Id)
    at: datetime = instant()
    mailbox_id: int | None = Field(default=None, nullable=True, sa_type=Id)
    domain: str | None = None
    provider: str | None = None
    prospect_id: int | None = Field(default=None, nullable=True, sa_type=Id)
    account_id: int | None = Field(default=None, nullable=True, sa_type=Id)
    is_guessed: bool = False


class Doubt(SQLModel, table=True):
    """How far the evidence for a touch in doubt has been looked for. `empty_since` is the first search in vain."""

    touch_id: int = Field(primary_key=True, foreign_key="touch.id", sa_type=Id)
    attempt: int
    since: datetime = instant()
    asked: int = 0
    ask_at: datetime = Field(sa_type=UtcDateTime, index=True)
    empty_since: datetime | None = instant(nullable=True)


class JournaledSend(SQLModel, table=True):
    """A send that the journal knows and this database does not: it was restored from an older backup.

    `recipient_key` is the address's compared form under a keyed hash. `met_by` is the touch that would have gone to the
    same person for the same step: it is in doubt instead. `settled_at` when that doubt is over.
    """

    __tablename__ = "journaled_send"
    __table_args__ = (
        UniqueConstraint("touch_id", "attempt"),
        partial_index("ix_journaled_send_open", "recipient_key", where="settled_at IS NULL"),
        partial_index("ix_journaled_send_cap", "mailbox_id", "at", where="mailbox_id IS NOT NULL"),
    )
    id: int | None = key()
    touch_id: int = Field(sa_type=Id)
    attempt: int
    recipient_key: str
    sequence_key: str
    step: str
    repeat: int = 0
    channel: str
    message_id: str
    mailbox_id: int | None = Field(default=None, nullable=True, sa_type=Id)
    at: datetime = instant()
    met_by: int | None = Field(default=None, nullable=True, sa_type=Id)
    settled_at: datetime | None = instant(nullable=True)


class TrackedLink(SQLModel, table=True):
    """Where a link in a mail leads. `id` is random, 128 bits; the target is stored when the mail is made.

    `visited_at` is a visit that waits to be judged, `machine_at` the last one of a program, `clicked_at` a person's.
    """

    __tablename__ = "tracked_link"
    __table_args__ = (partial_index("ix_tracked_link_waiting", "visited_at", where="visited_at IS NOT NULL"),)
    id: str = Field(primary_key=True)
    touch_id: int = reference("touch.id", index=True)
    url: str = long_text()
    created_at: datetime = instant()
    visited_at: datetime | None = instant(nullable=True)
    machine_at: datetime | None = instant(nullable=True)
    clicked_at: datetime | None = instant(nullable=True)


class Call(SQLModel, table=True):
    """A call that a rep started by a click: our number rings the rep, then the prospect. Times as the provider says."""

    __table_args__ = (
        one_of("status", CALL_STATES),
        partial_index("uq_call_live", "rep_id", where=f"status IN ({quoted(LIVE_CALLS)})", unique=True),
    )
    id: int | None = key()
    task_id: int | None = reference("task.id", nullable=True, index=True)
    prospect_id: int = reference("prospect.id", index=True)
    rep_id: int = reference("rep.id")
    rep_number: str
    prospect_number: str
    caller_id: str
    provider_id: str | None = Field(default=None, unique=True)
    status: str
    answered_by: str | None = None
    started_at: datetime = instant()
    answered_at: datetime | None = instant(nullable=True)
    ended_at: datetime | None = instant(nullable=True)
    seconds: int | None = None
    cost: str | None = None
    detail: str = long_text()


class Task(SQLModel, table=True):
    """What a rep must do. `level` and the tie-breakers are stored; what the clock decides is computed on reading.

    `version` is the ETag. `reversal` says exactly what an undo must take back. `late_task_id` is the task of which this
    one tells a manager. `leave_id` is the leave for which it waits, or during which somebody stands in for its owner.
    """

    __table_args__ = (
        one_of("kind", TaskKind),
        one_of("status", TaskStatus),
        CheckConstraint("status NOT IN ('done', 'skipped') OR closed_at IS NOT NULL", name="end_has_instant"),
        partial_index("uq_task_touch", "touch_id", where=f"touch_id IS NOT NULL AND {_OPEN_TASK}", unique=True),
        partial_index("ix_task_queue", "rep_id", "level", "due_at", where=_OPEN_TASK),
        partial_index("ix_task_snoozed", "snoozed_until", where="status = 'snoozed'"),
        partial_index("ix_task_notice", "late_task_id", where=f"late_task_id IS NOT NULL AND {_OPEN_TASK}"),
        partial_index("ix_task_leave", "leave_id", where=f"leave_id IS NOT NULL AND {_OPEN_TASK}"),
        partial_index("ix_task_closed", "rep_id", "closed_at", where="closed_at IS NOT NULL"),
        IDS_GIVEN_ONCE,
    )
    id: int | None = key()
    kind: str
    status: str
    level: int
    rep_id: int = reference("rep.id")
    prospect_id: int = reference("prospect.id", index=True)
    enrollment_id: int | None = reference("enrollment.id", nullable=True)
    touch_id: int | None = reference("touch.id", nullable=True, index=True)
    event_id: int | None = reference("event.id", nullable=True)
    late_task_id: int | None = reference("task.id", nullable=True)
    title: str
    script: str = long_text()
    script_subject: str | None = None
    due_at: datetime = instant()
    callable_from: datetime | None = instant(nullable=True)
    callable_until: datetime | None = instant(nullable=True)
    respond_by: datetime | None = instant(nullable=True)
    tier: int = 3
    lead_at: datetime = instant()
    snoozed_until: datetime | None = instant(nullable=True)
    claimed_by: str | None = None
    claimed_until: datetime | None = instant(nullable=True)
    outcome: str | None = None
    answer: dict[str, Any] | None = json_column()
    closed_at: datetime | None = instant(nullable=True)
    closed_by: str | None = None
    reversal: dict[str, Any] | None = json_column()
    version: int = 1
    leave_id: int | None = reference("rep_leave.id", nullable=True)
    created_at: datetime = instant()
