"""The link at the foot of every mail: proof of the address it was sent to, and nothing else."""

from dataclasses import dataclass

from engine.contacts.match_keys import match_key
from engine.operations import links
from engine.operations.context import Context
from engine.operations.incoming.ingest import Inbound, Receipt, ingest
from engine.store import cases, journaled, messages, people
from engine.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Link:
    """A genuine one: whose mail it stood in. `touch_id` is None where a restored backup has lost that mail."""

    touch_id: int | None
    prospect_id: int


def read_link(ctx: Context, token: str) -> Link | None:
    """None for a token that we did not make. Reading changes nothing."""
    touch_id = links.touch_of(token)
    if touch_id is None:
        return None
    with ctx.database.read() as connection:
        touch, message = cases.one(connection, touch_id), messages.of_touch(connection, touch_id)
        known = people.addresses_of(connection, [touch.prospect_id])[touch.prospect_id] if touch is not None else []
        keys = {row.match_key for row in known} | ({match_key("email", message.recipient)} if message else set())
        if touch is not None and any(links.is_genuine(ctx.secret, token, key) for key in keys):
            return Link(touch_id, touch.prospect_id)
        return _lost(ctx, connection, token) if journaled.knows(connection, touch_id) else None


def _lost(ctx: Context, connection: Connection, token: str) -> Link | None:
    """The mail left after the backup was made: the token itself says whether it was for an address that we know."""
    for prospect_id, key in people.email_keys(connection):
        if links.is_genuine(ctx.secret, token, key):
            return Link(None, prospect_id)
    return None


def unsubscribe(ctx: Context, link: Link, *, how: str) -> Receipt:
    """Closes every channel of the person. Pressed again within the same minute it is the same fact;
    later it counts anew, because an opt-in may lie between.
    """
    now = ctx.now()
    mail = link.touch_id if link.touch_id is not None else f"person-{link.prospect_id}"
    key = f"unsubscribe-{mail}-{now:%Y-%m-%dT%H:%M}"
    body = {"channel": "email", "text": how}
    return ingest(ctx, Inbound("opted_out", link.prospect_id, now, key, "link", link.touch_id, body))
