"""What people have agreed to: recorded with its evidence, and withdrawn at their word. Both are audited.

The guard reads it under the person's lock, so a withdrawal acts at the next decision.
"""

from dataclasses import dataclass
from datetime import datetime

from engine.contacts.match_keys import match_key
from engine.core.errors import BadInput
from engine.core.policy import EVIDENCE
from engine.operations.act import act_on
from engine.operations.context import Context
from engine.store import consents, people, suppressions
from engine.store.connection import Record

CHANNELS = ("email", "sms", "phone")
_KINDS = {"email": "email", "sms": "phone", "phone": "phone"}
_WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Grant:
    """Who agreed to which channel, when, to what words (`text`), and where that can be seen (`source`).

    `address` limits it to one of their addresses; `at` is now, and it does not end, where they are left out.
    """

    prospect_id: int
    channel: str
    text: str
    source: str
    basis: str = "express"
    at: datetime | None = None
    expires_at: datetime | None = None
    address: str | None = None


def grant(ctx: Context, given: Grant, *, actor: str) -> Record:
    """The consent. What is suppressed stays so: an opt-out is lifted by itself. Raises NotFound and BadInput."""
    with act_on(ctx, given.prospect_id, actor=actor) as act:
        people.prospect_row(act.connection, given.prospect_id)
        _check(given, act.now)
        row = consents.add(
            act.connection,
            {
                "prospect_id": given.prospect_id,
                "channel": given.channel,
                "basis": given.basis,
                "address_key": match_key(_KINDS[given.channel], given.address) if given.address else None,
                "text": given.text.strip(),
                "source": given.source.strip(),
                "actor": actor,
                "at": given.at or act.now,
                "expires_at": given.expires_at,
            },
        )
        act.record("grant", "consent", row.id, prospect=given.prospect_id, channel=given.channel, basis=given.basis)
        return row


def _check(given: Grant, now: datetime) -> None:
    if given.channel not in CHANNELS:
        raise BadInput(f"{given.channel!r} is no channel of a consent; one of {', '.join(CHANNELS)}", field="channel")
    if given.basis not in EVIDENCE:
        raise BadInput(f"{given.basis!r} is no basis of a consent; one of {', '.join(EVIDENCE)}", field="basis")
    for name in ("text", "source"):
        if not getattr(given, name).strip():
            raise BadInput(f"a consent without evidence is none; give its {name}", field=name)
    if given.at is not None and given.at > now:
        raise BadInput(f"{given.at.isoformat()} lies in the future; give the instant at which they agreed", field="at")
    if given.expires_at is not None and given.expires_at <= (given.at or now):
        raise BadInput("it would end before it begins; give a later instant", field="expires_at")


def withdraw(ctx: Context, prospect_id: int, *, channel: str | None, actor: str, reason: str) -> tuple[int, ...]:
    """They no longer agree to the channel, or to any. It is closed then, whatever their country allows unasked.

    Returns the consents that ended.
    """
    if channel is not None and channel not in CHANNELS:
        raise BadInput(f"{channel!r} is no channel of a consent; one of {', '.join(CHANNELS)}", field="channel")
    with act_on(ctx, prospect_id, actor=actor) as act:
        people.prospect_row(act.connection, prospect_id)
        ended = consents.withdraw(act.connection, prospect_id, channel=channel, reason=reason, now=act.now)
        told = {"reason": _WITHDRAWN, "proof": reason, "source": f"consent withdrawn, {actor}"}
        for closed in CHANNELS if channel is None else (channel,):
            key = {"scope": "person", "key": str(prospect_id), "channel": closed}
            suppressions.add(act.connection, now=act.now, **key, **told)
        act.record("withdraw", "consent", prospect_id, channel=channel, reason=reason, ended=ended)
        return tuple(ended)
