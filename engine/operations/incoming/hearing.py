"""A fact as a provider tells it becomes one about somebody we know, and the proof that a message was taken."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.channels.sendgrid import events as sendgrid_events
from engine.channels.twilio import events as twilio_events
from engine.contacts.match_keys import is_same, match_key
from engine.core.heard import Clues, Heard, Proof, Told
from engine.core.touch import Reason, TouchEvent, TouchStatus
from engine.operations import steering
from engine.operations.act import ENGINE, act_on
from engine.operations.context import Context
from engine.operations.incoming.ingest import Inbound, ingest
from engine.operations.lifecycle import settling
from engine.operations.steering import Ban
from engine.store import cases, messages, people, touches
from engine.store.connection import Connection, Record
from engine.store.locks import ProspectBusy

# Whoever asks for this is heard even where we know nobody of that address.
_CLOSES = frozenset({"opted_out", "complained"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of an arrival. `waits`: not yet, a send is under way."""

    is_applied: bool
    note: str = ""
    waits: bool = False


WAITS = Reading(is_applied=False, waits=True)


def read_sendgrid(ctx: Context, row: Record) -> Reading:
    return take(ctx, row.provider, sendgrid_events.read(row.body, row.received_at))


def read_twilio(ctx: Context, row: Record) -> Reading:
    query = (row.headers or {}).get("query", "")
    return take(ctx, row.provider, twilio_events.read_status(row.body, query, row.received_at))


def take(ctx: Context, provider: str, told: Told) -> Reading:
    """While its touch is being sent it waits: the result of that send is recorded first."""
    proven = _prove(ctx, told.proof) if told.proof is not None else Reading(is_applied=False, note="no fact")
    return proven if proven.waits or told.heard is None else spread(ctx, provider, told.heard)


def spread(ctx: Context, provider: str, heard: Heard) -> Reading:
    """The fact is told of everybody whom it concerns."""
    named = list(concerned(ctx, heard.clues))
    for prospect_id, touch_id in named:
        key = f"{heard.dedupe_key}:{prospect_id}"
        ingest(ctx, Inbound(heard.kind, prospect_id, heard.at, key, provider, touch_id, dict(heard.body)))
    if named:
        return Reading(is_applied=True)
    return close_unknown(ctx, provider, heard) or Reading(is_applied=False, note="nobody we know")


def concerned(ctx: Context, clues: Clues) -> Iterator[tuple[int, int | None]]:
    """(person, touch). A touch counts only if it went to the address that is named: another installation that shares
    the account numbers its touches too.
    """
    kind, value = ("email", clues.email) if clues.email else ("phone", clues.phone)
    with ctx.database.read() as connection:
        touch = cases.one(connection, clues.touch_id) if clues.touch_id is not None else None
        if touch is not None and went_to(connection, touch, value or ""):
            yield touch.prospect_id, touch.id
        elif value:
            for person in people.prospects_with_address(connection, kind, match_key(kind, value)):
                yield person, None


def went_to(connection: Connection, touch: Record, recipient: str) -> bool:
    sent = messages.of_touch(connection, touch.id)
    if sent is None:
        return False
    kind = "email" if sent.channel == "email" else "phone"
    return is_same(kind, sent.recipient, recipient)


def close_unknown(ctx: Context, provider: str, heard: Heard) -> Reading | None:
    """An address that nobody has is closed all the same: who comes with it later stays closed."""
    kind, value = ("email", heard.clues.email) if heard.clues.email else ("phone", heard.clues.phone)
    if heard.kind not in _CLOSES or not value:
        return None
    proof = str(heard.body.get("text", ""))
    ban = Ban("address", value, heard.kind, kind=kind, proof=proof, source=f"{provider} {heard.dedupe_key}")
    steering.suppress(ctx, ban, actor=ENGINE)
    return Reading(is_applied=True, note="nobody has this address; it is closed")


def _prove(ctx: Context, proof: Proof) -> Reading:
    with ctx.database.read() as connection:
        row = cases.one(connection, proof.touch_id)
        if row is None or not went_to(connection, row, proof.recipient):
            return Reading(is_applied=False, note=f"touch {proof.touch_id} is not of this installation")
    match TouchStatus(row.status):
        case TouchStatus.SENDING:
            return WAITS
        case TouchStatus.IN_DOUBT | TouchStatus.SCHEDULED:
            return _settle(ctx, row, proof)
        case _:
            return Reading(is_applied=True)


def _settle(ctx: Context, row: Record, proof: Proof) -> Reading:
    """A doubt ends. What would be sent once more is held, because it has gone out: a person decides."""
    told = f"the provider has attempt {proof.attempt} as {proof.provider_id}"
    try:
        with act_on(ctx, row.prospect_id) as act:
            now = cases.one(act.connection, row.id)
            if now is None:
                return Reading(is_applied=False, note=f"there is no touch {row.id}")
            match TouchStatus(now.status):
                case TouchStatus.SENDING:
                    return WAITS
                case TouchStatus.IN_DOUBT if now.attempt == proof.attempt:
                    settling.prove_sent(act, now, told)
                case TouchStatus.SCHEDULED:
                    why = {"reason": Reason.NO_PROOF.value, "detail": told}
                    touches.move(act.connection, now, TouchEvent.HOLD, now=act.now, **why)
                    act.record("hold", "touch", row.id, detail=told)
    except ProspectBusy:
        return WAITS
    return Reading(is_applied=True)
