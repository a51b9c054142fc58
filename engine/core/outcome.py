"""What came of an act: the five results of a send, and the total tables of what a human outcome leads to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Accepted:
    """The transport took it: SMTP 250 after DATA, HTTP 2xx, a file in the outbox."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Certainly not taken, may be tried again: connect failure, 4xx, 429. `retry_after` is in seconds."""

    detail: str
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Certainly not taken and never will be. `suppress` when the address itself is dead, `opted_out` when the provider
    knows that its owner has said no (Twilio 21610).
    """

    detail: str
    suppress: bool = False
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class SenderBroken:
    """Our side is at fault (login, policy): the mailbox is held, the person is not blamed."""

    detail: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether it was taken: the touch is in doubt and is never retried blindly."""

    detail: str


SendOutcome = Accepted | Deferred | Rejected | SenderBroken | Unknown


class Next(StrEnum):
    """What the lane does after an outcome."""

    GO_ON = "go_on"
    REPEAT = "repeat"
    NEXT_NUMBER = "next_number"
    SKIP_FAMILY = "skip_family"


class Need(StrEnum):
    """What the rep must say along with the outcome."""

    AT = "at"
    DATE = "date"
    REASON = "reason"
    NAME = "name"
    NOTE = "note"


class Suppress(StrEnum):
    """Who must not be contacted again: the person anywhere, the person by that channel, one address, or the company."""

    PERSON = "person"
    CHANNEL = "channel"
    ADDRESS = "address"
    ACCOUNT = "account"


class FollowUp(StrEnum):
    """A task that an outcome opens."""

    HAND_OVER = "hand_over"
    CONFIRM_MEETING = "confirm_meeting"
    CONTACT_REFERRAL = "contact_referral"
    RESEARCH_SUCCESSOR = "research_successor"
    TELL_OWNER = "tell_owner"
    TRIAGE = "triage"


@dataclass(frozen=True, slots=True)
class Consequence:
    """One row of an outcome table. Gaps are written as in the YAML (`2bd`, `180d`).

    `stop` is the enrollment's end reason; without it the enrollment goes on as `next` says.
    `after` is when a repeat falls due, `wait` the least time to the lane's next step, `again` when the
    person may be enrolled anew. `add` is a verb that is added today outside the plan.
    """

    stop: str | None = None
    next: Next = Next.GO_ON
    after: str | None = None
    wait: str | None = None
    again: str | None = None
    add: str | None = None
    needs: frozenset[Need] = frozenset()
    suppress: Suppress | None = None
    follow_up: FollowUp | None = None
    relation: str | None = None
    stage: str | None = None


OutcomeTable = Mapping[str, Consequence]
OutcomeTables = Mapping[str, OutcomeTable]

# Every outcome a rep can give, by the verb of the task. A table must answer each of them: it is total.
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "call": (
        "interested", "meeting_booked", "call_back", "send_info", "not_now", "not_interested", "do_not_call",
        "do_not_contact", "referral", "left_company", "wrong_person", "not_qualified", "already_customer",
        "wrong_number", "voicemail", "no_answer", "busy", "hung_up", "gatekeeper", "replied",
    ),
    "personal_email": ("sent", "replied", "unreachable"),
    "wechat_add": ("requested", "accepted", "replied", "refused", "not_found", "unreachable"),
    "wechat_message": ("sent", "replied", "refused", "unreachable"),
    "linkedin": ("requested", "accepted", "sent", "replied", "refused", "not_found", "unreachable"),
    "maimai": ("requested", "accepted", "sent", "replied", "refused", "not_found", "unreachable"),
    "video": ("sent", "replied", "unreachable"),
    "task": ("done",),
    "triage": (
        "interested", "meeting_booked", "later", "not_interested", "not_interested_as_company", "referral",
        "wrong_person", "left_company", "no_more_contact",
    ),
}  # fmt: skip

EXECUTED = frozenset(
    {"sent", "requested", "accepted", "replied", "refused", "voicemail", "no_answer", "busy", "hung_up", "gatekeeper",
     "interested", "meeting_booked", "call_back", "send_info", "not_now", "not_interested", "do_not_call",
     "do_not_contact", "referral", "left_company", "wrong_person", "not_qualified", "already_customer", "done"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome as a rep gave it: the word, and what its table asks for beside it."""

    outcome: str
    at: datetime | None = None
    date: str | None = None
    reason: str | None = None
    name: str | None = None
    note: str | None = None
    voicemail_left: bool = False

    def missing(self, needs: frozenset[Need]) -> tuple[Need, ...]:
        return tuple(sorted(need for need in needs if not getattr(self, need.value)))
