"""What is the company's own: the values of `sequences/workspace.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.core.capacity import Capacity
from engine.core.hours import Hours
from engine.core.leave import Leave, LeavePolicy
from engine.core.outcome import OutcomeTables
from engine.core.policy import Policy, policy_for


@dataclass(frozen=True, slots=True)
class ProviderCaps:
    """What a way out takes of all of us together in any 24 hours, and in any hour; None is no limit."""

    per_day: int | None = None
    per_hour: int | None = None


@dataclass(frozen=True, slots=True)
class Caps:
    """How much may leave. All windows roll: a day is any 24 hours. None is no limit.

    - A mailbox: a day (`mailbox_start` on the first day it sends from here, `mailbox_step` more each day up to
      `mailbox_per_day`), an hour, the seconds between two mails, give or take the share `gap_spread`.
    - A sending domain of `new_domains`: from that date `domain_start` a day, `domain_step` more each week, up to
      `domain_per_day`. A domain that is not named there is not new.
    - `guessed_share` of a mailbox's day may go to addresses that were guessed; one a day always may.
    - A person: automatic messages a day, over all sequences. A company: people a day, and in sequences at once.
    - Everything together, and each way out, by the name of its server or provider.
    """

    mailbox_per_day: int = 50
    mailbox_gap: int = 240
    gap_spread: float = 0.4
    mailbox_start: int = 20
    mailbox_step: int = 5
    mailbox_per_hour: int | None = 20
    new_domains: Mapping[str, date] = field(default_factory=dict)
    domain_per_day: int = 30
    domain_start: int = 5
    domain_step: int = 5
    guessed_share: float = 0.1
    person_per_day: int | None = 2
    account_people_per_day: int | None = 2
    account_active: int | None = 5
    workspace_per_day: int | None = None
    providers: Mapping[str, ProviderCaps] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mailbox:
    address: str
    display_name: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Rep:
    """`key` is the rep's identity in files and imports; `zone` an IANA name. Where `country`, `hours` or `capacity` are
    None, the workspace's hold. Whoever `leaves_to` somebody works here no more.
    """

    key: str
    name: str
    email: str
    team: str
    zone: str
    locale: str
    title: str = ""
    phone: str = ""
    aliases: tuple[str, ...] = ()
    mailboxes: tuple[Mailbox, ...] = ()
    capacity: Capacity | None = None
    country: str | None = None
    region: str | None = None
    hours: Hours | None = None
    leave: tuple[Leave, ...] = ()
    leaves_to: str | None = None


@dataclass(frozen=True, slots=True)
class NamedCalendar:
    """What the people of some accounts keep: another place's holidays (None: that of the person), or days of their own,
    written as in `engine.core.calendar.parse_days`.
    """

    key: str
    title: str
    country: str | None = None
    region: str | None = None
    closed: tuple[str, ...] = ()
    extra_workdays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Team:
    """`manager` is the key of the rep who hears of late work."""

    key: str
    manager: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a prospect. `blocks_outbound` refuses outbound by name; `aliases` are other systems' words for it."""

    key: str
    title: str
    blocks_outbound: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workspace:
    """`account_calendars` are by the domain of the account. `holds_unknown_days`: nobody is scheduled to a day of
    which the holidays are not known yet.
    """

    company: str
    postal_address: str
    zone: str
    country: str
    locale: str
    hours: Hours
    outcomes: OutcomeTables
    stages: tuple[Stage, ...]
    caps: Caps = Caps()
    capacity: Capacity = field(default_factory=Capacity)
    reps: tuple[Rep, ...] = ()
    teams: tuple[Team, ...] = ()
    website: str = ""
    region: str | None = None
    closed: tuple[str, ...] = field(default=())
    extra_workdays: tuple[str, ...] = field(default=())
    policies: tuple[Policy, ...] = ()
    tracks_clicks: bool = False
    holds_unknown_days: bool = True
    account_calendars: Mapping[str, NamedCalendar] = field(default_factory=dict)
    on_leave: LeavePolicy = LeavePolicy.PAUSE

    def rep(self, key: str) -> Rep | None:
        """None for somebody who is not named any more."""
        return next((rep for rep in self.reps if rep.key == key), None)

    def manager_of(self, rep_key: str) -> str | None:
        """Whom else to turn to; nobody, where the rep's team has no manager or this is the one."""
        team = next((rep.team for rep in self.reps if rep.key == rep_key), None)
        manager = next((one.manager for one in self.teams if one.key == team), None)
        return None if manager == rep_key else manager

    def capacity_of(self, rep_key: str) -> Capacity:
        """The rep's own, the workspace's for everybody else; no more minutes than the hours of their longest day."""
        rep = self.rep(rep_key)
        own, hours = (rep.capacity, rep.hours) if rep is not None else (None, None)
        return (own or self.capacity).within(hours or self.hours)

    def policy_for(self, country: str | None) -> Policy:
        """The strictest where the country is not known, or has no policy."""
        return policy_for(self.policies, country)
