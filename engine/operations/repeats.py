"""A request that comes twice under one Idempotency-Key is carried out once and answered alike."""

from dataclasses import dataclass
from datetime import timedelta

from engine.core.errors import BadInput, Busy
from engine.operations.context import Context
from engine.store import answers
from engine.store.connection import Record

KEPT_FOR = timedelta(hours=24)
_STILL_AT_WORK = timedelta(seconds=60)  # longer than any request; what is older died with its process


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    etag: str | None
    body: str


def begin(ctx: Context, key: str, request_hash: str) -> Answer | None:
    """The answer given before, or None when the request must be carried out now.

    Raises BadInput for a key that was used for something else, Busy while the first one is still at work.
    """
    now = ctx.now()
    with ctx.database.write() as connection:
        known = answers.one(connection, key)
        if known is not None and now - known.created_at > (_STILL_AT_WORK if known.status is None else KEPT_FOR):
            answers.drop(connection, key)
            known = None
        if known is not None:
            return _again(known, request_hash)
        if not answers.reserve(connection, key, request_hash=request_hash, now=now):
            raise Busy("the same request is being carried out at this moment")
    return None


def _again(known: Record, request_hash: str) -> Answer:
    if known.request_hash != request_hash:
        raise BadInput("this Idempotency-Key was used for another request; use a new key", field="Idempotency-Key")
    if known.status is None:
        raise Busy("the same request is being carried out at this moment")
    return Answer(known.status, known.etag, known.body)


def end(ctx: Context, key: str, answer: Answer | None) -> None:
    """Keeps the answer of what was done; None lets the key go, because nothing was."""
    with ctx.database.write() as connection:
        if answer is None:
            answers.drop(connection, key)
        else:
            answers.keep(connection, key, status=answer.status, etag=answer.etag, body=answer.body)


def forget_old(ctx: Context) -> int:
    """Once a day is enough."""
    with ctx.database.write() as connection:
        return answers.drop_before(connection, ctx.now() - KEPT_FOR)
