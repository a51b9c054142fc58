"""The states of a task: what a human must do. The daily queue is a rep's open tasks that are due."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from engine.core.errors import IllegalTransition


class TaskStatus(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    SNOOZED = "snoozed"
    DONE = "done"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        return self in OPEN


OPEN = frozenset({TaskStatus.OPEN, TaskStatus.CLAIMED, TaskStatus.SNOOZED})


class TaskEvent(StrEnum):
    CLAIM = "claim"
    RELEASE = "release"
    SNOOZE = "snooze"
    WAKE = "wake"
    COMPLETE = "complete"
    SKIP = "skip"
    CANCEL = "cancel"
    UNDO = "undo"


_S, _E = TaskStatus, TaskEvent
_FROM_ANY_OPEN = {
    (status, event): result
    for status in OPEN
    for event, result in ((_E.COMPLETE, _S.DONE), (_E.SKIP, _S.SKIPPED), (_E.CANCEL, _S.CANCELLED))
}
TABLE: Mapping[tuple[TaskStatus, TaskEvent], TaskStatus] = {
    **_FROM_ANY_OPEN,
    (_S.OPEN, _E.CLAIM): _S.CLAIMED,
    (_S.CLAIMED, _E.RELEASE): _S.OPEN,
    (_S.OPEN, _E.SNOOZE): _S.SNOOZED,
    (_S.CLAIMED, _E.SNOOZE): _S.SNOOZED,
    (_S.SNOOZED, _E.SNOOZE): _S.SNOOZED,
    (_S.SNOOZED, _E.WAKE): _S.OPEN,
    (_S.DONE, _E.UNDO): _S.OPEN,
}


def advance(status: TaskStatus, event: TaskEvent) -> TaskStatus:
    """Raises IllegalTransition for a move that is not in the table."""
    try:
        return TABLE[status, event]
    except KeyError:
        raise IllegalTransition(f"a task that is {status} cannot {event}", status=status, event=event) from None


class TaskKind(StrEnum):
    """What the task asks for. The first seven come from steps; the others from events and outcomes."""

    CALL = "call"
    PERSONAL_EMAIL = "personal_email"
    WECHAT_ADD = "wechat_add"
    WECHAT_MESSAGE = "wechat_message"
    LINKEDIN = "linkedin"
    MAIMAI = "maimai"
    VIDEO = "video"
    TASK = "task"
    TRIAGE = "triage"
    HAND_OVER = "hand_over"
    CONFIRM_MEETING = "confirm_meeting"
    CONTACT_REFERRAL = "contact_referral"
    RESEARCH_SUCCESSOR = "research_successor"
    TELL_OWNER = "tell_owner"
    HAS_LEFT = "has_left"
    ESCALATION = "escalation"

    @property
    def outcome_verb(self) -> str:
        """Which outcome table answers it."""
        return self.value if self in _OWN_TABLE else "task"


_OWN_TABLE = frozenset(
    {
        TaskKind.CALL,
        TaskKind.PERSONAL_EMAIL,
        TaskKind.WECHAT_ADD,
        TaskKind.WECHAT_MESSAGE,
        TaskKind.LINKEDIN,
        TaskKind.MAIMAI,
        TaskKind.VIDEO,
        TaskKind.TRIAGE,
    }
)

_URGENT = frozenset({TaskKind.TRIAGE, TaskKind.HAND_OVER, TaskKind.CONFIRM_MEETING, TaskKind.TELL_OWNER})


class Asleep(StrEnum):
    """Why a snoozed task is out of the queue; None of one that is in it."""

    PAUSED = "paused"  # with its enrollment, which alone wakes it
    PLACED = "placed"  # a leave is over, and its day has not come
    PUT_OFF = "put_off"  # by whoever has it


def asleep(status: TaskStatus, due_at: datetime, snoozed_until: datetime | None) -> Asleep | None:
    if status is not TaskStatus.SNOOZED:
        return None
    if snoozed_until is None:
        return Asleep.PAUSED
    return Asleep.PLACED if snoozed_until == due_at else Asleep.PUT_OFF


def response_time(kind: TaskKind, *, is_inbound: bool) -> timedelta:
    """Business hours in which work that no step asks for must be done: a reply of an inbound lead within one, what
    cannot wait for long within four (rule 12), the rest within some days.
    """
    if kind is TaskKind.TRIAGE and is_inbound:
        return timedelta(hours=1)
    return timedelta(hours=4) if kind in _URGENT else timedelta(hours=24)
