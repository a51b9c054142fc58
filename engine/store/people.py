"""Prospects and what decides about them: read in bulk, a few queries for thousands of people."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update

from engine.core.errors import NotFound
from engine.store import whereabouts
from engine.store.among import among
from engine.store.connection import Connection, Record
from engine.store.tables import account, address, enrollment, prospect, relation, stage_change, touch

# Statements that are asked for every touch are built once: building one costs more than running it.
USABLE = (address.c.dead_reason.is_(None)) & (address.c.quality != "unavailable")


def with_accounts(connection: Connection, ids: Sequence[int]) -> list[Record]:
    """Prospects with their account's facts (`account_*`) and `whereabouts`, in the order of `ids`; unknown ids are
    left out.
    """
    found = {row.id: row for row in connection.execute(_WITH_ACCOUNTS, {"ids": ids})}
    return [found[one] for one in ids if one in found]


def _with_accounts() -> Select[Any]:
    columns = (
        prospect,
        *whereabouts.COLUMNS,
        account.c.name.label("account_name"),
        account.c.industry.label("account_industry"),
        account.c.city.label("account_city"),
        account.c.tier.label("account_tier"),
        account.c.relationship.label("account_relationship"),
        account.c.owner_id.label("account_owner_id"),
    )
    joined = prospect.outerjoin(account, account.c.id == prospect.c.account_id)
    return select(*columns).select_from(joined).where(among(prospect.c.id))


_WITH_ACCOUNTS = _with_accounts()


def usable_kinds(connection: Connection, ids: Sequence[int]) -> dict[int, set[str]]:
    """Which kinds of address can be used for each prospect."""
    kinds: dict[int, set[str]] = defaultdict(set)
    wanted = select(address.c.prospect_id, address.c.kind).where(among(address.c.prospect_id, ids), USABLE).distinct()
    for row in connection.execute(wanted):
        kinds[row.prospect_id].add(row.kind)
    return kinds


def enrollments_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[Record]]:
    """Every enrollment of each prospect: its sequence, status, rotation, and when it began if it has."""
    columns = (
        enrollment.c.prospect_id,
        enrollment.c.sequence_key,
        enrollment.c.status,
        enrollment.c.rotation,
        enrollment.c.admitted_at,
        enrollment.c.version_id,
    )
    found: dict[int, list[Record]] = defaultdict(list)
    for row in connection.execute(select(*columns).where(among(enrollment.c.prospect_id, ids))):
        found[row.prospect_id].append(row)
    return found


def last_touch_at(connection: Connection, ids: Sequence[int]) -> dict[int, datetime]:
    """When each prospect was last really reached out to."""
    reached = touch.c.status.in_(("sent", "done")) & among(touch.c.prospect_id, ids)
    wanted = select(touch.c.prospect_id, func.max(touch.c.ended_at).label("at")).where(reached)
    return {row.prospect_id: row.at for row in connection.execute(wanted.group_by(touch.c.prospect_id))}


def prospect_row(connection: Connection, prospect_id: int) -> Record:
    rows = with_accounts(connection, [prospect_id])
    if not rows:
        raise NotFound(f"there is no prospect {prospect_id}", id=prospect_id)
    return rows[0]


def has_account(connection: Connection, account_id: int) -> bool:
    return connection.execute(select(account.c.id).where(account.c.id == account_id)).one_or_none() is not None


def addresses_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[Record]]:
    """Every address of each prospect, the one to try first in front."""
    found: dict[int, list[Record]] = defaultdict(list)
    for row in connection.execute(_ADDRESSES, {"ids": ids}):
        found[row.prospect_id].append(row)
    return found


_BEST_FIRST = (address.c.prospect_id, address.c.rank, address.c.id)
_ADDRESSES = select(address).where(among(address.c.prospect_id)).order_by(*_BEST_FIRST)


def email_keys(connection: Connection) -> Iterator[tuple[int, str]]:
    """(person, compared form) of every mail address."""
    wanted = select(address.c.prospect_id, address.c.match_key).where(address.c.kind == "email")
    for row in connection.execute(wanted):
        yield row.prospect_id, row.match_key


def prospects_with_address(connection: Connection, kind: str, match_key: str) -> list[int]:
    wanted = select(address.c.prospect_id).where(address.c.kind == kind, address.c.match_key == match_key)
    return list(connection.execute(wanted.distinct().order_by(address.c.prospect_id)).scalars())


def company_at(connection: Connection, domain: str) -> str | None:
    """The name of the account that has this domain."""
    found: str | None = connection.execute(
        select(account.c.name).where(account.c.domain == domain).limit(1)
    ).scalar_one_or_none()
    return found


def mark_dead(connection: Connection, address_id: int, reason: str) -> None:
    connection.execute(update(address).where(address.c.id == address_id).values(dead_reason=reason))


def revive(connection: Connection, address_id: int) -> None:
    connection.execute(update(address).where(address.c.id == address_id).values(dead_reason=None))


def set_prospect(connection: Connection, prospect_id: int, **values: Any) -> None:
    connection.execute(update(prospect).where(prospect.c.id == prospect_id).values(**values))


def note_reply(connection: Connection, prospect_id: int, at: datetime) -> None:
    """The latest stays, in whatever order replies become known."""
    earlier = prospect.c.last_reply_at.is_(None) | (prospect.c.last_reply_at < at)
    connection.execute(update(prospect).where(prospect.c.id == prospect_id, earlier).values(last_reply_at=at))


def change_stage(
    connection: Connection, person: Record, new: str | None, *, reason: str, actor: str, now: datetime
) -> None:
    if person.stage == new:
        return
    set_prospect(connection, person.id, stage=new)
    row = {"prospect_id": person.id, "old": person.stage, "new": new, "reason": reason, "actor": actor, "at": now}
    connection.execute(insert(stage_change).values(**row))


def relations_of(connection: Connection, ids: Sequence[int]) -> dict[tuple[int, str], str]:
    """(prospect, kind) -> the state of the relation; the best one where several of our accounts have one."""
    order = {"accepted": 0, "requested": 1, "none": 2, "refused": 3, "deleted_us": 4}
    found: dict[tuple[int, str], str] = {}
    for row in connection.execute(_RELATIONS, {"ids": ids}):
        known = found.get((row.prospect_id, row.kind))
        if known is None or order[row.state] < order[known]:
            found[row.prospect_id, row.kind] = row.state
    return found


_RELATIONS = select(relation).where(among(relation.c.prospect_id))


def wechat_friends(connection: Connection, ids: Sequence[int]) -> dict[int, list[int]]:
    """For each of these people the reps whose WeChat account they have accepted."""
    found: dict[int, list[int]] = defaultdict(list)
    for row in connection.execute(_RELATIONS, {"ids": ids}):
        if (row.kind, row.state) == ("wechat", "accepted") and row.our_account.isdecimal():
            found[row.prospect_id].append(int(row.our_account))
    return found


def relation_with(connection: Connection, prospect_id: int, *, kind: str, our_account: str) -> Record | None:
    mine = (relation.c.prospect_id == prospect_id, relation.c.kind == kind, relation.c.our_account == our_account)
    return connection.execute(select(relation).where(*mine)).one_or_none()


def set_relation(
    connection: Connection, prospect_id: int, *, kind: str, our_account: str, state: str, now: datetime
) -> None:
    mine = (relation.c.prospect_id == prospect_id, relation.c.kind == kind, relation.c.our_account == our_account)
    changed = update(relation).where(*mine).values(state=state, changed_at=now)
    if not connection.execute(changed).rowcount:
        row = {"prospect_id": prospect_id, "kind": kind, "our_account": our_account}
        connection.execute(insert(relation).values(**row, state=state, changed_at=now))


def put_relation_back(
    connection: Connection,
    prospect_id: int,
    *,
    kind: str,
    our_account: str,
    state: str | None,
    changed_at: datetime | None,
) -> None:
    """As it was before an outcome that is undone; without a state there was none."""
    mine = (relation.c.prospect_id == prospect_id, relation.c.kind == kind, relation.c.our_account == our_account)
    if state is None:
        connection.execute(delete(relation).where(*mine))
    else:
        connection.execute(update(relation).where(*mine).values(state=state, changed_at=changed_at))


def add_person(
    connection: Connection,
    *,
    company: dict[str, Any],
    person: dict[str, Any],
    addresses: Sequence[dict[str, Any]],
) -> int:
    """One prospect at a new account of their own, with these addresses."""
    account_id = connection.execute(insert(account).values(**company).returning(account.c.id)).scalar_one()
    made = insert(prospect).values(**person, account_id=account_id).returning(prospect.c.id)
    prospect_id = int(connection.execute(made).scalar_one())
    if addresses:
        connection.execute(insert(address), [{**row, "prospect_id": prospect_id} for row in addresses])
    return prospect_id
