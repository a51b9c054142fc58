"""What reached us: stored before it is acknowledged, then read, as often and in whatever order it takes.

What cannot be read now waits, what can never be read is stuck where people see it; nothing is lost.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

import structlog

from engine.core.errors import Conflict
from engine.operations.act import Act
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.incoming import calling, hearing, reading_mail, texting
from engine.operations.incoming.hearing import Reading
from engine.store import arrivals
from engine.store.connection import Record

log = structlog.get_logger()

BATCH = 200
TRIES = 5
KEPT_FOR = timedelta(days=30)
UNREADABLE = "unreadable"  # the header that says why a body is not what its sender's should be


class Provider(StrEnum):
    """Who brings it. The same key of the same provider is the same thing."""

    SENDGRID = "sendgrid"
    SENDGRID_PARSE = "sendgrid_parse"
    TWILIO = "twilio"
    TWILIO_SMS = "twilio_sms"
    TWILIO_VOICE = "twilio_voice"
    IMAP = "imap"


@dataclass(frozen=True, slots=True)
class Arrived:
    """`headers` are what its reader needs beside the body."""

    provider: Provider
    key: str
    body: bytes
    headers: Mapping[str, Any] = field(default_factory=dict)
    mailbox_id: int | None = None


_READERS: Mapping[str, Callable[[Context, Record], Reading]] = {
    Provider.SENDGRID: hearing.read_sendgrid,
    Provider.TWILIO: hearing.read_twilio,
    Provider.TWILIO_SMS: texting.read,
    Provider.TWILIO_VOICE: calling.read,
    Provider.IMAP: reading_mail.read,
    Provider.SENDGRID_PARSE: reading_mail.read,
}


def store(ctx: Context, arrived: Iterable[Arrived]) -> list[int]:
    """In one commit; returns the ids of those that are new."""
    with begin(ctx) as act:
        return keep(act, arrived)


def keep(act: Act, arrived: Iterable[Arrived]) -> list[int]:
    made = [
        arrivals.store(
            act.connection,
            provider=one.provider.value,
            dedupe_key=one.key,
            body=one.body,
            headers=dict(one.headers),
            mailbox_id=one.mailbox_id,
            received_at=act.now,
        )
        for one in arrived
    ]
    return [one for one in made if one is not None]


def apply(ctx: Context, ids: Iterable[int]) -> int:
    """Reads these; returns how many are done with. Nothing is raised: each is settled, waits, or is stuck by itself."""
    return sum(_apply(ctx, one) for one in ids)


def apply_waiting(ctx: Context, limit: int = BATCH) -> int:
    with ctx.database.read() as connection:
        waiting = arrivals.waiting(connection, _READERS, limit)
    return apply(ctx, waiting)


def _apply(ctx: Context, arrival_id: int) -> bool:
    with ctx.database.read() as connection:
        row = arrivals.one(connection, arrival_id)
    if row is None or row.status != "waiting":
        return False
    try:
        reading = _read(ctx, row)
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is kept, shown, and does not hold up the others
        return _broken(ctx, row, problem)
    if reading.waits:
        return False
    with begin(ctx) as act:
        status = "applied" if reading.is_applied else "ignored"
        arrivals.end(act.connection, row.id, status, note=reading.note, now=act.now)
    return True


def _read(ctx: Context, row: Record) -> Reading:
    problem = (row.headers or {}).get(UNREADABLE)
    if problem is not None:
        raise ValueError(problem)
    return _READERS[row.provider](ctx, row)


def _broken(ctx: Context, row: Record, problem: Exception) -> bool:
    """What can never be read is stuck at once; what may be a passing trouble is tried again a few times."""
    told = f"{type(problem).__name__}: {problem}"
    with begin(ctx) as act:
        tries = arrivals.count_try(act.connection, row.id, told)
        is_stuck = isinstance(problem, ValueError) or tries >= TRIES
        if is_stuck:
            arrivals.end(act.connection, row.id, "stuck", note=told, now=act.now)
    log.error("an arrival cannot be read", arrival=row.id, provider=row.provider, problem=told, stuck=is_stuck)
    return is_stuck


def retry(ctx: Context, arrival_id: int, *, actor: str) -> None:
    """The cause is mended: it is read again. Raises Conflict for one that is not stuck."""
    with begin(ctx, actor) as act:
        if not arrivals.retry(act.connection, arrival_id):
            raise Conflict(f"arrival {arrival_id} is not stuck; only what could not be read can be read again")
        act.record("retry", "arrival", arrival_id)
    apply(ctx, [arrival_id])


def forget_old(ctx: Context) -> int:
    """What was read more than thirty days ago. The facts that came of it stay."""
    with begin(ctx) as act:
        return arrivals.forget_before(act.connection, act.now - KEPT_FOR)
