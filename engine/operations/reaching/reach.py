"""How a touch can reach its person: the address it would use, and what the guard must know about it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from engine.core.consent import ADDRESS_ONLY, Cover, closes
from engine.core.enrollment import EnrollmentStatus
from engine.core.guards import SendFacts
from engine.core.outcome import Next
from engine.core.sequence import Family, Verb
from engine.operations.act import Act
from engine.operations.reaching.permission import Permit, permits_of
from engine.operations.texts import About, Cast
from engine.store import suppressions, touches
from engine.store.connection import Record

ADDRESS_KINDS = {
    Family.EMAIL: ("email",),
    Family.PHONE: ("phone",),
    Family.SMS: ("phone",),
    Family.WECHAT: ("wechat", "phone"),  # a WeChat account can be found by its mobile number
    Family.SOCIAL: ("linkedin", "maimai"),
}


def usable_addresses(due: About, cast: Cast, covers: Sequence[Cover]) -> list[Record]:
    """The addresses of the touch's family that work, the one to try first in front. A number that takes no texts can
    still be called.
    """
    family = Verb(due.verb).family
    kinds = ADDRESS_KINDS.get(family, ())
    dead = [cover for cover in covers if cover.scope == "address" and cover.reason in ADDRESS_ONLY]
    unusable = {cover.key for cover in dead if family is Family.SMS or cover.channel != "sms"}
    return [row for row in cast.usable(due.prospect_id, *kinds) if row.match_key not in unusable]


def address_for(due: About, cast: Cast, covers: Sequence[Cover]) -> Record | None:
    """The one that the touch names, else the first that works."""
    rows = usable_addresses(due, cast, covers)
    return next((row for row in rows if row.id == due.address_id), rows[0] if rows else None)


def ended_channels(act: Act, due: Sequence[About]) -> Mapping[int, set[Family]]:
    """By enrollment those of the touches' families that an outcome gave up for the rest of the sequence
    (`next: skip_family`).
    """
    versions = {row.enrollment_id: row.version_id for row in due}
    families = {Verb(row.verb).family for row in due}
    ending = {version: _ending_outcomes(act, version, families) for version in set(versions.values())}
    found: dict[int, set[Family]] = defaultdict(set)
    words = {word for pairs in ending.values() for _, word in pairs}
    for row in touches.with_outcomes(act.connection, list(versions), words) if words else ():
        if (row.verb, row.outcome) in ending[versions[row.enrollment_id]]:
            found[row.enrollment_id].add(Verb(row.verb).family)
    return found


def _ending_outcomes(act: Act, version_id: int, families: Collection[Family]) -> set[tuple[str, str]]:
    tables = act.plan(version_id).sequence.outcomes
    return {
        (verb, word)
        for verb, rows in tables.items()
        for word, row in rows.items()
        if row.next is Next.SKIP_FAMILY and Verb(verb).family in families
    }


@dataclass(frozen=True, slots=True)
class Way:
    """What is known of the ways to a touch's person. `recipient` is the address that its stored bytes are written to:
    they go nowhere else.
    """

    covers: Sequence[Cover]
    permit: Permit
    ended: Mapping[int, set[Family]]
    recipient: str | None = None


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to the people of many touches, read with a few queries."""

    cast: Cast
    covers: Mapping[int, Sequence[Cover]]
    permits: Mapping[int, Permit]
    ended: Mapping[int, set[Family]]

    def to(self, due: About, *, recipient: str | None = None) -> Way:
        covers = self.covers.get(due.prospect_id, ())
        return Way(covers, self.permits[due.prospect_id], self.ended, recipient)

    def address_for(self, due: About) -> Record | None:
        return address_for(due, self.cast, self.covers.get(due.prospect_id, ()))


def ways_to(act: Act, due: Sequence[About], cast: Cast) -> Ways:
    return Ways(
        cast,
        suppressions.covering(act.connection, list(cast.people)),
        permits_of(act, list(cast.people.values()), cast.addresses, {Verb(row.verb) for row in due}),
        ended_channels(act, due),
    )


def facts_of(act: Act, due: About, cast: Cast, way: Way) -> SendFacts:
    """What concerns the person; the moment's facts are added where something is really sent."""
    verb = Verb(due.verb)
    address = _written_to(due, cast, way) if way.recipient is not None else address_for(due, cast, way.covers)
    plan = act.plan(due.version_id).sequence
    had_any = cast.had_any(due.prospect_id, *ADDRESS_KINDS.get(verb.family, ()))
    return SendFacts(
        status=EnrollmentStatus(due.enrollment_status),
        suppressed=closes(way.covers, verb.family),
        address=address.value if address is not None else None,
        is_address_dead=had_any or way.recipient is not None,
        has_consent=way.permit.allows(verb, act.now, plan, address=address),
        is_friend=cast.relations.get((due.prospect_id, "wechat")) == "accepted",
        is_channel_ended=verb.family in way.ended.get(due.enrollment_id, ()),
    )


def _written_to(due: About, cast: Cast, way: Way) -> Record | None:
    return next((row for row in usable_addresses(due, cast, way.covers) if row.value == way.recipient), None)
