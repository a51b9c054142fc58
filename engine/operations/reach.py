"""How a touch can reach its person: the address it would use, and what the guard must know about it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from engine.core.consent import ADDRESS_ONLY, Cover, closes
from engine.core.enrollment import EnrollmentStatus
from engine.core.guards import SendFacts
from engine.core.outcome import Next
from engine.core.sequence import Family, Verb
from engine.operations.act import Act
from engine.operations.texts import Cast
from engine.store import touches
from engine.store.connection import Record

ADDRESS_KINDS = {
    Family.EMAIL: ("email",),
    Family.PHONE: ("phone",),
    Family.SMS: ("phone",),
    Family.WECHAT: ("wechat", "phone"),  # a WeChat account can be found by its mobile number
    Family.SOCIAL: ("linkedin", "maimai"),
}


def usable_addresses(due: Record, cast: Cast, covers: Sequence[Cover]) -> list[Record]:
    """The addresses of the touch's family that work, the one to try first in front."""
    kinds = ADDRESS_KINDS.get(Verb(due.verb).family, ())
    unusable = {cover.key for cover in covers if cover.scope == "address" and cover.reason in ADDRESS_ONLY}
    return [row for row in cast.usable(due.prospect_id, *kinds) if row.match_key not in unusable]


def address_for(due: Record, cast: Cast, covers: Sequence[Cover]) -> Record | None:
    """The one that the touch names, else the first that works."""
    rows = usable_addresses(due, cast, covers)
    return next((row for row in rows if row.id == due.address_id), rows[0] if rows else None)


def ended_channels(act: Act, due: Sequence[Record]) -> Mapping[int, set[Family]]:
    """By enrollment the families that an outcome gave up for the rest of the sequence (`next: skip_family`)."""
    versions = {row.enrollment_id: row.version_id for row in due}
    ending = {version: _ending_outcomes(act, version) for version in set(versions.values())}
    found: dict[int, set[Family]] = defaultdict(set)
    words = {word for pairs in ending.values() for _, word in pairs}
    for row in touches.with_outcomes(act.connection, list(versions), words):
        if (row.verb, row.outcome) in ending[versions[row.enrollment_id]]:
            found[row.enrollment_id].add(Verb(row.verb).family)
    return found


def _ending_outcomes(act: Act, version_id: int) -> set[tuple[str, str]]:
    tables = act.plan(version_id).sequence.outcomes
    return {(verb, word) for verb, rows in tables.items() for word, row in rows.items() if row.next is Next.SKIP_FAMILY}


def facts_of(
    due: Record, cast: Cast, covers: Sequence[Cover], ended: Mapping[int, set[Family]] | None = None
) -> SendFacts:
    """What concerns the person; the moment's facts are added where something is really sent."""
    family = Verb(due.verb).family
    address = address_for(due, cast, covers)
    return SendFacts(
        status=EnrollmentStatus(due.enrollment_status),
        suppressed=closes(covers, family),
        address=address.value if address is not None else None,
        is_address_dead=cast.had_any(due.prospect_id, *ADDRESS_KINDS.get(family, ())),
        is_friend=cast.relations.get((due.prospect_id, "wechat")) == "accepted",
        is_channel_ended=family in (ended or {}).get(due.enrollment_id, ()),
    )
