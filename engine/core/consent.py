"""What the suppressions that cover a person mean for one channel, and what they have agreed to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.core.policy import Basis, Rule
from engine.core.sequence import Family

# These say that an address does not work; they say nothing about what its owner wants.
ADDRESS_ONLY = frozenset({"bounced", "wrong_number", "rejected", "unreachable"})
_WHOLE = frozenset({"person", "account", "domain"})
_CHANNELS = {
    Family.EMAIL: "email",
    Family.PHONE: "phone",
    Family.SMS: "sms",
    Family.WECHAT: "wechat",
    Family.SOCIAL: "social",
}


@dataclass(frozen=True, slots=True)
class Cover:
    """One active suppression that touches the person by whatever scope."""

    scope: str
    channel: str
    reason: str
    key: str


def channel_of(family: Family) -> str:
    return _CHANNELS.get(family, "all")


def closes(covers: Iterable[Cover], family: Family) -> str | None:
    """The scope that forbids everything (`person`, `account`, `domain`), or `channel`, or None.

    Who said no by one of their addresses said no: another address of theirs is not a way around it.
    """
    wishes = [cover for cover in covers if cover.reason not in ADDRESS_ONLY]
    for cover in wishes:
        if cover.channel == "all":
            return cover.scope if cover.scope in _WHOLE else "person"
    return "channel" if any(cover.channel == channel_of(family) for cover in wishes) else None


def forbids_all(covers: Iterable[Cover]) -> bool:
    """Nothing at all may reach this person."""
    return closes(covers, Family.OTHER) is not None


@dataclass(frozen=True, slots=True)
class Consent:
    """One that was recorded and not withdrawn. `basis` is one of `policy.EVIDENCE`; `address_key` limits it to an
    address in its compared form.
    """

    channel: str
    basis: str
    at: datetime
    expires_at: datetime | None = None
    address_key: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Who somebody is to a rule: their consents, the compared forms of the addresses in question, whether they are
    there for a company, whether we answer a request of theirs, and the evidence that the sequence's own texts rest on.
    """

    consents: tuple[Consent, ...] = ()
    keys: frozenset[str] = frozenset()
    is_private: bool = False
    has_asked: bool = False
    texts_rest_on: frozenset[str] | None = None


def may_contact(rule: Rule, channel: str, who: Standing, now: datetime) -> bool:
    """Whether the rule lets us reach them by this channel unless they object. Texts need consent under every rule."""
    accepted = _accepted(rule, channel, who)
    mine = (one for one in who.consents if one.channel == channel and one.basis in accepted)
    if any(_holds(one, rule, who, now) for one in mine):
        return True
    if channel == "sms":
        return False
    match rule.basis:
        case Basis.OPT_OUT:
            return True
        case Basis.CORPORATE_OPT_OUT:
            return not who.is_private
        case Basis.IMPLIED_OR_EXPRESS | Basis.CONSENT:
            return False


def _accepted(rule: Rule, channel: str, who: Standing) -> frozenset[str]:
    """The stricter of the two: a text needs what the country takes and what its sequence says that it rests on."""
    by_law = rule.accepts | {"request"} if who.has_asked else rule.accepts
    return by_law if channel != "sms" or who.texts_rest_on is None else by_law & who.texts_rest_on


def _holds(consent: Consent, rule: Rule, who: Standing, now: datetime) -> bool:
    """The answer to a request does not wait for the request to grow old."""
    if consent.expires_at is not None and consent.expires_at <= now:
        return False
    if consent.address_key is not None and consent.address_key not in who.keys:
        return False
    days = rule.expires.get(consent.basis)
    is_answer = who.has_asked and consent.basis == "request"
    return days is None or is_answer or now < consent.at + timedelta(days=days)
