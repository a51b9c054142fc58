"""Due touches read with what decides whose turn it is, and who is under way and will need a mailbox."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, or_, select, update

from engine.core.enrollment import EnrollmentStatus
from engine.core.sequence import Verb
from engine.core.touch import Reason
from engine.store.among import among
from engine.store.conditions import IS_SCHEDULED_TOUCH, literally
from engine.store.connection import Connection, Record
from engine.store.people import USABLE
from engine.store.tables import address, enrollment, mailbox, touch


def of(connection: Connection, ids: Collection[int]) -> dict[int, Record]:
    """By id: what a hand-off is described by, with `quality`, that of the mail address that is tried first."""
    return {row.id: row for row in connection.execute(_OF, {"ids": ids})}


def _of() -> Select[Any]:
    tried_first = (address.c.rank, address.c.id)
    theirs = select(address.c.quality).where(address.c.prospect_id == touch.c.prospect_id)
    best = theirs.where(address.c.kind == "email", USABLE).order_by(*tried_first).limit(1).scalar_subquery()
    names = ("id", "enrollment_id", "prospect_id", "step", "repeat", "verb", "nominal_date", "is_promised")
    columns = (
        *(touch.c[name] for name in names),
        enrollment.c.version_id,
        enrollment.c.day_one,
        enrollment.c.zone,
        enrollment.c.mailbox_id,
        mailbox.c.address.label("mailbox_address"),
        best.label("quality"),
    )
    joined = touch.join(enrollment, enrollment.c.id == touch.c.enrollment_id)
    with_mailbox = joined.outerjoin(mailbox, mailbox.c.id == enrollment.c.mailbox_id)
    return select(*columns).select_from(with_mailbox).where(among(touch.c.id))


_OF = _of()


def follow_ups(
    connection: Connection, mailbox_ids: Collection[int], until: datetime, *, but: Collection[int]
) -> dict[int, list[datetime]]:
    """When each of these mailboxes will be needed before then by mails to people who are under way; without the
    touches `but`.
    """
    found: dict[int, list[datetime]] = defaultdict(list)
    if mailbox_ids:
        for row in connection.execute(_FOLLOW_UPS, {"ids": mailbox_ids, "until": until}):
            if row.id not in but:
                found[row.mailbox_id].append(row.due_at)
    return found


def _follow_ups() -> Select[Any]:
    joined = enrollment.join(touch, touch.c.enrollment_id == enrollment.c.id)
    mails = (
        IS_SCHEDULED_TOUCH,
        touch.c.verb == Verb.EMAIL.value,
        touch.c.nominal_date > enrollment.c.day_one,
        touch.c.due_at < bindparam("until", type_=touch.c.due_at.type),
    )
    live = literally(enrollment.c.status, EnrollmentStatus.ACTIVE)
    return (
        select(enrollment.c.mailbox_id, touch.c.id, touch.c.due_at)
        .select_from(joined)
        .where(among(enrollment.c.mailbox_id), live, *mails)
    )


_FOLLOW_UPS = _follow_ups()


# What a mail waits for that others of its mailbox have taken or were to take.
_BEHIND_OTHERS = (Reason.MAILBOX_CAP, Reason.MAILBOX_HOUR, Reason.FOLLOW_UPS_FIRST)
_IN_A_LATER_LINE = timedelta(hours=12)  # a gap that ends so late follows a mail of another day; any other is no wait


def move_up(connection: Connection, mailbox_id: int, now: datetime) -> None:
    """Of the mails that wait for their turn at this mailbox, the first is due now: one before it will not leave."""
    is_behind = touch.c.reason.in_([reason.value for reason in _BEHIND_OTHERS])
    is_far = (touch.c.reason == Reason.MAILBOX_GAP.value) & (touch.c.due_at > now + _IN_A_LATER_LINE)
    waiting = (
        IS_SCHEDULED_TOUCH,
        touch.c.verb == Verb.EMAIL.value,
        or_(is_behind, is_far),
        touch.c.due_at > now,
        touch.c.reserved_by.is_(None),
    )
    line = select(touch.c.id).join(enrollment, enrollment.c.id == touch.c.enrollment_id)
    first = line.where(enrollment.c.mailbox_id == mailbox_id, *waiting).order_by(touch.c.due_at, touch.c.id).limit(1)
    found = connection.execute(first.with_for_update(of=touch, skip_locked=True)).scalar_one_or_none()
    if found is not None:
        connection.execute(update(touch).where(touch.c.id == found).values(due_at=now))
