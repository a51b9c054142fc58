"""The states of an enrollment: one prospect in one sequence version."""

from collections.abc import Mapping
from enum import StrEnum

from engine.core.errors import IllegalTransition


class EnrollmentStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"

    @property
    def is_live(self) -> bool:
        return self in LIVE


LIVE = frozenset({EnrollmentStatus.PENDING, EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED})


class EnrollmentEvent(StrEnum):
    ADMIT = "admit"
    PAUSE = "pause"
    RESUME = "resume"  # the last cause is cleared
    FINISH = "finish"
    STOP = "stop"
    UNDO = "undo"


_S, _E = EnrollmentStatus, EnrollmentEvent
TABLE: Mapping[tuple[EnrollmentStatus, EnrollmentEvent], EnrollmentStatus] = {
    (_S.PENDING, _E.ADMIT): _S.ACTIVE,
    (_S.PENDING, _E.STOP): _S.STOPPED,
    (_S.PENDING, _E.PAUSE): _S.PENDING,  # its turn does not come before every cause is cleared
    (_S.PENDING, _E.RESUME): _S.PENDING,
    (_S.ACTIVE, _E.PAUSE): _S.PAUSED,
    (_S.ACTIVE, _E.FINISH): _S.FINISHED,
    (_S.ACTIVE, _E.STOP): _S.STOPPED,
    (_S.PAUSED, _E.PAUSE): _S.PAUSED,  # one more cause
    (_S.PAUSED, _E.RESUME): _S.ACTIVE,
    (_S.PAUSED, _E.STOP): _S.STOPPED,
    (_S.STOPPED, _E.UNDO): _S.ACTIVE,
    (_S.FINISHED, _E.UNDO): _S.ACTIVE,
}


def advance(status: EnrollmentStatus, event: EnrollmentEvent) -> EnrollmentStatus:
    """Raises IllegalTransition for a move that is not in the table."""
    try:
        return TABLE[status, event]
    except KeyError:
        raise IllegalTransition(f"a {status} enrollment cannot {event}", status=status, event=event) from None


class StopReason(StrEnum):
    REPLIED = "replied"
    INTERESTED = "interested"
    MEETING_BOOKED = "meeting_booked"
    WRONG_PERSON = "wrong_person"
    ALREADY_CUSTOMER = "already_customer"
    NOT_INTERESTED = "not_interested"
    NOT_NOW = "not_now"
    REFERRAL = "referral"
    NOT_QUALIFIED = "not_qualified"
    LEFT_COMPANY = "left_company"
    UNREACHABLE = "unreachable"
    BOUNCED = "bounced"
    OPTED_OUT = "opted_out"
    COMPLAINT = "complaint"
    ACCOUNT_REPLY = "account_reply"
    STAGE_CHANGED = "stage_changed"
    SUPERSEDED = "superseded"
    LONG_ABSENCE = "long_absence"
    MANUAL = "manual"
    ERASED = "erased"
    ERROR = "error"


class PauseCause(StrEnum):
    REP = "rep"
    OUT_OF_OFFICE = "out_of_office"
    MAILBOX = "mailbox"
    SEQUENCE = "sequence"
    ACCOUNT = "account"
