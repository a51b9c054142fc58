"""The workspace, sequences and versions in the database."""

from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import NoResultFound

from engine.core.enrollment import LIVE
from engine.core.errors import BadInput, NotFound
from engine.store.connection import Connection, Record
from engine.store.tables import enrollment, mailbox, rep, sequence, sequence_version, team, workspace

_NOT_APPLIED = "no workspace has been applied yet, and nothing leaves; run `touchline apply sequences/` first"


def workspace_row(connection: Connection) -> Record | None:
    return connection.execute(select(workspace)).one_or_none()


def workspace_state(connection: Connection) -> tuple[str, str] | None:
    """What tells whether it or anybody's leave has changed; the definition is long and asked for in every act."""
    found = connection.execute(_WORKSPACE_STATE).one_or_none()
    return (found.hash, found.leave_revision) if found is not None else None


_WORKSPACE_STATE = select(workspace.c.hash, workspace.c.leave_revision)


def save_workspace(connection: Connection, *, definition: str, digest: str, now: datetime) -> bool:
    """True when something changed."""
    old = workspace_row(connection)
    if old is None:
        values = {"id": 1, "definition": definition, "hash": digest, "applied_at": now}
        connection.execute(insert(workspace).values(**values))
        return True
    if old.hash == digest:
        return False
    connection.execute(update(workspace).values(definition=definition, hash=digest, applied_at=now))
    return True


def set_sending(connection: Connection, *, is_on: bool) -> None:
    """Raises BadInput where there is nothing to switch."""
    if not connection.execute(update(workspace).values(is_sending=is_on)).rowcount:
        raise BadInput(_NOT_APPLIED)


def sequences(connection: Connection) -> list[Record]:
    """Every sequence with its live version's number, hash and definition."""
    live = sequence_version
    columns = (sequence, live.c.number, live.c.hash, live.c.definition, live.c.created_at.label("applied_at"))
    joined = sequence.join(live, live.c.id == sequence.c.live_version_id)
    return list(connection.execute(select(*columns).select_from(joined).order_by(sequence.c.key)))


def live_version_id(connection: Connection, key: str) -> int:
    found = connection.execute(select(sequence.c.live_version_id).where(sequence.c.key == key)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"there is no sequence {key!r}; `touchline apply` deploys it", key=key)
    return int(found)


def version(connection: Connection, version_id: int) -> Record:
    try:
        return connection.execute(select(sequence_version).where(sequence_version.c.id == version_id)).one()
    except NoResultFound:
        raise NotFound(f"there is no sequence version {version_id}") from None


def versions(connection: Connection, key: str) -> list[Record]:
    mine = select(sequence_version).where(sequence_version.c.sequence_key == key)
    return list(connection.execute(mine.order_by(sequence_version.c.number)))


def live_counts(connection: Connection) -> dict[str, int]:
    """How many enrollments are under way in each sequence."""
    wanted = select(enrollment.c.sequence_key, func.count()).where(enrollment.c.status.in_(sorted(LIVE)))
    return {key: int(count) for key, count in connection.execute(wanted.group_by(enrollment.c.sequence_key))}


def audience_kinds(connection: Connection) -> dict[str, str]:
    return {row.key: row.audience for row in connection.execute(select(sequence.c.key, sequence.c.audience))}


def save_version(
    connection: Connection, head: dict[str, str], *, digest: str, now: datetime, **texts: str
) -> int | None:
    """Makes a version live. `head`: key, title, audience; `texts`: definition, templates, source, actor.

    Returns its number, or None when that very version is live already. An older version becomes live again as it is.
    """
    of_key = sequence_version.c.sequence_key == head["key"]
    known = connection.execute(select(sequence_version).where(of_key, sequence_version.c.hash == digest)).one_or_none()
    if known is not None:
        return _make_live(connection, head, known)
    newest = select(func.coalesce(func.max(sequence_version.c.number), 0)).where(of_key)
    number = int(connection.execute(newest).scalar_one()) + 1
    if number == 1:
        connection.execute(insert(sequence).values(**head, created_at=now))
    row = {"sequence_key": head["key"], "number": number, "hash": digest, "created_at": now, **texts}
    made = connection.execute(insert(sequence_version).values(**row).returning(sequence_version)).one()
    _make_live(connection, head, made)
    return number


def _make_live(connection: Connection, head: dict[str, str], version: Record) -> int | None:
    where = (sequence.c.key == head["key"], func.coalesce(sequence.c.live_version_id, 0) != version.id)
    changed = connection.execute(update(sequence).where(*where).values(live_version_id=version.id, **head))
    return int(version.number) if changed.rowcount else None


