"""The link at the foot of every mail: proof of the address it was sent to, and nothing else."""

from dataclasses import dataclass

from engine.operations import links
from engine.operations.context import Context
from engine.operations.importing_drafts import match_key
from engine.operations.ingest import Inbound, Receipt, ingest
from engine.store import messages, people, touches
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class Link:
    """A genuine one: whose mail it stood in."""

    touch_id: int
    prospect_id: int


def read_link(ctx: Context, token: str) -> Link | None:
    """None for a token that we did not make. Reading changes nothing."""
    touch_id = links.touch_of(token)
    if touch_id is None:
        return None
    with ctx.database.read() as connection:
        touch, message = touches.case(connection, touch_id), messages.of_touch(connection, touch_id)
        if touch is None or message is None:
            return None
        known = people.addresses_of(connection, [touch.prospect_id]).get(touch.prospect_id, [])
    keys = _keys(message.recipient, known)
    is_ours = any(links.is_genuine(ctx.secret, token, key) for key in keys)
    return Link(touch_id, touch.prospect_id) if is_ours else None


def _keys(recipient: str, known: list[Record]) -> set[str]:
    """The compared form of the address as it is stored now, or as it is computed where the row has gone."""
    return {row.match_key for row in known if row.value == recipient} | {match_key("email", recipient)}


def unsubscribe(ctx: Context, link: Link, *, how: str) -> Receipt:
    """Closes every channel of the person. Pressed again within the same minute it is the same fact;
    later it counts anew, because an opt-in may lie between.
    """
    now = ctx.now()
    key = f"unsubscribe-{link.touch_id}-{now:%Y-%m-%dT%H:%M}"
    body = {"channel": "email", "text": how}
    return ingest(ctx, Inbound("opted_out", link.prospect_id, now, key, "link", link.touch_id, body))
