"""Who must not be contacted: one question, asked for many people at once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, String, cast, func, select, union_all, update

from engine.core.consent import Cover
from engine.store.among import among
from engine.store.conditions import IS_LIVE_ENROLLMENT
from engine.store.connection import Connection, Record
from engine.store.inserting import insert_unless_there
from engine.store.tables import account, address, enrollment, prospect, suppression

_ACTIVE = suppression.c.lifted_at.is_(None)


def covering(connection: Connection, prospect_ids: Sequence[int]) -> dict[int, list[Cover]]:
    """The active suppressions that touch each prospect, by whatever scope."""
    found: dict[int, list[Cover]] = defaultdict(list)
    for row in connection.execute(_COVERING, {"ids": prospect_ids}):
        found[row.prospect_id].append(Cover(row.scope, row.channel, row.reason, row.key))
    return found


def _covering() -> CompoundSelect[Any]:
    """Each scope by an index of its own."""

    def select_for(person: Any, *conditions: Any) -> Any:
        named = (suppression.c.scope, suppression.c.channel, suppression.c.reason, suppression.c.key)
        return select(person.label("prospect_id"), *named).where(_ACTIVE, among(person), *conditions)

    def scope(name: str, key: Any) -> Any:
        return (suppression.c.scope == name) & (suppression.c.key == key)

    company = prospect.c.account_id == account.c.id
    return union_all(
        select_for(prospect.c.id, scope("person", cast(prospect.c.id, String))),
        select_for(prospect.c.id, scope("account", cast(prospect.c.account_id, String))),
        select_for(address.c.prospect_id, scope("address", address.c.match_key)),
        select_for(address.c.prospect_id, scope("domain", address.c.domain)),
        select_for(prospect.c.id, company, scope("domain", account.c.domain)),
    )


_COVERING = _covering()  # asked for every touch: building it anew costs more than running it


def add(connection: Connection, *, scope: str, key: str, channel: str, now: datetime, **values: Any) -> int | None:
    """Returns the new row's id, or None where it is suppressed already: then the longer of the two holds.

    `values`: reason, proof, source, and `ends_at` where it is not for ever.
    """
    row = {"scope": scope, "key": key, "channel": channel, "created_at": now, **values}
    made = insert_unless_there(connection, suppression, row, unique=("scope", "key", "channel"), where=_ACTIVE)
    if made is not None:
        return int(made.id)
    _prolong(connection, active_one(connection, scope, key, channel), values.get("ends_at"))
    return None


def _prolong(connection: Connection, known: Record, ends_at: datetime | None) -> None:
    if known.ends_at is not None and (ends_at is None or ends_at > known.ends_at):
        connection.execute(update(suppression).where(suppression.c.id == known.id).values(ends_at=ends_at))


def lift_ended(connection: Connection, now: datetime, *, actor: str) -> list[int]:
    """Those that were made for a time which is over."""
    over = (_ACTIVE, suppression.c.ends_at.is_not(None), suppression.c.ends_at <= now)
    values = {"lifted_at": now, "lifted_by": actor, "lift_reason": "its time is over"}
    lifted = update(suppression).where(*over).values(**values)
    return list(connection.execute(lifted.returning(suppression.c.id)).scalars())


def of_source(connection: Connection, source: str) -> list[int]:
    """The active ones that came of this."""
    return list(connection.execute(select(suppression.c.id).where(suppression.c.source == source, _ACTIVE)).scalars())


def lift(connection: Connection, suppression_id: int, *, actor: str, reason: str, now: datetime) -> bool:
    values = {"lifted_at": now, "lifted_by": actor, "lift_reason": reason}
    where = (suppression.c.id == suppression_id, _ACTIVE)
    return bool(connection.execute(update(suppression).where(*where).values(**values)).rowcount)


def active(connection: Connection, *, after: int = 0, limit: int = 100) -> list[Record]:
    wanted = select(suppression).where(_ACTIVE, suppression.c.id > after).order_by(suppression.c.id).limit(limit)
    return list(connection.execute(wanted))


def by_id(connection: Connection, suppression_id: int) -> Record:
    return connection.execute(select(suppression).where(suppression.c.id == suppression_id)).one()


def find(connection: Connection, suppression_id: int) -> Record | None:
    return connection.execute(select(suppression).where(suppression.c.id == suppression_id)).one_or_none()


def active_of(connection: Connection, scope: str, key: str) -> list[Record]:
    """On whatever channel."""
    same = (suppression.c.scope == scope, suppression.c.key == key, _ACTIVE)
    return list(connection.execute(select(suppression).where(*same).order_by(suppression.c.id)))


def active_one(connection: Connection, scope: str, key: str, channel: str) -> Record:
    same = (suppression.c.scope == scope, suppression.c.key == key, suppression.c.channel == channel, _ACTIVE)
    return connection.execute(select(suppression).where(*same)).one()


def covered(connection: Connection, scope: str, key: str) -> list[int]:
    """The people in a sequence now whom a suppression of this scope would touch, in id order."""
    joined = prospect.join(enrollment, enrollment.c.prospect_id == prospect.c.id)
    wanted = select(prospect.c.id).select_from(joined).where(IS_LIVE_ENROLLMENT, _is_named(scope, key))
    return list(connection.execute(wanted.order_by(prospect.c.id)).scalars())


def count_of_known(connection: Connection, scope: str, key: str) -> int:
    """How many people a suppression of this scope touches, whether or not they are in a sequence."""
    counted = select(func.count()).select_from(prospect).where(_is_named(scope, key))
    return int(connection.execute(counted).scalar_one())


def _is_named(scope: str, key: str) -> ColumnElement[bool]:
    has_address = select(address.c.prospect_id)
    of_company = select(prospect.c.id).select_from(prospect.join(account))
    by_scope: dict[str, ColumnElement[bool]] = {
        "person": cast(prospect.c.id, String) == key,
        "account": cast(prospect.c.account_id, String) == key,
        "address": prospect.c.id.in_(has_address.where(address.c.match_key == key)),
        "domain": prospect.c.id.in_(has_address.where(address.c.domain == key))
        | prospect.c.id.in_(of_company.where(account.c.domain == key)),
    }
    return by_scope[scope]