def set_sequence_paused(connection: Connection, key: str, *, is_paused: bool) -> None:
    changed = connection.execute(update(sequence).where(sequence.c.key == key).values(is_paused=is_paused))
    if not changed.rowcount:
        raise NotFound(f"there is no sequence {key!r}", key=key)


def save_team(connection: Connection, name: str) -> int:
    found = connection.execute(select(team.c.id).where(team.c.name == name)).scalar_one_or_none()
    if found is not None:
        return int(found)
    return int(connection.execute(insert(team).values(name=name).returning(team.c.id)).scalar_one())


def save_rep(connection: Connection, key: str, **values: object) -> int:
    changed = connection.execute(update(rep).where(rep.c.key == key).values(**values).returning(rep.c.id))
    found = changed.scalar_one_or_none()
    if found is not None:
        return int(found)
    return int(connection.execute(insert(rep).values(key=key, **values).returning(rep.c.id)).scalar_one())


def save_mailbox(connection: Connection, address: str, **values: object) -> None:
    changed = connection.execute(update(mailbox).where(mailbox.c.address == address).values(**values))
    if not changed.rowcount:
        connection.execute(insert(mailbox).values(address=address, **values))


def retire_others(connection: Connection, *, rep_keys: list[str], addresses: list[str]) -> None:
    """Reps and mailboxes that the workspace no longer names stay in the history, but take no new work. Nor does a rep
    of whom somebody has said that they left.
    """
    named = rep.c.key.in_(rep_keys)
    here = {"is_active": True, "successor_id": None, "handed_over_at": None}
    connection.execute(update(rep).where(named, rep.c.left_at.is_(None)).values(**here))
    connection.execute(update(rep).where(rep.c.key.not_in(rep_keys)).values(is_active=False))
    connection.execute(update(mailbox).where(mailbox.c.address.not_in(addresses)).values(is_active=False))


def name_successor(connection: Connection, key: str, successor: str) -> None:
    """Whoever takes over what that rep still has."""
    new = rep_by_key(connection, successor).id
    connection.execute(update(rep).where(rep.c.key == key).values(successor_id=new))


def reps(connection: Connection, *, only_active: bool = True) -> list[Record]:
    return list(connection.execute(_ACTIVE_REPS if only_active else _REPS))


_REPS = select(rep, team.c.name.label("team")).select_from(rep.join(team)).order_by(rep.c.key)
_ACTIVE_REPS = _REPS.where(rep.c.is_active)


def rep_by_key(connection: Connection, key: str) -> Record:
    found = connection.execute(select(rep).where(rep.c.key == key)).one_or_none()
    if found is None:
        known = ", ".join(row.key for row in reps(connection)) or "none yet"
        raise NotFound(f"there is no rep {key!r}; at work are: {known}", key=key)
    return found


def mailboxes(connection: Connection) -> list[Record]:
    return list(connection.execute(select(mailbox).where(mailbox.c.is_active).order_by(mailbox.c.id)))


def mailbox_addresses(connection: Connection) -> dict[int, str]:
    """By id, those that are in use no more too."""
    return {row.id: row.address for row in connection.execute(select(mailbox.c.id, mailbox.c.address))}


def first_mailbox(connection: Connection, rep_id: int) -> int | None:
    wanted = select(func.min(mailbox.c.id)).where(mailbox.c.rep_id == rep_id, mailbox.c.is_active)
    found: int | None = connection.execute(wanted).scalar_one()
    return found


def first_mailboxes(connection: Connection) -> dict[int, int]:
    """By rep: all mails of one enrollment leave from there."""
    found: dict[int, int] = {}
    for row in mailboxes(connection):
        found.setdefault(row.rep_id, row.id)
    return found


def hold_mailbox(connection: Connection, mailbox_id: int | None, reason: str | None) -> None:
    """`None` as the reason lets it send again."""
    connection.execute(update(mailbox).where(mailbox.c.id == mailbox_id).values(held_reason=reason))


def gate(connection: Connection) -> Record | None:
    """What everything automatic must pass: `is_sending`, `held_since`, and the `epoch`. None before the first apply."""
    return connection.execute(_GATE).one_or_none()


_GATE = select(workspace.c.is_sending, workspace.c.held_since, workspace.c.held_note, workspace.c.epoch)


def hold_for_recovery(connection: Connection, *, since: datetime | None, note: str) -> None:
    """None lets everything go on."""
    connection.execute(update(workspace).values(held_since=since, held_note=note))


def set_epoch(connection: Connection, epoch: int) -> None:
    connection.execute(update(workspace).values(epoch=epoch))


def is_sending(connection: Connection) -> bool:
    """Raises BadInput before the first apply."""
    found = gate(connection)
    if found is None:
        raise BadInput(_NOT_APPLIED)
    return bool(found.is_sending)
