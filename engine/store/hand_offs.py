"""What every cap counts: one row for each unit, written with its intent and taken back by a definite no.

A unit of a rep's work is taken back by what becomes of it: skipped or cancelled, nobody was approached.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Select,
    String,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from engine.core.caps import LONGEST, Counter, HandOff, Scope, Unit, Usage
from engine.core.touch import TouchStatus
from engine.store.among import among
from engine.store.connection import Connection, Record
from engine.store.tables import hand_off, mailbox, touch

_FIRST_USE = "first use"
_GIVEN_UP = (TouchStatus.SKIPPED.value, TouchStatus.CANCELLED.value)
_KEPT = 7 * LONGEST  # a clock that was a few days ahead and was set back finds all that it must count


def hold(connection: Connection, counters: Iterable[Counter]) -> None:
    """Whoever counts one of these decides alone until the transaction ends. SQLite has one writer anyway.

    Taken in one order, after the person's lock; a number that two counters share makes one wait for nothing.
    """
    numbers = sorted(_number(counter) for counter in counters)
    if numbers and connection.dialect.name != "sqlite":
        connection.execute(_HOLD, {"numbers": numbers})


def _number(counter: Counter) -> int:
    told = hashlib.blake2b(f"{counter.scope}:{counter.key}".encode(), digest_size=8)
    return int.from_bytes(told.digest(), signed=True)


_NUMBERS = bindparam("numbers", type_=postgresql.ARRAY(postgresql.BIGINT))
_HOLD = select(func.pg_advisory_xact_lock(func.unnest(_NUMBERS)))


def usage_of(connection: Connection, counters: Collection[Counter], now: datetime) -> Usage:
    """All that the longest cap looks at, and later; with what only the send journal knows."""
    if not counters:
        return Usage()
    asked: dict[Scope, list[str]] = defaultdict(list)
    for counter in counters:
        asked[counter.scope].append(counter.key)
    found, first_uses = Usage(), {}
    values: dict[str, Any] = {scope.value: _keys(scope, keys) for scope, keys in asked.items()}
    for row in connection.execute(_asking(frozenset(asked)), {**values, "since": now - LONGEST}):
        if row.scope == _FIRST_USE:
            first_uses[int(row.key)] = row.at
        else:
            found.units.setdefault(Counter(Scope(row.scope), row.key), []).append(Unit(row.at, row.prospect_id))
    found.first_uses = first_uses
    return found


def everything(connection: Connection, now: datetime) -> Usage:
    """All counters at once, for a forecast."""
    counters = {Counter(Scope.WORKSPACE)}
    columns = select(hand_off).where(hand_off.c.at > now - LONGEST)
    for row in connection.execute(columns):
        counters |= set(_hand_off(row).counters)
    return usage_of(connection, counters, now)


def used_by_people(connection: Connection, now: datetime) -> dict[int, datetime]:
    """When work for people used its unit, by touch."""
    columns = select(hand_off.c.touch_id, hand_off.c.at).where(hand_off.c.at > now - LONGEST)
    by_people = columns.where(hand_off.c.provider.is_(None), hand_off.c.touch_id.is_not(None))
    return {row.touch_id: row.at for row in connection.execute(by_people)}


def _hand_off(row: Record) -> HandOff:
    return HandOff(
        draw=(row.prospect_id, "", "", 0),
        person=row.prospect_id,
        account=row.account_id,
        mailbox=row.mailbox_id,
        domain=row.domain,
        provider=row.provider,
        is_guessed=row.is_guessed,
    )


def _keys(scope: Scope, keys: list[str]) -> list[Any]:
    return [int(key) for key in keys] if scope in _BY_ID else keys


_BY_ID = {
    Scope.MAILBOX: hand_off.c.mailbox_id,
    Scope.GUESSED: hand_off.c.mailbox_id,
    Scope.PERSON: hand_off.c.prospect_id,
    Scope.ACCOUNT: hand_off.c.account_id,
}
_BY_NAME = {Scope.DOMAIN: hand_off.c.domain, Scope.PROVIDER: hand_off.c.provider}


@cache
def _asking(scopes: frozenset[Scope]) -> CompoundSelect[Any]:
    """One statement for any of these counters, built once."""
    parts = [_units(scope) for scope in sorted(scopes)]
    parts += [_first_uses()] if Scope.MAILBOX in scopes else []
    return union_all(*parts).order_by("at")


def _units(scope: Scope) -> Select[*tuple[Any, ...]]:
    column = _BY_ID.get(scope, _BY_NAME.get(scope))
    key = cast(column, String) if column is not None else literal("")
    columns = (literal(scope.value).label("scope"), key.label("key"), hand_off.c.at.label("at"))
    since = hand_off.c.at > bindparam("since", type_=hand_off.c.at.type)
    units = select(*columns, hand_off.c.prospect_id).where(since)
    match scope:
        case Scope.WORKSPACE:
            return units.where(hand_off.c.provider.is_not(None))
        case Scope.DOMAIN | Scope.PROVIDER:
            return units.where(_BY_NAME[scope].in_(bindparam(scope.value, expanding=True)))
        case Scope.PERSON:
            return units.where(among(_BY_ID[scope], named=scope.value), hand_off.c.provider.is_not(None))
        case Scope.ACCOUNT:
            given_up = and_(hand_off.c.provider.is_(None), touch.c.status.in_(_GIVEN_UP))
            joined = hand_off.join(touch, touch.c.id == hand_off.c.touch_id)
            return units.select_from(joined).where(among(_BY_ID[scope], named=scope.value), ~given_up)
        case Scope.GUESSED:
            return units.where(among(_BY_ID[scope], named=scope.value), hand_off.c.is_guessed)
        case Scope.MAILBOX:
            return units.where(among(_BY_ID[scope], named=scope.value))


def _first_uses() -> Select[*tuple[Any, ...]]:
    """Also of a mailbox whose first hand-off is long forgotten."""
    first = select(func.min(hand_off.c.at)).where(hand_off.c.mailbox_id == mailbox.c.id).scalar_subquery()
    at = func.coalesce(mailbox.c.first_used_at, first, type_=hand_off.c.at.type)
    columns = (literal(_FIRST_USE), cast(mailbox.c.id, String), at.label("at"), null())
    return select(*columns).where(among(mailbox.c.id, named=Scope.MAILBOX.value), at.is_not(None))


def row_of(one: HandOff, at: datetime, touch_id: int | None) -> dict[str, Any]:
    return {
        "touch_id": touch_id,
        "at": at,
        "mailbox_id": one.mailbox,
        "domain": one.domain,
        "provider": one.provider,
        "prospect_id": one.person,
        "account_id": one.account,
        "is_guessed": one.is_guessed,
    }


def add(connection: Connection, one: HandOff, at: datetime, touch_id: int) -> None:
    """A retry uses its unit at its own time."""
    connection.execute(_adding(connection.dialect.name), row_of(one, at, touch_id))


@cache
def _adding(dialect: str) -> Any:
    made = sqlite.insert(hand_off) if dialect == "sqlite" else postgresql.insert(hand_off)
    names = [column.name for column in hand_off.columns if column.name != "id"]
    values = made.values({name: bindparam(name) for name in names}).inline()
    again = {name: values.excluded[name] for name in names}
    return values.on_conflict_do_update(index_elements=["touch_id"], set_=again)


def add_many(connection: Connection, rows: Collection[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(hand_off), list(rows))


def give_back(connection: Connection, touch_id: int) -> None:
    """A definite no: nothing was handed over."""
    connection.execute(_GIVE_BACK, {"one": touch_id})


_GIVE_BACK = delete(hand_off).where(hand_off.c.touch_id == bindparam("one"))


def forget_before(connection: Connection, now: datetime) -> int:
    """What no cap asks for any more; when a mailbox was first used is kept. Returns how many are gone.

    Old is what is older than the newest, too: on a clock that runs ahead nothing is forgotten while nothing leaves.
    """
    newest = connection.execute(select(func.max(hand_off.c.at))).scalar_one()
    if newest is None:
        return 0
    first = select(func.min(hand_off.c.at)).where(hand_off.c.mailbox_id == mailbox.c.id).scalar_subquery()
    connection.execute(update(mailbox).where(mailbox.c.first_used_at.is_(None)).values(first_used_at=first))
    return connection.execute(delete(hand_off).where(hand_off.c.at < min(now, newest) - _KEPT)).rowcount
