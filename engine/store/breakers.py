"""What has done harm and is stopped, or watched."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from engine.core.touch import TouchStatus
from engine.store.connection import Connection, Record
from engine.store.inserting import insert_unless_there
from engine.store.tables import breaker, enrollment, mailbox, message, touch

_OPEN = breaker.c.cleared_at.is_(None)
_STOPS = select(breaker.c.scope, breaker.c.key).where(_OPEN, breaker.c.level == "stop")


def stopped(connection: Connection) -> set[tuple[str, str]]:
    """(scope, key) of everything that is stopped now: read for every touch, and nearly always empty."""
    return {(row.scope, row.key) for row in connection.execute(_STOPS)}


def trip(connection: Connection, *, scope: str, key: str, level: str, **values: Any) -> bool:
    """False when it is open already: then it stays so until the later of the two instants."""
    row = {"scope": scope, "key": key, "level": level, **values}
    if insert_unless_there(connection, breaker, row, unique=("scope", "key", "level"), where=_OPEN) is not None:
        return True
    same = (breaker.c.scope == scope, breaker.c.key == key, breaker.c.level == level, _OPEN)
    told = {name: values[name] for name in ("detail", "resume_at") if name in values}
    connection.execute(update(breaker).where(*same).values(**told))
    return False


def was_ever_open(connection: Connection, scope: str, key: str) -> bool:
    same = (breaker.c.scope == scope, breaker.c.key == key)
    return connection.execute(select(breaker.c.id).where(*same).limit(1)).first() is not None


def open_now(connection: Connection) -> list[Record]:
    return list(connection.execute(select(breaker).where(_OPEN).order_by(breaker.c.id)))


def one(connection: Connection, breaker_id: int) -> Record | None:
    return connection.execute(select(breaker).where(breaker.c.id == breaker_id)).one_or_none()


def rested(connection: Connection, now: datetime) -> list[Record]:
    """Those whose clean days are over."""
    over = (_OPEN, breaker.c.resume_at <= now)
    return list(connection.execute(select(breaker).where(*over).order_by(breaker.c.id)))


def clear(connection: Connection, breaker_id: int, *, actor: str, now: datetime) -> bool:
    where = (breaker.c.id == breaker_id, _OPEN)
    return bool(connection.execute(update(breaker).where(*where).values(cleared_at=now, cleared_by=actor)).rowcount)


def domain_counts(connection: Connection, domain: str, since: datetime) -> tuple[int, int]:
    """(complaints that came, mails that were delivered) of this domain since then; what bounced was not delivered."""
    joined = mailbox.join(message, message.c.mailbox_id == mailbox.c.id).join(touch, touch.c.id == message.c.touch_id)
    mine = (mailbox.c.address.like(f"%@{domain}"), touch.c.status == TouchStatus.SENT.value)
    complaints = select(func.count()).select_from(joined).where(*mine, touch.c.complained_at > since)
    left = select(func.count() - func.count(touch.c.bounced_at)).select_from(joined)
    delivered = left.where(*mine, touch.c.ended_at > since)
    return int(connection.execute(complaints).scalar_one()), int(connection.execute(delivered).scalar_one())


def bounced_of_first(connection: Connection, batch: str, enrolled_at: datetime | None, first: int) -> int:
    """How many of a batch's first mails came back, or were refused at the door. `enrolled_at`: of that order alone."""
    joined = touch.join(enrollment, enrollment.c.id == touch.c.enrollment_id)
    left = touch.c.status.in_([TouchStatus.SENT.value, TouchStatus.FAILED.value])
    mine = [enrollment.c.batch == batch, left, touch.c.verb == "email"]
    if enrolled_at is not None:
        mine.append(enrollment.c.enrolled_at == enrolled_at)
    columns = (touch.c.status, touch.c.bounced_at)
    earliest = select(*columns).select_from(joined).where(*mine).order_by(touch.c.ended_at, touch.c.id).limit(first)
    rows = connection.execute(earliest).all()
    return sum(row.bounced_at is not None or row.status == TouchStatus.FAILED.value for row in rows)
