"""Who must not be contacted: one question, asked for many people at once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, func, insert, select, update

from engine.core.consent import Cover
from engine.store.connection import Connection, Record
from engine.store.people import chunks
from engine.store.tables import account, address, prospect, suppression

_ACTIVE = suppression.c.lifted_at.is_(None)


def covering(connection: Connection, prospect_ids: Sequence[int]) -> dict[int, list[Cover]]:
    """The active suppressions that touch each prospect, by whatever scope."""
    found: dict[int, list[Cover]] = defaultdict(list)
    for part in chunks(prospect_ids):
        for query in _queries(part):
            for row in connection.execute(query):
                found[row.prospect_id].append(Cover(row.scope, row.channel, row.reason, row.key))
    return found


def _queries(ids: list[int]) -> tuple[Any, ...]:
    def select_for(person: Any, *conditions: Any) -> Any:
        named = (suppression.c.scope, suppression.c.channel, suppression.c.reason, suppression.c.key)
        return select(person.label("prospect_id"), *named).where(_ACTIVE, person.in_(ids), *conditions)

    def scope(name: str, key: Any) -> Any:
        return (suppression.c.scope == name) & (suppression.c.key == key)

    company = prospect.c.account_id == account.c.id
    return (
        select_for(prospect.c.id, scope("person", cast(prospect.c.id, String))),
        select_for(prospect.c.id, scope("account", cast(prospect.c.account_id, String))),
        select_for(address.c.prospect_id, scope("address", address.c.match_key)),
        select_for(address.c.prospect_id, scope("domain", address.c.domain)),
        select_for(prospect.c.id, company, scope("domain", account.c.domain)),
    )


def add(connection: Connection, *, scope: str, key: str, channel: str, now: datetime, **values: str) -> int | None:
    """Returns the new row's id, or None where it is suppressed already. `values`: reason, proof, source."""
    same = (suppression.c.scope == scope, suppression.c.key == key, suppression.c.channel == channel, _ACTIVE)
    if connection.execute(select(suppression.c.id).where(*same)).first() is not None:
        return None
    row = {"scope": scope, "key": key, "channel": channel, "created_at": now, **values}
    return int(connection.execute(insert(suppression).values(**row).returning(suppression.c.id)).scalar_one())


def lift(connection: Connection, suppression_id: int, *, actor: str, reason: str, now: datetime) -> bool:
    values = {"lifted_at": now, "lifted_by": actor, "lift_reason": reason}
    where = (suppression.c.id == suppression_id, _ACTIVE)
    return bool(connection.execute(update(suppression).where(*where).values(**values)).rowcount)


def newest_id(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(suppression.c.id), 0))).scalar_one())


def newer_than(connection: Connection, suppression_id: int) -> list[int]:
    return list(connection.execute(select(suppression.c.id).where(suppression.c.id > suppression_id)).scalars())


def active(connection: Connection, *, after: int = 0, limit: int = 100) -> list[Record]:
    wanted = select(suppression).where(_ACTIVE, suppression.c.id > after).order_by(suppression.c.id).limit(limit)
    return list(connection.execute(wanted))
