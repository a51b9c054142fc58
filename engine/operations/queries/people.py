"""Prospects: a list to search, and everything about one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.operations.act import Act
from engine.operations.context import Context
from engine.operations.queries import history, pages
from engine.operations.queries.history import Entry
from engine.operations.queries.pages import Page
from engine.operations.queries.queue import Company
from engine.store import browse, people, plans, suppressions
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class ProspectRow:
    id: int
    name: str
    title: str | None
    account: Company | None
    stage: str | None
    country: str | None
    zone: str | None
    locale: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class Address:
    """`is_usable` is false where it is known not to work; `is_next` marks the one that the next touch would use."""

    id: int
    kind: str
    value: str
    label: str
    quality: str
    is_usable: bool
    is_next: bool
    dead_reason: str | None


@dataclass(frozen=True, slots=True)
class Ban:
    """A suppression that covers the person."""

    scope: str
    channel: str
    reason: str


@dataclass(frozen=True, slots=True)
class Prospect:
    id: int
    name: str
    title: str | None
    account: Company | None
    stage: str | None
    stage_title: str | None
    city: str | None
    country: str | None
    zone: str | None
    zone_origin: str | None
    locale: str
    source: str | None
    message: str | None
    received_at: datetime | None
    last_reply_at: datetime | None
    quiet_until: datetime | None
    lists: tuple[str, ...]
    addresses: tuple[Address, ...]
    suppressed: tuple[Ban, ...]
    history: tuple[Entry, ...]


def find_prospects(
    ctx: Context, *, text: str = "", stage: str | None = None, owner: str | None = None, limit: int = 50,
    cursor: str | None = None,
) -> Page[ProspectRow]:  # fmt: skip
    """Everybody whose name, company or address has all the words of `text`, in id order."""
    with ctx.database.read() as connection:
        if owner is not None:
            plans.rep_by_key(connection, owner)
        after = pages.id_of(cursor)
        rows = browse.prospects(connection, text=text, stage=stage, owner=owner, after=after, limit=limit + 1)
    return pages.page_of(rows, limit, _row, lambda row: row.id)


def _row(row: Record) -> ProspectRow:
    facts = {
        name: getattr(row, name) for name in ("id", "name", "title", "stage", "country", "zone", "locale", "owner")
    }
    return ProspectRow(**facts, account=company(row))


def company(row: Record) -> Company | None:
    return Company(row.account_id, row.account_name, row.account_tier) if row.account_id is not None else None


def prospect(ctx: Context, prospect_id: int, *, locale: str = "en") -> Prospect:
    """Raises NotFound."""
    with ctx.database.read() as connection:
        return prospect_in(Act(ctx, connection, ctx.now()), prospect_id, locale=locale)


def prospect_in(act: Act, prospect_id: int, *, locale: str, next_address: int | None = None) -> Prospect:
    connection, workspace = act.connection, act.workspace
    row = people.prospect_row(connection, prospect_id)
    known = people.addresses_of(connection, [prospect_id]).get(prospect_id, [])
    covers = suppressions.covering(connection, [prospect_id]).get(prospect_id, [])
    plain = (
        "id", "name", "title", "stage", "city", "country", "zone", "zone_origin", "locale", "source", "message",
        "received_at", "last_reply_at", "quiet_until",
    )  # fmt: skip
    facts: dict[str, Any] = {name: getattr(row, name) for name in plain}
    return Prospect(
        **facts,
        account=company(row),
        stage_title=next((stage.title for stage in workspace.stages if stage.key == row.stage), row.stage),
        lists=tuple(row.lists or ()),
        addresses=tuple(_address(one, next_address) for one in known),
        suppressed=tuple(Ban(one.scope, one.channel, one.reason) for one in covers),
        history=history.of_person(connection, workspace, prospect_id, act.now, locale=locale),
    )


def _address(row: Record, next_address: int | None) -> Address:
    is_usable = row.dead_reason is None and row.quality != "unavailable"
    facts = {name: getattr(row, name) for name in ("id", "kind", "value", "label", "quality", "dead_reason")}
    return Address(**facts, is_usable=is_usable, is_next=row.id == next_address)
