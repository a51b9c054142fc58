"""What texts have cost. Twilio settles a price some minutes after the message; it is asked beside everything else."""

from datetime import timedelta
from typing import Protocol, runtime_checkable

from engine.operations.act import act as begin
from engine.operations.context import Context
from engine.store import messages

_SETTLED_AFTER = timedelta(minutes=15)
_ASKED_FOR = timedelta(days=3)  # what has no price by then gets none
_AT_ONCE = 200


@runtime_checkable
class Priced(Protocol):
    """A transport that can be asked what a message has cost."""

    def price_of(self, provider_id: str) -> str | None: ...


def note_costs(ctx: Context) -> int:
    """Returns how many are known now."""
    transport, now = ctx.transports["sms"], ctx.now()
    if not isinstance(transport, Priced):
        return 0
    with ctx.database.read() as connection:
        due = messages.unpriced(connection, now - _ASKED_FOR, now - _SETTLED_AFTER, _AT_ONCE)
    priced = {row.touch_id: price for row in due if (price := transport.price_of(row.provider_id)) is not None}
    with begin(ctx) as act:
        for touch_id, price in priced.items():
            messages.set_cost(act.connection, touch_id, price)
    return len(priced)
