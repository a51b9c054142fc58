"""What an import reads and writes, in bulk: people, companies and opt-outs by the keys under which they are known."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Table, insert, literal_column, select, text, update

from engine.store.connection import Connection, Record
from engine.store.tables import account, address, consent, import_batch, prospect, source_ref, stage_change, suppression

_IMPORT_LOCK = 7_412_001  # any number that no other advisory lock of this database uses
_EMAIL: Any = literal_column("'email'")  # as a literal, so that SQLite sees that the partial indexes serve


def wait_for_others(connection: Connection) -> None:
    """One import at a time: two that bring the same new person would both add them."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_IMPORT_LOCK})"))


def holders(connection: Connection, kind: str, keys: Iterable[str]) -> set[int]:
    """The prospects that have one of these addresses."""
    of_kind = address.c.kind == _EMAIL if kind == "email" else (address.c.kind != _EMAIL) & (address.c.kind == kind)
    wanted = select(address.c.prospect_id).where(of_kind)
    return {row.prospect_id for row in _in_parts(connection, wanted, address.c.key, keys)}


def holders_of_match_keys(connection: Connection, keys: Iterable[str]) -> set[int]:
    wanted = select(address.c.prospect_id)
    return {row.prospect_id for row in _in_parts(connection, wanted, address.c.match_key, keys)}


def prospects_of_refs(connection: Connection, refs: Iterable[str]) -> dict[str, int]:
    """Whose ids in other systems these are."""
    return {row.ref: row.prospect_id for row in _in_parts(connection, select(source_ref), source_ref.c.ref, refs)}


def prospects(connection: Connection, ids: Iterable[int]) -> list[dict[str, Any]]:
    return _dicts(_in_parts(connection, select(prospect), prospect.c.id, ids))


def addresses(connection: Connection, prospect_ids: Iterable[int]) -> list[dict[str, Any]]:
    return _dicts(_in_parts(connection, select(address), address.c.prospect_id, prospect_ids))


def consents(connection: Connection, prospect_ids: Iterable[int]) -> dict[int, set[tuple[str, datetime]]]:
    """Channel and instant of every consent of theirs, withdrawn or not."""
    found: dict[int, set[tuple[str, datetime]]] = {}
    for row in _in_parts(connection, select(consent), consent.c.prospect_id, prospect_ids):
        found.setdefault(row.prospect_id, set()).add((row.channel, row.at))
    return found


def accounts(
    connection: Connection, *, ids: Iterable[int], domains: Iterable[str], name_keys: Iterable[str]
) -> list[dict[str, Any]]:
    with_domain = select(account).where(account.c.domain.is_not(None))
    found = [
        *_in_parts(connection, select(account), account.c.id, ids),
        *_in_parts(connection, with_domain, account.c.domain, domains),
        *_in_parts(connection, select(account), account.c.name_key, name_keys),
    ]
    return _dicts({row.id: row for row in found}.values())


def active_suppressions(connection: Connection, scope: str, keys: Iterable[str]) -> list[Record]:
    active = select(suppression).where(suppression.c.scope == scope, suppression.c.lifted_at.is_(None))
    return list(_in_parts(connection, active, suppression.c.key, keys))


def add_accounts(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    return _add(connection, account, rows)


def add_prospects(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    return _add(connection, prospect, rows)


def add_source_refs(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert(source_ref), list(rows))


def add_addresses(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    _add(connection, address, rows)


def add_stage_changes(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    _add(connection, stage_change, rows)


def add_suppressions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    _add(connection, suppression, rows)


def change_suppressions(connection: Connection, changes: Mapping[int, Mapping[str, Any]]) -> None:
    _change(connection, suppression, changes)


def change_accounts(connection: Connection, changes: Mapping[int, Mapping[str, Any]]) -> None:
    _change(connection, account, changes)


def change_prospects(connection: Connection, changes: Mapping[int, Mapping[str, Any]]) -> None:
    _change(connection, prospect, changes)


def change_addresses(connection: Connection, changes: Mapping[int, Mapping[str, Any]]) -> None:
    _change(connection, address, changes)


def save_batch(
    connection: Connection, *, name: str, digest: str, counts: Mapping[str, int], actor: str, now: datetime
) -> int:
    row = {"name": name, "digest": digest, "counts": dict(counts), "actor": actor, "at": now}
    return _add(connection, import_batch, [row])[0]


_CHUNK = 5_000  # bound parameters per statement: SQLite allows 32,766


def _in_parts(connection: Connection, wanted: Any, column: Any, keys: Iterable[Any]) -> Iterator[Record]:
    """`wanted` where the column is one of the keys, in the order of the keys: each part is one statement."""
    rest = iter(sorted(set(keys)))
    while part := list(islice(rest, _CHUNK)):
        yield from connection.execute(wanted.where(column.in_(part)).order_by(column))


def _dicts(rows: Iterable[Record]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in sorted(rows, key=lambda row: row.id)]  # noqa: SLF001 - SQLAlchemy's public name


def _add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """The new ids, in the order of `rows`, which all have the same columns."""
    if not rows:
        return []
    made = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(connection.execute(made, list(rows)).scalars())


def _change(connection: Connection, table: Table, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """In id order, as whoever locks rows does."""
    for row_id, values in sorted(changes.items()):
        connection.execute(update(table).where(table.c.id == row_id).values(**values))
