"""What a dead worker left behind: its sends become doubts, and a doubt is settled by evidence or by a person.

No transport is asked inside a transaction, nor by the tick itself: looking for a message may take as long as sending.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from engine.channels.envelope import Envelope
from engine.core.errors import EngineError
from engine.core.evidence import Search
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations.act import Act, act_on
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.delivery.sending import envelope_of
from engine.operations.lifecycle import settling
from engine.store import cases, doubts, journaled, locks, moments, touches
from engine.store.connection import Connection, Record
from engine.store.locks import ProspectBusy

_DEAD_OWNER = "the worker that sent it ended before it could record the result"
_LOOKS = 100
# What is in quarantine is known not to have been sent.
_OPEN_TO_PEOPLE = {
    True: {TouchStatus.IN_DOUBT.value},
    False: {TouchStatus.IN_DOUBT.value, TouchStatus.QUARANTINED.value},
}


def recover(ctx: Context, *, at_start: bool = False) -> int:
    """Everything that can be settled now; returns how many moved."""
    return doubt_unfinished(ctx, at_start=at_start) + seek_evidence(ctx)


def doubt_unfinished(ctx: Context, *, at_start: bool = False) -> int:
    """Sends whose owner is dead, each in a transaction of its own.

    `at_start`: this process alone may send (SQLite's file lock), so every unfinished send has a dead owner.
    """
    with ctx.database.read() as connection:
        stale = _unfinished(ctx, connection, at_start=at_start)
    return sum(_doubt(ctx, row, at_start=at_start) for row in stale)


def _unfinished(ctx: Context, connection: Connection, *, at_start: bool) -> list[Record]:
    if at_start and ctx.database.is_sqlite:
        return cases.in_state(connection, TouchStatus.SENDING)
    return touches.overdue_leases(connection, ctx.now())


def _doubt(ctx: Context, row: Record, *, at_start: bool) -> bool:
    """A paused owner still holds its lock and is left alone."""
    with begin(ctx) as act:
        if at_start:
            locks.release(act.connection, row.prospect_id)
        is_free = locks.hold_free(act.connection, [row.prospect_id], act.now)
        return bool(is_free) and settling.doubt(act, row, _DEAD_OWNER, settling.WORKER_DIED)


def seek_evidence(ctx: Context) -> int:
    """Asks the transports about the doubts whose turn it is; returns how many are settled."""
    with ctx.database.read() as connection:
        due = doubts.due(connection, ctx.now(), _LOOKS)
    return sum(_look(ctx, row) for row in due)


def _look(ctx: Context, row: Record) -> bool:
    with ctx.database.read() as connection:
        known = moments.one(connection, row.touch_id)
        if known is None or (known.status, known.attempt) != (TouchStatus.IN_DOUBT.value, row.attempt):
            return False  # another worker was quicker
        asked = _envelopes(connection, known)
    was_sent = True if settling.is_heard_of(known) else _find(ctx, known, asked)
    with begin(ctx) as act:
        is_free = locks.hold_free(act.connection, [known.prospect_id], act.now)
        now = cases.still_in(act.connection, known) if is_free else None
        return now is not None and _conclude(act, now, row, was_sent=was_sent)


def _envelopes(connection: Connection, known: Record) -> list[Envelope]:
    """What to look for: this attempt, or what left before a restore under a name of its own."""
    if known.reason != Reason.SENT_BEFORE_RESTORE.value:
        return [envelope_of(known)] if known.message_id is not None else []
    return [
        Envelope(
            touch_id=sent.touch_id,
            attempt=sent.attempt,
            channel=sent.channel,
            recipient=known.recipient or "",
            sender=known.sender or known.mailbox_address or "",
            payload=known.payload or b"",
            message_id=sent.message_id,
            at=sent.at,
        )
        for sent in journaled.of_touch(connection, known.id)
    ]


def _find(ctx: Context, known: Record, asked: Sequence[Envelope]) -> bool | None:
    """Whether one of them is there. The journal has no text and no address: its sends may be found, never missed."""
    found = [_ask(ctx, known, envelope) for envelope in asked]
    if any(found) or known.reason == Reason.SENT_BEFORE_RESTORE.value:
        return any(found) or None
    return found[0] if found else None


def _ask(ctx: Context, known: Record, envelope: Envelope) -> bool | None:
    try:
        return ctx.transports[known.verb].find(envelope)
    except Exception:  # noqa: BLE001 - a transport that cannot even look has told us nothing
        return None


def _conclude(act: Act, now: Record, row: Record, *, was_sent: bool | None) -> bool:
    """Found, or missed often enough where that proves something; else it is looked for again, ever more seldom."""
    if was_sent:
        settling.prove_sent(act, now)
        return True
    silence = act.ctx.transports[now.verb].silence
    search = Search(row.since, row.asked, row.empty_since)
    if silence is not None:
        search = replace(search, after=silence.after, apart=silence.apart)
    search = search.missed(act.now) if was_sent is False else search
    if search.proves_absence(act.now):
        settling.prove_absent(act, now)
        return True
    doubts.note(act.connection, row, ask_at=search.next_look(act.now), empty_since=search.empty_since)
    return False


def prove(ctx: Context, touch_id: int, attempt: int) -> bool:
    """A provider says that it has taken this attempt; False where there is no doubt about it.

    Raises ProspectBusy while its result is still to be recorded: then it must be said again.
    """
    with ctx.database.read() as connection:
        found = cases.one(connection, touch_id)
    if found is None:
        return False
    with act_on(ctx, found.prospect_id) as act:
        now = cases.one(act.connection, touch_id)
        if now is None or now.attempt != attempt:
            return False
        if now.status == TouchStatus.SENDING.value:
            raise ProspectBusy
        if now.status != TouchStatus.IN_DOUBT.value:
            return False
        settling.prove_sent(act, now, "the provider says that it has taken it")
        return True


def settle_by_hand(ctx: Context, touch_id: int, *, was_sent: bool, actor: str) -> None:
    """A person says what became of a doubt, or gives up what kills its workers. Raises EngineError for any other."""
    with _stuck(ctx, touch_id, _OPEN_TO_PEOPLE[was_sent], actor) as (act, row):
        if was_sent:
            settling.prove_sent(act, row, "said by hand")
        else:
            settling.give_up(act, row)


def release_quarantined(ctx: Context, touch_id: int, *, actor: str) -> None:
    """What killed its workers has been mended: it is sent after all. Raises EngineError when it is in no quarantine."""
    with _stuck(ctx, touch_id, {TouchStatus.QUARANTINED.value}, actor) as (act, row):
        touches.move(act.connection, row, TouchEvent.RELEASE, now=act.now, reason=None, detail=None, due_at=act.now)
        act.record("release", "touch", touch_id, reason=row.reason)


@contextmanager
def _stuck(ctx: Context, touch_id: int, states: set[str], actor: str) -> Iterator[tuple[Act, Record]]:
    """An act that holds the person of a touch in one of these states."""
    with ctx.database.read() as connection:
        found = cases.one(connection, touch_id)
    if found is None:
        raise _not_in(touch_id, states)
    with act_on(ctx, found.prospect_id, actor=actor) as act:
        row = cases.one(act.connection, touch_id)
        if row is None or row.status not in states:
            raise _not_in(touch_id, states)
        yield act, row


def _not_in(touch_id: int, states: set[str]) -> EngineError:
    where = "in doubt" if TouchStatus.IN_DOUBT.value in states else "in quarantine"
    return EngineError(f"touch {touch_id} is not {where}", touch=touch_id)
