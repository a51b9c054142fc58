"""After a restore or a failover: what left after that backup was made is known from the send journal, and never sent
again. Until an admin has looked, nothing automatic leaves.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from engine.core.errors import Conflict
from engine.core.sequence import Verb
from engine.core.touch import TouchStatus
from engine.messages.mail import mark_of
from engine.operations.act import Act, act_on
from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.operations.lifecycle import settling
from engine.operations.links import mailbox_mark
from engine.operations.safeguards import gates, journaling
from engine.store import cases, hand_offs, journaled, plans
from engine.store.connection import Record
from engine.store.journal import Entry

ATTEMPTS_PER_EPOCH = 1_000


@dataclass(frozen=True, slots=True)
class Recovery:
    """`is_held`: nothing automatic leaves. `unsettled`: touches of the journal of which nobody knows yet."""

    is_held: bool
    since: datetime | None
    note: str
    unsettled: int
    epoch: int


def status(ctx: Context) -> Recovery:
    with ctx.database.read() as connection:
        gate, unsettled = plans.gate(connection), journaled.count_open(connection)
    if gate is None:
        return Recovery(is_held=False, since=None, note="", unsettled=unsettled, epoch=0)
    return Recovery(gate.held_since is not None, gate.held_since, gate.held_note, unsettled, gate.epoch)


def compare(ctx: Context) -> int:
    """Holds the journal against the database; returns how many touches were sent that it does not know.

    A journal that is new, or a database that knows more, is nothing to worry about.
    """
    lost = _lost(ctx)
    if not lost:
        return 0
    count = len({entry.touch_id for entry in lost})
    with begin(ctx) as act:
        _hold(act, lost, count)
    for touch_id, entries in groupby(
        sorted(lost, key=lambda one: (one.touch_id, one.attempt)), lambda one: one.touch_id
    ):
        _remember_touch(ctx, touch_id, list(entries))
    return count


def _lost(ctx: Context) -> list[Entry]:
    """The journal is read first: what is written meanwhile was in the database before."""
    lost: list[Entry] = []
    for entries in ctx.journal.days() if ctx.journal is not None else ():
        with ctx.database.read() as connection:
            if plans.gate(connection) is not None:
                lost += journaled.unknown(connection, entries)
    return lost


def _hold(act: Act, lost: Collection[Entry], count: int) -> None:
    """Everything stops in the commit that makes it known. Attempts go on above all that any timeline has used."""
    gate = plans.gate(act.connection)
    assert gate is not None  # noqa: S101 - without a workspace nothing was compared
    mailboxes = _mailboxes_of(act, lost)
    journaled.add_many(act.connection, lost, {message_id: box.id for message_id, box in mailboxes.items()})
    hand_offs.add_many(act.connection, _units(act, lost, mailboxes))
    used = max(entry.attempt // ATTEMPTS_PER_EPOCH for entry in lost)
    plans.set_epoch(act.connection, max(gate.epoch, used) + 1)
    note = f"{count} {'touch was' if count == 1 else 'touches were'} sent after this backup"
    plans.hold_for_recovery(act.connection, since=gate.held_since or act.now, note=note)
    act.record("hold", "workspace", 1, note=note)


def _mailboxes_of(act: Act, lost: Collection[Entry]) -> dict[str, Record]:
    """By Message-ID: what left counts against the mailbox that it left from. Those of older releases do not tell."""
    marks = {mailbox_mark(act.ctx.secret, one.address): one for one in plans.mailboxes(act.connection)}
    return {entry.message_id: marks[mark] for entry in lost if (mark := mark_of(entry.message_id)) in marks}


def _units(act: Act, lost: Collection[Entry], mailboxes: Mapping[str, Record]) -> list[dict[str, Any]]:
    """A retry counts at its own time alone. To whom it went, the journal does not tell."""
    latest = {entry.message_id: entry for entry in sorted(lost, key=lambda one: one.at)}
    return [_unit(act, entry, mailboxes.get(message_id)) for message_id, entry in latest.items()]


def _unit(act: Act, entry: Entry, mailbox: Record | None) -> dict[str, Any]:
    address = mailbox.address if mailbox is not None else None
    return {
        "at": entry.at,
        "mailbox_id": mailbox.id if mailbox is not None else None,
        "domain": gates.domain_of(address) if address is not None else None,
        "provider": act.ctx.channels.provider_of(address),
        "is_guessed": False,
    }


def _remember_touch(ctx: Context, touch_id: int, entries: list[Entry]) -> None:
    """A touch that was there when the backup was made, and was sent afterwards."""
    with ctx.database.read() as connection:
        known = cases.one(connection, touch_id)
    if known is None or not _is_of(known, entries[-1]):
        return
    with act_on(ctx, known.prospect_id) as act:
        row = cases.one(act.connection, touch_id)
        if row is not None and not TouchStatus(row.status).is_terminal:
            _remember(act, row, journaled.of_ids(act.connection, entries), attempt=entries[-1].attempt)


def _is_of(row: Record, entry: Entry) -> bool:
    return (row.enrollment_id, row.step, row.repeat) == (entry.enrollment_id, entry.step, entry.repeat)


def was_sent_before(act: Act, due: Record, recipient: str) -> bool:
    """The journal knows this step for this address: then it is in doubt instead of out. The caller holds the person."""
    channel = "email" if Verb(due.verb) is Verb.EMAIL else "sms"
    key = journaling.recipient_key(act.ctx.secret, channel, recipient)
    same = {"sequence_key": due.sequence_key, "step": due.step, "repeat": due.repeat}
    sent = journaled.open_for(act.connection, recipient_key=key, **same)
    if sent:
        _remember(act, due, sent, attempt=due.attempt)
    return bool(sent)


def _remember(act: Act, row: Record, sent: Collection[Record], *, attempt: int) -> None:
    latest = max(sent, key=lambda one: one.at)
    detail = f"sent on {latest.at:%Y-%m-%d %H:%M} UTC as {latest.message_id}, says the send journal"
    if settling.remember(act, row, detail, attempt=attempt):
        journaled.meet(act.connection, [one.id for one in sent], row.id)


def attempts_used(act: Act) -> int:
    """Attempts of one epoch begin above those of the one before: a touch's id may be used again after a restore.

    None before the first restore.
    """
    gate = plans.gate(act.connection)
    return gate.epoch * ATTEMPTS_PER_EPOCH if gate is not None else 0


def release(ctx: Context, *, actor: str) -> None:
    """An admin has looked: what is known stays in doubt, all else goes on. Raises Conflict when nothing is held."""
    with begin(ctx, actor) as act:
        gate = plans.gate(act.connection)
        if gate is None or gate.held_since is None:
            raise Conflict("nothing is held: no restored backup waits for anybody")
        plans.hold_for_recovery(act.connection, since=None, note="")
        act.record("release", "workspace", 1, note=gate.held_note)
