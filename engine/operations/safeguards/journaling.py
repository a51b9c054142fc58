"""Every call is written to the send journal before it is made; where that fails, it is not made."""

import hashlib
import hmac

from engine.channels.envelope import Envelope
from engine.contacts.match_keys import match_key
from engine.operations.context import Context
from engine.store.connection import Record
from engine.store.journal import Entry

_ADDRESS_KINDS = {"email": "email", "sms": "phone"}


def write(ctx: Context, intended: Record, envelope: Envelope) -> str | None:
    """None when it is durable, else why it is not."""
    if ctx.journal is None:
        return None
    try:
        ctx.journal.write(_entry(ctx, intended, envelope))
    except OSError as problem:
        return f"the send journal cannot be written: {problem.strerror or problem}"
    return None


def _entry(ctx: Context, intended: Record, envelope: Envelope) -> Entry:
    return Entry(
        touch_id=intended.id,
        attempt=intended.attempt,
        enrollment_id=intended.enrollment_id,
        sequence_key=intended.sequence_key,
        step=intended.step,
        repeat=intended.repeat,
        channel=envelope.channel,
        recipient_key=recipient_key(ctx.secret, envelope.channel, envelope.recipient),
        message_id=envelope.message_id,
        at=ctx.now(),
    )


def recipient_key(secret: bytes, channel: str, address: str) -> str:
    """The compared form of an address, readable by nobody who lacks the secret."""
    kind = _ADDRESS_KINDS[channel]
    told = f"journal\n{kind}\n{match_key(kind, address)}".encode()
    return hmac.digest(secret, told, hashlib.sha256).hex()
