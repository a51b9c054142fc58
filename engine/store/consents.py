"""What people have agreed to, with the evidence. Rows are never deleted: a withdrawal ends them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from engine.core.errors import NotFound
from engine.store.among import among
from engine.store.connection import Connection, Record
from engine.store.tables import consent

_LIVE = consent.c.withdrawn_at.is_(None)
_LIVE_OF = select(consent).where(among(consent.c.prospect_id), _LIVE).order_by(consent.c.id)


def live_of(connection: Connection, prospect_ids: Sequence[int]) -> dict[int, list[Record]]:
    """Those that were not withdrawn, by person."""
    found: dict[int, list[Record]] = defaultdict(list)
    for row in connection.execute(_LIVE_OF, {"ids": prospect_ids}):
        found[row.prospect_id].append(row)
    return found


def of_prospect(connection: Connection, prospect_id: int) -> list[Record]:
    """Every one, those withdrawn included, the latest first."""
    mine = select(consent).where(consent.c.prospect_id == prospect_id)
    return list(connection.execute(mine.order_by(consent.c.id.desc())))


def one(connection: Connection, consent_id: int) -> Record:
    found = connection.execute(select(consent).where(consent.c.id == consent_id)).one_or_none()
    if found is None:
        raise NotFound(f"there is no consent {consent_id}", id=consent_id)
    return found


def add(connection: Connection, row: dict[str, Any]) -> Record:
    return connection.execute(insert(consent).values(**row).returning(consent)).one()


def add_many(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(consent), list(rows))


def withdraw(connection: Connection, prospect_id: int, *, channel: str | None, reason: str, now: datetime) -> list[int]:
    """All that is live for the channel, or for every channel; their ids."""
    mine = [consent.c.prospect_id == prospect_id, _LIVE]
    mine += [consent.c.channel == channel] if channel is not None else []
    ended = update(consent).where(*mine).values(withdrawn_at=now, withdrawn_reason=reason)
    return sorted(connection.execute(ended.returning(consent.c.id)).scalars())
