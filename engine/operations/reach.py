"""How a touch can reach its person: the address it would use, and what the guard must know about it."""

from collections.abc import Sequence

from engine.core.consent import ADDRESS_ONLY, Cover, closes
from engine.core.enrollment import EnrollmentStatus
from engine.core.guards import SendFacts
from engine.core.sequence import Family, Verb
from engine.operations.texts import Cast
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


def facts_of(due: Record, cast: Cast, covers: Sequence[Cover]) -> SendFacts:
    """What concerns the person; the moment's facts are added where something is really sent."""
    family = Verb(due.verb).family
    address = address_for(due, cast, covers)
    return SendFacts(
        status=EnrollmentStatus(due.enrollment_status),
        suppressed=closes(covers, family),
        address=address.value if address is not None else None,
        is_address_dead=cast.had_any(due.prospect_id, *ADDRESS_KINDS.get(family, ())),
        is_friend=cast.relations.get((due.prospect_id, "wechat")) == "accepted",
    )
