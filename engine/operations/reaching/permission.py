"""Whose law counts for a person, and whether it lets a step reach them. Read in bulk, decided without a query."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.contacts.free_mail import is_free_mail
from engine.contacts.phones import country_of_number
from engine.core.consent import Consent, Standing, may_contact
from engine.core.hours import Hours
from engine.core.policy import Basis, Policy
from engine.core.sequence import AudienceKind, Family, Verb
from engine.core.sequence import Sequence as SequencePlan
from engine.operations.act import Act
from engine.operations.days import open_days
from engine.store import consents
from engine.store.connection import Record

# What is done without asking a person first needs consent; a rep's own mail is the rep's to answer for.
CHANNELS: Mapping[Verb, str] = {Verb.EMAIL: "email", Verb.SMS: "sms", Verb.CALL: "phone", Verb.VOICEMAIL: "phone"}
_KINDS = {"email": "email", "sms": "phone", "phone": "phone"}


def country_of(person: Record, addresses: Sequence[Record]) -> str | None:
    """Where the person is, else that of their numbers where all agree; else None."""
    known = open_days.country_of(person)
    if known:
        return known
    numbers = {country_of_number(row.value) for row in addresses if row.kind == "phone"}
    return numbers.pop() if len(numbers) == 1 else None


@dataclass(frozen=True, slots=True)
class Permit:
    """What holds for one person. `country` is None where nobody knows it."""

    policy: Policy
    country: str | None
    region: str | None
    addresses: Sequence[Record]
    has_company: bool
    consents: tuple[Consent, ...] = ()

    def needs_consent(self, verb: Verb) -> bool:
        rule = self.policy.rule(verb.family)
        return verb in CHANNELS and rule is not None and rule.basis is not Basis.OPT_OUT

    def allows(self, verb: Verb, now: datetime, plan: SequencePlan, *, address: Record | None = None) -> bool:
        """For a step of the plan, by `address`, or by any that they have."""
        channel, rule = CHANNELS.get(verb), self.policy.rule(verb.family)
        if channel is None or rule is None:
            return True
        mine = [row for row in self.addresses if row.kind == _KINDS[channel]] if address is None else [address]
        who = Standing(
            consents=self.consents,
            keys=frozenset(row.match_key for row in mine),
            is_private=not self.has_company or all(map(_is_private, mine)),
            has_asked=plan.audience.kind is AudienceKind.INBOUND,
            texts_rest_on=plan.texts_rest_on,
        )
        return may_contact(rule, channel, who, now)

    def hours(self, family: Family) -> Hours | None:
        """When they may be reached, by the law of where they are."""
        rule = self.policy.rule(family)
        return rule.hours_in(self.region) if rule is not None else None

    def closed_verbs(self, verbs: Iterable[Verb], now: datetime, plan: SequencePlan) -> frozenset[Verb]:
        return frozenset(verb for verb in verbs if not self.allows(verb, now, plan))

    def asking(self, channels: Sequence[str], now: datetime) -> "Permit":
        """As it is once they have asked us something: their request is recorded with the enrollment."""
        asked = tuple(Consent(channel, "request", now) for channel in channels)
        return replace(self, consents=(*self.consents, *asked))


def _is_private(address: Record) -> bool:
    return address.kind == "email" and is_free_mail(str(address.value).rpartition("@")[2])


def permits_of(
    act: Act, people: Iterable[Record], addresses: Mapping[int, Sequence[Record]], verbs: Collection[Verb]
) -> Mapping[int, Permit]:
    """By person; `people` are read with their accounts. Consents are looked up where one of the verbs needs them."""
    found = {person.id: _permit(act, person, addresses.get(person.id, ())) for person in people}
    asked = [one for one, permit in found.items() if any(map(permit.needs_consent, verbs))]
    given = consents.live_of(act.connection, asked) if asked else {}
    return {one: replace(permit, consents=_consents(given.get(one, []))) for one, permit in found.items()}


def _permit(act: Act, person: Record, addresses: Sequence[Record]) -> Permit:
    country = country_of(person, addresses)
    return Permit(
        policy=act.workspace.policy_for(country),
        country=country,
        region=person.region,
        addresses=addresses,
        has_company=person.account_id is not None,
    )


def _consents(given: Iterable[Record]) -> tuple[Consent, ...]:
    return tuple(Consent(row.channel, row.basis, row.at, row.expires_at, row.address_key) for row in given)
