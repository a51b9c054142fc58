"""What may be done where: the values of `sequences/policies/`. Dated engineering defaults with their source.

Which channel needs whose consent, at which hours of the recipient somebody may be rung or texted, and whether clicks
may be recorded. Where a country has no policy, the strictest holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from functools import reduce
from itertools import product

from engine.core.hours import Hours, Window
from engine.core.sequence import Family

UNKNOWN = "unknown"
EVIDENCE = ("express", "implied", "request", "contract", "opt_out_notice")  # what a recorded consent may rest on


class Basis(StrEnum):
    """When we may write first: until they object; objecting is enough for companies alone; or only if they agreed."""

    OPT_OUT = "opt_out"
    CORPORATE_OPT_OUT = "corporate_opt_out"
    IMPLIED_OR_EXPRESS = "implied_or_express"
    CONSENT = "consent"

    @property
    def accepts(self) -> frozenset[str]:
        """The evidence that is good enough where a file does not say."""
        return _ACCEPTS[self]


_ACCEPTS: Mapping[Basis, frozenset[str]] = {
    Basis.OPT_OUT: frozenset(EVIDENCE),
    Basis.CORPORATE_OPT_OUT: frozenset({"express", "opt_out_notice"}),
    Basis.IMPLIED_OR_EXPRESS: frozenset({"express", "implied", "contract", "request"}),
    Basis.CONSENT: frozenset({"express", "opt_out_notice"}),
}


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why a rule is as it is: the law or regulator, since when it holds, and when somebody last looked it up."""

    since: str
    source: str
    url: str
    reviewed: str


@dataclass(frozen=True, slots=True)
class Region:
    """A state or province with hours of its own, under every name that lists use for it."""

    names: tuple[str, ...]
    hours: Hours
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Wording:
    """What every text must carry: who sends it, and how to make it stop."""

    signature: bool = False
    opt_out: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One channel. `accepts` is the evidence that counts, `expires` after how many days some of it no longer does.

    `hours` are the recipient's, None where the channel has none; `regions` have their own, and `elsewhere` holds where
    the region is not known.
    """

    basis: Basis
    grounds: Grounds
    accepts: frozenset[str]
    expires: Mapping[str, int] = field(default_factory=dict)
    hours: Hours | None = None
    regions: tuple[Region, ...] = ()
    elsewhere: Hours | None = None
    wording: Wording = Wording()

    def hours_in(self, region: str | None) -> Hours | None:
        """By the region's own rule, else the country's; the narrower one where nobody knows the region."""
        if region is None or not region.strip():
            return self.elsewhere or self.hours
        name = region.strip().casefold()
        own = (one.hours for one in self.regions if name in map(str.casefold, one.names))
        return next(own, self.hours)


@dataclass(frozen=True, slots=True)
class Clicks:
    may_track: bool
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Policy:
    key: str
    title: str
    countries: tuple[str, ...]
    email: Rule
    phone: Rule
    sms: Rule
    clicks: Clicks

    def rule(self, family: Family) -> Rule | None:
        """None for the channels that only people use and no policy speaks of."""
        match family:
            case Family.EMAIL:
                return self.email
            case Family.PHONE:
                return self.phone
            case Family.SMS:
                return self.sms
            case _:
                return None


def policy_for(policies: Iterable[Policy], country: str | None) -> Policy:
    """The country's, else the one for unknown countries, else the strictest."""
    known = tuple(policies)
    own = (policy for policy in known if country is not None and country in policy.countries)
    unknown = (policy for policy in known if policy.key == UNKNOWN)
    return next(own, None) or next(unknown, STRICTEST)


def common_hours(*many: Hours) -> Hours:
    """The hours that lie within all of them."""
    return reduce(_both, many)


def _both(one: Hours, other: Hours) -> Hours:
    return Hours(tuple(_overlaps(mine, theirs) for mine, theirs in zip(one.days, other.days, strict=True)))


def _overlaps(mine: tuple[Window, ...], theirs: tuple[Window, ...]) -> tuple[Window, ...]:
    shared = (Window(max(a.start, b.start), min(a.end, b.end)) for a, b in product(mine, theirs))
    return tuple(window for window in shared if window.start < window.end)


_WORKING_DAY = (Window(time(10), time(13)), Window(time(14), time(18)))
_NARROW = Hours((_WORKING_DAY,) * 5 + ((),) * 2)
_NO_POLICY = Grounds("2026-01-01", "no policy is deployed for this country", "", "2026-01-01")
_ASKED_ONLY = Rule(Basis.CONSENT, _NO_POLICY, frozenset({"express"}))
_ASKED_ONLY_BY_DAY = Rule(Basis.CONSENT, _NO_POLICY, frozenset({"express"}), hours=_NARROW)
STRICTEST = Policy(
    key=UNKNOWN,
    title="No policy",
    countries=(),
    email=_ASKED_ONLY,
    phone=_ASKED_ONLY_BY_DAY,
    sms=_ASKED_ONLY_BY_DAY,
    clicks=Clicks(may_track=False, grounds=_NO_POLICY),
)
