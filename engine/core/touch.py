"""The states of a touch: one step that falls due for one enrollment."""

from collections.abc import Mapping
from enum import StrEnum

from engine.core.errors import IllegalTransition


class TouchStatus(StrEnum):
    SCHEDULED = "scheduled"
    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    QUARANTINED = "quarantined"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def is_terminal(self) -> bool:
        return self in TERMINAL


TERMINAL = frozenset(
    {
        TouchStatus.SENT,
        TouchStatus.DONE,
        TouchStatus.FAILED,
        TouchStatus.SKIPPED,
        TouchStatus.CANCELLED,
        TouchStatus.EXPIRED,
    }
)
OPEN = frozenset(TouchStatus) - TERMINAL


class TouchEvent(StrEnum):
    QUEUE = "queue"  # a human touch falls due: its task is in the rep's queue
    INTEND = "intend"  # the rendered bytes are stored, the send may begin
    ACCEPT = "accept"
    DEFER = "defer"  # certainly not taken: back to scheduled
    REJECT = "reject"
    DOUBT = "doubt"
    HOLD = "hold"
    RELEASE = "release"
    SKIP = "skip"
    CANCEL = "cancel"
    COMPLETE = "complete"
    EXPIRE = "expire"
    PROVE_SENT = "prove_sent"
    PROVE_ABSENT = "prove_absent"
    QUARANTINE = "quarantine"
    REMEMBER = "remember"  # the send journal knows of a call that this database, put back from a backup, does not
    UNDO = "undo"


_S, _E = TouchStatus, TouchEvent
TABLE: Mapping[tuple[TouchStatus, TouchEvent], TouchStatus] = {
    (_S.SCHEDULED, _E.QUEUE): _S.QUEUED,
    (_S.SCHEDULED, _E.INTEND): _S.SENDING,
    (_S.SCHEDULED, _E.HOLD): _S.HELD,
    (_S.SCHEDULED, _E.SKIP): _S.SKIPPED,
    (_S.SCHEDULED, _E.CANCEL): _S.CANCELLED,
    (_S.HELD, _E.RELEASE): _S.SCHEDULED,
    (_S.HELD, _E.SKIP): _S.SKIPPED,
    (_S.HELD, _E.CANCEL): _S.CANCELLED,
    (_S.HELD, _E.EXPIRE): _S.EXPIRED,
    (_S.QUEUED, _E.COMPLETE): _S.DONE,
    (_S.QUEUED, _E.SKIP): _S.SKIPPED,
    (_S.QUEUED, _E.CANCEL): _S.CANCELLED,
    (_S.SENDING, _E.ACCEPT): _S.SENT,
    (_S.SENDING, _E.DEFER): _S.SCHEDULED,
    (_S.SENDING, _E.REJECT): _S.FAILED,
    (_S.SENDING, _E.SKIP): _S.SKIPPED,
    (_S.SENDING, _E.CANCEL): _S.CANCELLED,
    (_S.SENDING, _E.HOLD): _S.HELD,
    (_S.SENDING, _E.DOUBT): _S.IN_DOUBT,
    (_S.IN_DOUBT, _E.PROVE_SENT): _S.SENT,
    (_S.IN_DOUBT, _E.PROVE_ABSENT): _S.SCHEDULED,
    (_S.IN_DOUBT, _E.CANCEL): _S.CANCELLED,
    (_S.IN_DOUBT, _E.SKIP): _S.SKIPPED,
    (_S.IN_DOUBT, _E.QUARANTINE): _S.QUARANTINED,
    (_S.SCHEDULED, _E.REMEMBER): _S.IN_DOUBT,
    (_S.HELD, _E.REMEMBER): _S.IN_DOUBT,
    (_S.SENDING, _E.REMEMBER): _S.IN_DOUBT,
    (_S.IN_DOUBT, _E.REMEMBER): _S.IN_DOUBT,
    (_S.QUARANTINED, _E.REMEMBER): _S.IN_DOUBT,
    (_S.QUARANTINED, _E.RELEASE): _S.SCHEDULED,
    (_S.QUARANTINED, _E.SKIP): _S.SKIPPED,
    (_S.QUARANTINED, _E.CANCEL): _S.CANCELLED,
    (_S.DONE, _E.UNDO): _S.QUEUED,
}


def advance(status: TouchStatus, event: TouchEvent) -> TouchStatus:
    """Raises IllegalTransition for a move that is not in the table."""
    try:
        return TABLE[status, event]
    except KeyError:
        raise IllegalTransition(f"a {status} touch cannot {event}", status=status, event=event) from None


class Reason(StrEnum):
    """Why a touch waits, is held, was skipped or was cancelled. Stored with the touch and shown to people."""

    # it waits
    OUTSIDE_WINDOW = "outside_window"
    MAILBOX_CAP = "mailbox_cap"
    MAILBOX_HOUR = "mailbox_hour"
    MAILBOX_GAP = "mailbox_gap"
    DOMAIN_CAP = "domain_cap"
    GUESSED_CAP = "guessed_cap"
    PERSON_CAP = "person_cap"
    ACCOUNT_CAP = "account_cap"
    WORKSPACE_CAP = "workspace_cap"
    PROVIDER_CAP = "provider_cap"
    FOLLOW_UPS_FIRST = "follow_ups_first"
    DAY_FULL = "day_full"
    DAY_OFF = "day_off"
    TRANSIENT = "transient"
    REP_WROTE = "rep_wrote"
    OUT_OF_OFFICE = "out_of_office"
    SENDING_OFF = "sending_off"
    STOP_PENDING = "stop_pending"
    QUIET_HOURS = "quiet_hours"
    INBOX_STALE = "inbox_stale"
    BACKLOG = "backlog"
    RECOVERY = "recovery"
    REP_AWAY = "rep_away"
    # it is held
    PAUSED = "paused"
    SEQUENCE_PAUSED = "sequence_paused"
    SENDER_BROKEN = "sender_broken"
    CALENDAR_UNKNOWN = "calendar_unknown"
    NO_MAILBOX = "no_mailbox"
    CANNOT_RENDER = "cannot_render"
    STALE = "stale"
    DOMAIN_STOPPED = "domain_stopped"
    BATCH_STOPPED = "batch_stopped"
    # it was skipped
    NO_EMAIL = "no_email"
    NO_PHONE = "no_phone"
    NO_WECHAT = "no_wechat"
    NOT_FRIENDS = "not_friends"
    CHANNEL_OPTED_OUT = "channel_opted_out"
    LATE = "late"
    BY_REP = "by_rep"
    WRONG_NUMBER = "wrong_number"
    DEAD_ADDRESS = "dead_address"
    CHANNEL_ENDED = "channel_ended"
    NO_CONSENT = "no_consent"
    # it was cancelled
    STOPPED = "stopped"
    OPTED_OUT = "opted_out"
    ENGAGEMENT = "engagement"
    # a send that is over or in doubt
    REJECTED = "rejected"
    TOO_MANY_TRIES = "too_many_tries"
    NO_PROOF = "no_proof"
    SENT_BEFORE_RESTORE = "sent_before_restore"
    WORKERS_DIED = "workers_died"
