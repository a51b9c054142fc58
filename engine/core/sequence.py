"""A touch sequence as a value: steps, verbs and the formula they add up to.

Nothing here knows YAML, SQL or the time of day; `engine.compiler` builds these values and `engine.core.codec`
writes them as canonical JSON.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from engine.core.hours import Hours
from engine.core.outcome import OutcomeTables


class Verb(StrEnum):
    """What a step does; its channel family and its lane follow from it."""

    EMAIL = "email"
    PERSONAL_EMAIL = "personal_email"
    CALL = "call"
    VOICEMAIL = "voicemail"  # never a step of its own: left within a call
    SMS = "sms"
    WECHAT_ADD = "wechat_add"
    WECHAT_MESSAGE = "wechat_message"
    LINKEDIN = "linkedin"
    MAIMAI = "maimai"
    VIDEO = "video"
    TASK = "task"  # internal work: counts 0 in the formula

    @property
    def family(self) -> "Family":
        return _FAMILY[self]

    @property
    def lane(self) -> str:
        return _LANE[self]

    @property
    def is_automatic(self) -> bool:
        return self in (Verb.EMAIL, Verb.SMS)

    @property
    def is_counted(self) -> bool:
        return self is not Verb.TASK


class Family(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    SMS = "sms"
    WECHAT = "wechat"
    SOCIAL = "social"
    VIDEO = "video"
    OTHER = "other"


_FAMILY: Mapping[Verb, Family] = MappingProxyType(
    {
        Verb.EMAIL: Family.EMAIL,
        Verb.PERSONAL_EMAIL: Family.EMAIL,
        Verb.CALL: Family.PHONE,
        Verb.VOICEMAIL: Family.PHONE,
        Verb.SMS: Family.SMS,
        Verb.WECHAT_ADD: Family.WECHAT,
        Verb.WECHAT_MESSAGE: Family.WECHAT,
        Verb.LINKEDIN: Family.SOCIAL,
        Verb.MAIMAI: Family.SOCIAL,
        Verb.VIDEO: Family.VIDEO,
        Verb.TASK: Family.OTHER,
    }
)

_LANE: Mapping[Verb, str] = MappingProxyType(
    {
        Verb.EMAIL: "auto",
        Verb.SMS: "auto",
        Verb.PERSONAL_EMAIL: "email-by-rep",
        Verb.CALL: "phone",
        Verb.VOICEMAIL: "phone",
        Verb.WECHAT_ADD: "wechat",
        Verb.WECHAT_MESSAGE: "wechat",
        Verb.LINKEDIN: "social",
        Verb.MAIMAI: "social",
        Verb.VIDEO: "video",
        Verb.TASK: "task",
    }
)


class Unit(StrEnum):
    MINUTE = "m"
    HOUR = "h"
    DAY = "d"
    BUSINESS_DAY = "bd"


@dataclass(frozen=True, slots=True)
class Gap:
    """A length of time with its unit: `3bd`, `2d`, `4h`, `15m`."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> "Gap":
        """Raises ValueError for anything but digits and a unit."""
        match = re.fullmatch(r"([0-9]{1,5})(bd|d|h|m)", text)
        if match is None:
            raise ValueError(text)
        return cls(int(match[1]), Unit(match[2]))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit.value}"

    @property
    def is_wall_time(self) -> bool:
        return self.unit in (Unit.MINUTE, Unit.HOUR)

    def as_timedelta(self) -> timedelta:
        """The wall time of `h` and `m`, and of `d` as 24 hours; raises ValueError for business days."""
        match self.unit:
            case Unit.MINUTE:
                return timedelta(minutes=self.amount)
            case Unit.HOUR:
                return timedelta(hours=self.amount)
            case Unit.DAY:
                return timedelta(days=self.amount)
            case Unit.BUSINESS_DAY:
                raise ValueError("a business day has no fixed length")


@dataclass(frozen=True, slots=True)
class Formula:
    """Touches x channel families x inclusive days x contacts x personas."""

    touches: int
    channels: int
    days: int
    contacts: int = 1
    personas: int = 1

    @classmethod
    def parse(cls, text: str) -> "Formula":
        """Reads `7x3x21` to `7x3x21x3x3`; raises ValueError otherwise."""
        if not re.fullmatch(r"[1-9][0-9]{0,3}(x[1-9][0-9]{0,3}){2,4}", text):
            raise ValueError(text)
        return cls(*map(int, text.split("x")))

    def __str__(self) -> str:
        numbers = [self.touches, self.channels, self.days]
        if self.contacts > 1 or self.personas > 1:
            numbers += [self.contacts, self.personas] if self.personas > 1 else [self.contacts]
        return "x".join(map(str, numbers))


