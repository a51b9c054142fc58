"""Whom a fact from outside is about: named by id, by the mail that was answered, or by their address."""

from dataclasses import dataclass

from engine.contacts.match_keys import match_key
from engine.core.errors import BadInput, NotFound
from engine.operations.context import Context
from engine.store import cases, people, touches


@dataclass(frozen=True, slots=True)
class Named:
    """Exactly one of these, and a touch beside a prospect at will."""

    prospect_id: int | None = None
    touch_id: int | None = None
    message_id: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Whose:
    prospect_id: int
    touch_id: int | None


def whose(ctx: Context, named: Named) -> Whose:
    """Raises NotFound for nobody, BadInput when an address belongs to several people."""
    if named.prospect_id is not None:
        return Whose(named.prospect_id, named.touch_id)
    with ctx.database.read() as connection:
        if named.touch_id is not None:
            touch = cases.one(connection, named.touch_id)
        elif named.message_id is not None:
            touch = touches.by_message_id(connection, named.message_id)
        else:
            return Whose(_by_address(ctx, named), None)
    if touch is None:
        raise NotFound(f"nothing was sent as {named.message_id or named.touch_id}")
    return Whose(touch.prospect_id, touch.id)


def _by_address(ctx: Context, named: Named) -> int:
    kind, value = ("email", named.email) if named.email else ("phone", named.phone or "")
    with ctx.database.read() as connection:
        found = people.prospects_with_address(connection, kind, match_key(kind, value or ""))
    if not found:
        raise NotFound(f"nobody has the {kind} {value}")
    if len(found) > 1:
        ids = ", ".join(map(str, found))
        raise BadInput(f"{value} belongs to several people ({ids}); name one by prospect_id", field=kind)
    return found[0]