class AudienceKind(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    NURTURE = "nurture"


@dataclass(frozen=True, slots=True)
class Audience:
    kind: AudienceKind
    locales: tuple[str, ...]
    sources: tuple[str, ...] = ()
    batch_at_most: int | None = None


class DayKind(StrEnum):
    CALENDAR = "calendar"
    BUSINESS = "business"


class ZoneSource(StrEnum):
    """Whose clock the windows follow; the first one known from here down the list is used."""

    PROSPECT = "prospect"
    ACCOUNT = "account"
    REP = "rep"
    WORKSPACE = "workspace"


class Anchor(StrEnum):
    """What `day:` counts from: the lane's previous step, so that lateness moves the rest, or day 1 whatever happens."""

    PREVIOUS = "previous"
    ENROLLED = "enrolled"


@dataclass(frozen=True, slots=True)
class Schedule:
    """`hours` is the default; `channel_hours` replaces it for a family."""

    days: DayKind
    hours: Hours
    channel_hours: Mapping[Family, Hours] = field(default_factory=dict)
    zone: ZoneSource = ZoneSource.PROSPECT
    anchor: Anchor = Anchor.PREVIOUS

    def hours_for(self, verb: Verb) -> Hours:
        return self.channel_hours.get(verb.family, self.hours)


class Thread(StrEnum):
    NEW = "new"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class After:
    """Not before `gap` has passed since `step` ended; without a step, since the lane's previous step."""

    gap: Gap
    step: str | None = None


class Late(StrEnum):
    """What becomes of work for people that nobody has done in time."""

    WAIT = "wait"  # the lane waits for as long as it takes
    SKIP_AFTER = "skip_after"  # given up, and the lane goes on from that day
    PROCEED = "proceed"  # moves nothing; given up when the lane's next step falls due
    REASSIGN = "reassign"  # once, to somebody else, with the rest of the enrollment
    ESCALATE = "escalate"  # once, somebody else is told; it stays where it is


MANAGER = "manager"  # in place of a rep's key: whoever leads the team of the rep who is late


@dataclass(frozen=True, slots=True)
class IfLate:
    """`after` is how long after the due day it is late (`proceed` takes that from the plan). `to` is a rep's key or
    MANAGER; None leaves the choice to the policy: anybody of the team takes it over, its manager is told.
    """

    policy: Late
    after: Gap | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One planned contact. `key` is its identity for ever; `was` names the key it had before."""

    key: str
    day: int
    do: Verb
    use: str | None = None
    title: str | None = None
    thread: Thread = Thread.NEW
    voicemail: bool = False
    redial: int = 0
    if_late: IfLate = IfLate(Late.WAIT)
    after: After | None = None
    was: str | None = None

    @property
    def lane(self) -> str:
        return self.do.lane


class AgainPolicy(StrEnum):
    NEVER = "never"
    ALWAYS = "always"
    IF_INACTIVE = "if_inactive"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Again:
    policy: AgainPolicy
    after: Gap | None = None


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The answer that leaves at once, at any hour; it counts 0 and its step key is `@ack`."""

    do: Verb
    use: str


@dataclass(frozen=True, slots=True)
class Exhausted:
    """What follows when every step has been executed: another sequence, a task for a person, and the end reason."""

    start: str | None = None
    task: str | None = None
    reason: str = "completed"


@dataclass(frozen=True, slots=True)
class Sequence:
    """A compiled sequence, complete in itself: hours and outcome tables of the workspace are already merged in.

    `texts_rest_on` is the evidence (`policy.EVIDENCE`) on which its texts leave. None, where it sends none and in
    versions stored before it had to be said, leaves it to the recipient's policy.
    """

    key: str
    title: str
    formula: Formula
    audience: Audience
    schedule: Schedule
    again: Again
    steps: tuple[Step, ...]
    outcomes: OutcomeTables
    allow: frozenset[str] = frozenset()
    count_channels: bool = False
    quiet_since_last_touch: Gap | None = None
    tracks_clicks: bool = False
    texts_rest_on: frozenset[str] | None = None
    respond_within: Gap | None = None
    acknowledge: Acknowledge | None = None
    on_exhausted: Exhausted | None = None
    _lanes: Mapping[str, tuple[Step, ...]] = field(init=False, repr=False, compare=False)  # asked for every touch

    def __post_init__(self) -> None:
        object.__setattr__(self, "_lanes", _by_lane(self.steps))

    def step(self, key: str) -> Step:
        """Raises KeyError for a key that is not in the plan (`@ack` and outcome touches are not)."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)

    def wait_after(self, verb: Verb, outcome: str | None) -> Gap | None:
        """The least time to the lane's next step that an outcome asks for."""
        if outcome is None:
            return None
        row = self.outcomes.get(verb, {}).get(outcome)
        return Gap.parse(row.wait) if row is not None and row.wait else None

    def lane_steps(self, lane: str) -> tuple[Step, ...]:
        """The steps of one lane in the order in which they are worked: by day, then as written."""
        return self._lanes.get(lane, ())

    @property
    def lanes(self) -> tuple[str, ...]:
        return tuple(self._lanes)


def _by_lane(steps: tuple[Step, ...]) -> dict[str, tuple[Step, ...]]:
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(step.lane, []).append(step)
    return {lane: tuple(sorted(worked, key=lambda step: step.day)) for lane, worked in found.items()}


def measured_formula(sequence: Sequence) -> Formula:
    """What the steps really add up to (A, B, C of the formula; D and E are 1 for a single prospect)."""
    counted = [step for step in sequence.steps if step.do.is_counted]
    voicemails = sum(step.voicemail for step in counted)
    if sequence.count_channels:
        channels = {step.do.value for step in counted} | ({"voicemail"} if voicemails else set())
    else:
        channels = {step.do.family.value for step in counted}
    days = max((step.day for step in counted), default=0)
    return Formula(len(counted) + voicemails, len(channels), days)


def tasks_for_people(sequence: Sequence) -> int:
    """How many tasks one prospect puts in front of a rep when nothing stops the sequence."""
    return sum(not step.do.is_automatic for step in sequence.steps)
